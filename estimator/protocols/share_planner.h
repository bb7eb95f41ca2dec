// The planner of the protocols on additive shares: visits the graph, asks the
// backend for the steps, places truncations.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_SHARE_PLANNER_H_
#define PICOST_ESTIMATOR_PROTOCOLS_SHARE_PLANNER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "estimator/protocols/fixed_point.h"
#include "estimator/protocols/protocol.h"
#include "estimator/protocols/share_backend.h"

namespace picost::protocols {

struct SharePlanOptions {
  std::string id;
  int64_t ring_bits = 0;
  int64_t fraction_bits = 0;
  // Average pooling divides interactively; else the divisor goes into weights.
  bool divides_average = true;
  TruncationPlacement truncation = TruncationPlacement::kLate;
  // Plans every ReLU as a polynomial of this degree (retraining); 0: as a ReLU.
  int64_t relu_degree = 0;
  // Of a share in memory.
  int64_t element_bytes = 8;
  // Weights are shared, too; else the server has them in the clear.
  bool shared_weights = false;
};

absl::StatusOr<ProtocolPlan> PlanShared(const PlanContext& context, const SharePlanOptions& options,
                                        ShareBackend& backend);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_SHARE_PLANNER_H_
