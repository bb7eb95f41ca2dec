// A table taken to another machine by a few probe measurements.
//
// Unit costs of one family of primitives scale by one factor: the median, over
// the probes, of measured by predicted seconds. A family with fewer than three
// probes takes the factor of all probes together. How far the probes disagree
// becomes an error of its own, fully correlated over a phase, since every layer
// shares the factor.
//
// Where nothing of the table can be run on the other machine (no library of
// homomorphic encryption there), probes of something else tell how much faster or
// slower the machine is: they are predicted by a `reference`, a table of the
// machine that the scaled table was measured on. A family that no probe is of
// takes a further error, kTransferRelativeStddev.
#ifndef PICOST_ESTIMATOR_COST_SCALE_H_
#define PICOST_ESTIMATOR_COST_SCALE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/cost/calibration_table.h"
#include "estimator/cost/cost_model.h"

namespace picost::cost {

// What one machine's gain in one kind of work says about its gain in another.
// Between the machines of the shipped tables seal and seal-tenseal-epyc-zen4, 24
// operations of one library took 0.99 to 1.74 times as long, median 1.18, standard
// deviation 0.2: so far the operations of one family scatter by themselves. Across
// families (AES rounds, 64-bit products) there is no table of the same code on two
// machines; half as much again is assumed.
inline constexpr double kTransferRelativeStddev = 0.30;

// One to ten probes suffice. `reference`: by which the probes are predicted; null:
// the model itself. kInvalidArgument where there is no probe, where one has no
// positive time, or names what that model does not cover. The result is a model of
// its own: its table's id is a digest of the original's, of the reference's and of
// the probes, its title says what was scaled to what, and it keeps the probes.
absl::StatusOr<std::shared_ptr<const CostModel>> ScaleModel(const CostModel& model,
                                                            const std::vector<Sample>& probes,
                                                            const std::string& machine,
                                                            const CostModel* reference = nullptr);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_SCALE_H_
