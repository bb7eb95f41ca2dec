// A table taken to another machine by a few probe measurements.
//
// Unit costs of one family of primitives scale by one factor: the median, over
// the probes, of measured by predicted seconds. A family with fewer than three
// probes takes the factor of all probes together. How far the probes disagree
// becomes an error of its own, fully correlated over a phase, since every layer
// shares the factor.
#ifndef PICOST_ESTIMATOR_COST_SCALE_H_
#define PICOST_ESTIMATOR_COST_SCALE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/cost/calibration_table.h"
#include "estimator/cost/cost_model.h"

namespace picost::cost {

// One to ten probes suffice. kInvalidArgument where there is none, where one has no
// positive time, or names what the model does not cover. The result is a model of
// its own: its table's id is a digest of the original's and of the probes, and
// its title says what was scaled to what.
absl::StatusOr<std::shared_ptr<const CostModel>> ScaleModel(const CostModel& model,
                                                            const std::vector<Sample>& probes,
                                                            const std::string& machine);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_SCALE_H_
