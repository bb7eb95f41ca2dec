#include "estimator/count/conventions.h"

#include <algorithm>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/graph/node_attributes.h"

namespace picost::count {
namespace {

using graph::NodeId;

bool IsRelu(const OpCounts& counts, NodeId node) { return counts.by_node[node].relu_elements > 0; }

void SetRelus(const graph::Graph& graph, NodeId node, int64_t elements, Counts& counts) {
  const std::string kind = graph::KindName(graph.node(node).attributes);
  int64_t& by_kind = counts.elements_by_kind[kind];
  by_kind += elements - counts.relu_elements;
  if (by_kind == 0) counts.elements_by_kind.erase(kind);
  counts.relu_elements = elements;
  counts.relu_calls = elements > 0 ? 1 : 0;
}

// Whether anything but linear layers, sums and views stands before the node.
bool IsStem(const graph::Graph& graph, NodeId relu) {
  for (NodeId n = 0; n < relu; ++n) {
    const graph::NodeAttributes& attributes = graph.node(n).attributes;
    const bool passes = std::holds_alternative<graph::Conv>(attributes) ||
                        std::holds_alternative<graph::Linear>(attributes) ||
                        std::holds_alternative<graph::Normalization>(attributes) ||
                        std::holds_alternative<graph::Elementwise>(attributes) ||
                        std::holds_alternative<graph::View>(attributes);
    if (!passes) return false;
  }
  return true;
}

// Max pooling and ReLU commute; after an average the ReLU would be another one.
void MoveBehindPools(const graph::Graph& graph, OpCounts& counts) {
  for (NodeId n = 0; n < static_cast<NodeId>(graph.nodes().size()); ++n) {
    if (!IsRelu(counts, n)) continue;
    const auto& readers = graph.consumers(graph.node(n).outputs[0]);
    if (readers.size() != 1) continue;
    const auto* pool = std::get_if<graph::Pool>(&graph.node(readers[0]).attributes);
    if (pool != nullptr && pool->kind == graph::PoolKind::kMax) {
      SetRelus(graph, n, pool->outputs, counts.by_node[n]);
    }
  }
}

}  // namespace

const std::vector<ConventionInfo>& AllConventions() {
  static const auto& conventions = *new std::vector<ConventionInfo>{
      {ReluConvention::kAsWritten, "as-written", "every ReLU of the graph"},
      {ReluConvention::kWithoutStem, "without-stem",
       "not the first ReLU, behind the stem convolution (SNL, AutoReP)"},
      {ReluConvention::kWithoutLast, "without-last",
       "not the last ReLU (SNL's wide ResNets: batch normalization, then pooling)"},
      {ReluConvention::kAfterMaxPool, "after-max-pool",
       "a ReLU before a max pooling counts the pool's outputs (GForce, PILLAR's VGG, OpenCheetah)"},
  };
  return conventions;
}

absl::StatusOr<ReluConvention> FindConvention(std::string_view name) {
  std::string names;
  for (const ConventionInfo& info : AllConventions()) {
    if (info.name == name) return info.convention;
    absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(info.name));
  }
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("no counting convention is named \"", std::string(name), "\""),
                   {.field = "convention", .mend = absl::StrCat("Use one of ", names)});
}

OpCounts CountOpsBy(ReluConvention convention, const graph::Graph& graph) {
  OpCounts counts = CountOps(graph);
  std::vector<NodeId> relus;
  for (NodeId n = 0; n < static_cast<NodeId>(graph.nodes().size()); ++n) {
    if (IsRelu(counts, n)) relus.push_back(n);
  }
  switch (convention) {
    case ReluConvention::kAsWritten:
      return counts;
    case ReluConvention::kWithoutStem:
      if (!relus.empty() && IsStem(graph, relus.front())) {
        SetRelus(graph, relus.front(), 0, counts.by_node[relus.front()]);
      }
      break;
    case ReluConvention::kWithoutLast:
      if (!relus.empty()) SetRelus(graph, relus.back(), 0, counts.by_node[relus.back()]);
      break;
    case ReluConvention::kAfterMaxPool:
      MoveBehindPools(graph, counts);
      break;
  }
  counts.total = Counts();
  for (const Counts& node : counts.by_node) counts.total += node;
  return counts;
}

}  // namespace picost::count
