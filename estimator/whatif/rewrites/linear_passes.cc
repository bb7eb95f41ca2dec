// Rewrites of linear layers: batch norms, merges.
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "estimator/base/status_macros.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/rewrites/neighbours.h"
#include "estimator/whatif/rewrites/rewrites.h"

namespace picost::whatif {
namespace {

using graph::Graph;
using graph::kNoNode;
using graph::Node;
using graph::NodeId;

bool IsLinear(const Node& node) {
  return std::holds_alternative<graph::Conv>(node.attributes) ||
         std::holds_alternative<graph::Linear>(node.attributes);
}

bool HasPadding(const Node& node) {
  const auto* conv = std::get_if<graph::Conv>(&node.attributes);
  if (conv == nullptr) return false;
  for (int64_t pad : conv->pads_begin) {
    if (pad != 0) return true;
  }
  for (int64_t pad : conv->pads_end) {
    if (pad != 0) return true;
  }
  return false;
}

// After it, a shift becomes a bias; before it, it would have to be added to the
// padding, too.
bool Folds(const Graph& graph, const Node& norm) {
  const NodeId producer = FirstProducer(graph, norm);
  if (producer != kNoNode && IsLinear(graph.node(producer)) &&
      OnlyReader(graph, graph.node(producer)) != kNoNode) {
    return true;
  }
  const NodeId reader = OnlyReader(graph, norm);
  return reader != kNoNode && IsLinear(graph.node(reader)) && !HasPadding(graph.node(reader));
}

// The merged graph, where `id` can be merged with what follows and that pays.
std::optional<Graph> Merged(const Graph& graph, NodeId id, const Pays& pays) {
  const Node& first = graph.node(id);
  // The edit looks through removed activations; find the layer that it meets.
  NodeId next = OnlyReader(graph, first);
  while (next != kNoNode) {
    const auto* activation = std::get_if<graph::Activation>(&graph.node(next).attributes);
    if (activation == nullptr || activation->kept_elements != 0) break;
    next = OnlyReader(graph, graph.node(next));
  }
  if (next == kNoNode || !IsLinear(graph.node(next))) return std::nullopt;
  absl::StatusOr<Graph> merged = ApplyEdit(graph, {graph.fingerprint(), {MergeLinear{first.name}}});
  if (!merged.ok()) return std::nullopt;  // not exact there: leave both
  if (!pays(graph, *merged)) return std::nullopt;
  return *std::move(merged);
}

}  // namespace

absl::StatusOr<Graph> FoldBatchNorm(const Graph& graph, const Pays&) {
  Graph current = graph;
  for (NodeId id = 0; id < static_cast<NodeId>(current.nodes().size());) {
    const Node& node = current.node(id);
    const auto* norm = std::get_if<graph::Normalization>(&node.attributes);
    const bool result = OnlyReader(current, node) == kNoNode;
    if (norm == nullptr || norm->kind != graph::NormalizationKind::kBatch || result ||
        !Folds(current, node)) {
      ++id;
      continue;
    }
    PICOST_ASSIGN_OR_RETURN(current, Graph::Create(Without(current, id)));
  }
  return current;
}

absl::StatusOr<Graph> MergeLinearLayers(const Graph& graph, const Pays& pays) {
  Graph current = graph;
  for (NodeId id = 0; id < static_cast<NodeId>(current.nodes().size());) {
    std::optional<Graph> merged =
        IsLinear(current.node(id)) ? Merged(current, id, pays) : std::nullopt;
    if (merged) {
      current = *std::move(merged);
    } else {
      ++id;
    }
  }
  return current;
}

}  // namespace picost::whatif
