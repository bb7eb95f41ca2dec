// The facade: a canonical graph, a protocol, a deployment -> an estimate.
// Reads like the path of a data item (docs/life_of_an_estimate.md).
#ifndef PICOST_ESTIMATOR_ESTIMATOR_H_
#define PICOST_ESTIMATOR_ESTIMATOR_H_

#include <string>

#include "absl/status/statusor.h"
#include "estimator/cost/call_plan.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"
#include "estimator/graph/graph.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"

namespace picost {

struct ProtocolChoice {
  std::string id;                     // "delphi"
  primitives::Parameters parameters;  // unset ones take the protocol's defaults
};

// Counts and plans; needs no table.
absl::StatusOr<protocols::ProtocolPlan> PlanModel(const graph::Graph& graph,
                                                  const ProtocolChoice& protocol);

// Counts and plans; what composition prices, under as many deployments as asked.
absl::StatusOr<cost::CallPlan> PlanCalls(const graph::Graph& graph, const ProtocolChoice& protocol);

// Counts, plans, prices and composes. Seconds are absent, and the primitives
// listed under `missing`, where no table of the deployment covers them.
absl::StatusOr<cost::Estimate> EstimateModel(const graph::Graph& graph,
                                             const ProtocolChoice& protocol,
                                             const cost::Deployment& deployment);

}  // namespace picost

#endif  // PICOST_ESTIMATOR_ESTIMATOR_H_
