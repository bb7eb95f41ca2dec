// A table with all its unit costs times one factor: what whole inferences, measured from
// end to end, say about it. Probes of single primitives say more (scale.h).
#ifndef PICOST_ESTIMATOR_COST_RESCALE_H_
#define PICOST_ESTIMATOR_COST_RESCALE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/cost/cost_model.h"

namespace picost::cost {

// One measured phase of one inference: the factor of the table's unit costs with which it
// is predicted as it was measured.
struct PhaseFactor {
  double factor = 1;
  double share = 0;  // of the predicted seconds, that the table prices; 0 to 1
};

// predict: the phase's seconds with the table's unit costs times a factor; it never
// decreases. kFailedPrecondition where the table prices less than a tenth of the phase, or
// no factor from 1/64 to 64 meets the measurement.
absl::StatusOr<PhaseFactor> SolvePhaseFactor(
    const std::function<absl::StatusOr<double>(double factor)>& predict, double measured_seconds);

// What a table was made of.
struct Rescaling {
  std::string from;  // id of the table
  double factor = 1;
  double relative_stddev = 0;  // of the factor
  std::vector<std::string> measurements;
  std::string machine;  // for people
};

// Median of the factors, and how far they scatter: fewer than three say nothing about
// that, and 15 % of the phase's seconds are assumed, which is more of a small share.
// `factors` is not empty. from, measurements and machine stay empty.
Rescaling SummarizeFactors(const std::vector<PhaseFactor>& factors);

// Every coefficient times the factor; the factor's error joins that of whole sessions. The
// id is a digest of the original's id and of the rescaling.
std::shared_ptr<const CostModel> RescaleModel(const CostModel& model, const std::string& name,
                                              const Rescaling& rescaling);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_RESCALE_H_
