// Activation functions under protocols on additive shares, kept whole or in part.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_SHARE_ACTIVATIONS_H_
#define PICOST_ESTIMATOR_PROTOCOLS_SHARE_ACTIVATIONS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/protocols/share_backend.h"
#include "estimator/protocols/share_planner.h"

namespace picost::protocols {

// Asks the backend for the activation's steps. surplus: bits that its operand has too
// many, to be cut here.
absl::Status PlanActivation(const graph::Node& node, const graph::Activation& activation,
                            const SharePlanOptions& options, int64_t surplus,
                            ShareBackend& backend);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_SHARE_ACTIVATIONS_H_
