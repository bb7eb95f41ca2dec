#include "estimator/estimator.h"

#include <string>
#include <utility>

#include "estimator/base/status_macros.h"
#include "estimator/cost/call_plan.h"
#include "estimator/cost/compose.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/node_attributes.h"

namespace picost {
namespace {

// The narrow waist, crossed: what composition may know of a plan.
cost::CallPlan ToCallPlan(const graph::Graph& graph, const count::OpCounts& counts,
                          protocols::ProtocolPlan plan) {
  cost::CallPlan calls;
  calls.protocol_id = std::move(plan.protocol_id);
  calls.protocol_version = std::move(plan.protocol_version);
  calls.protocol_parameters = std::move(plan.parameters);
  calls.graph_fingerprint = std::move(plan.graph_fingerprint);
  calls.setup_calls = std::move(plan.setup_calls);
  calls.client_storage = plan.storage.client;
  calls.server_storage = plan.storage.server;
  calls.memory = std::move(plan.memory);
  calls.layers.reserve(plan.layers.size());
  for (protocols::LayerPlan& layer : plan.layers) {
    const graph::Node& node = graph.node(layer.node);
    calls.layers.push_back({.node = node.name,
                            .kind = std::string(graph::KindName(node.attributes)),
                            .calls = std::move(layer.calls),
                            .relu_elements = counts.by_node[layer.node].relu_elements,
                            .local = layer.local,
                            .note = std::move(layer.note)});
  }
  return calls;
}

}  // namespace

absl::StatusOr<protocols::ProtocolPlan> PlanModel(const graph::Graph& graph,
                                                  const ProtocolChoice& protocol) {
  return protocols::Plan(protocol.id, graph, count::CountOps(graph), protocol.parameters);
}

absl::StatusOr<cost::CallPlan> PlanCalls(const graph::Graph& graph,
                                         const ProtocolChoice& protocol) {
  const count::OpCounts counts = count::CountOps(graph);
  PICOST_ASSIGN_OR_RETURN(protocols::ProtocolPlan plan,
                          protocols::Plan(protocol.id, graph, counts, protocol.parameters));
  return ToCallPlan(graph, counts, std::move(plan));
}

absl::StatusOr<cost::Estimate> EstimateModel(const graph::Graph& graph,
                                             const ProtocolChoice& protocol,
                                             const cost::Deployment& deployment) {
  PICOST_ASSIGN_OR_RETURN(const cost::CallPlan calls, PlanCalls(graph, protocol));
  return cost::Compose(calls, deployment);
}

}  // namespace picost
