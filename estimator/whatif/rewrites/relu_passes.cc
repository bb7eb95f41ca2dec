// Rewrites of ReLUs and pooling.
#include <cstdint>
#include <utility>
#include <variant>

#include "estimator/base/status_macros.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/rewrites/neighbours.h"
#include "estimator/whatif/rewrites/rewrites.h"

namespace picost::whatif {
namespace {

using graph::Activation;
using graph::ActivationKind;
using graph::Graph;
using graph::kNoNode;
using graph::Node;
using graph::NodeId;

bool IsWholeRelu(const Node& node) {
  const auto* activation = std::get_if<Activation>(&node.attributes);
  return activation != nullptr && activation->kept_elements < 0 &&
         (activation->kind == ActivationKind::kRelu || activation->kind == ActivationKind::kRelu6);
}

// Never decreasing, so that the maximum of results is the result of the maximum.
bool IsMonotone(const Node& node) {
  const auto* activation = std::get_if<Activation>(&node.attributes);
  if (activation == nullptr || activation->kept_elements >= 0) return false;
  switch (activation->kind) {
    case ActivationKind::kRelu:
    case ActivationKind::kRelu6:
    case ActivationKind::kClip:
      return true;
    case ActivationKind::kLeakyRelu:
      return activation->alpha >= 0;
    default:
      return false;
  }
}

bool IsMaxPool(const Node& node) {
  const auto* pool = std::get_if<graph::Pool>(&node.attributes);
  return pool != nullptr && pool->kind == graph::PoolKind::kMax;
}

}  // namespace

absl::StatusOr<Graph> SwapReluMaxPool(const Graph& graph, const Pays&) {
  Graph current = graph;
  for (NodeId id = 0; id < static_cast<NodeId>(current.nodes().size()); ++id) {
    const Node& relu = current.node(id);
    const NodeId pool = OnlyReader(current, relu);
    if (!IsMonotone(relu) || pool == kNoNode || !IsMaxPool(current.node(pool))) continue;
    Graph::Parts parts = current.parts();
    const graph::TensorType pooled = current.value(current.node(pool).outputs.front()).type;
    ExchangePlaces(parts, id, pool, pooled);
    std::get<Activation>(parts.nodes[pool].attributes).elements = pooled.ElementCount();
    PICOST_ASSIGN_OR_RETURN(current, Graph::Create(std::move(parts)));
  }
  return current;
}

absl::StatusOr<Graph> AveragePooling(const Graph& graph, const Pays&) {
  GraphEdit edit{graph.fingerprint(), {}};
  for (const Node& node : graph.nodes()) {
    if (IsMaxPool(node)) edit.operations.push_back(SwapPool{node.name});
  }
  return ApplyEdit(graph, edit);
}

absl::StatusOr<Graph> ShuffleRelus(const Graph& graph, const Pays&) {
  Graph current = graph;
  for (NodeId id = 0; id < static_cast<NodeId>(current.nodes().size()); ++id) {
    const Node& conv = current.node(id);
    const NodeId relu = OnlyReader(current, conv);
    if (!std::holds_alternative<graph::Conv>(conv.attributes) || relu == kNoNode ||
        !IsWholeRelu(current.node(relu))) {
      continue;
    }
    const NodeId producer = FirstProducer(current, conv);
    const graph::TensorType input = current.value(conv.inputs.front()).type;
    const graph::TensorType output = current.value(conv.outputs.front()).type;
    // A ReLU of a ReLU, or of the client's image, would do nothing.
    if (producer == kNoNode || IsWholeRelu(current.node(producer)) ||
        input.ElementCount() >= output.ElementCount()) {
      continue;
    }
    Graph::Parts parts = current.parts();
    ExchangePlaces(parts, id, relu, input);
    std::get<Activation>(parts.nodes[id].attributes).elements = input.ElementCount();
    PICOST_ASSIGN_OR_RETURN(current, Graph::Create(std::move(parts)));
  }
  return current;
}

absl::StatusOr<Graph> PruneSkipRelus(const Graph& graph, const Pays&) {
  Graph::Parts parts = graph.parts();
  for (Node& node : parts.nodes) {
    if (!IsWholeRelu(node)) continue;
    const NodeId producer = FirstProducer(graph, node);
    if (producer == kNoNode) continue;
    const auto* sum = std::get_if<graph::Elementwise>(&graph.node(producer).attributes);
    if (sum == nullptr || sum->kind != graph::ElementwiseKind::kAdd ||
        sum->second != graph::Operand::kPrivate) {
      continue;
    }
    std::get<Activation>(node.attributes).kept_elements = 0;
  }
  return Graph::Create(std::move(parts));
}

}  // namespace picost::whatif
