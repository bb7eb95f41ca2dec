#include "estimator/whatif/width_groups.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <variant>

#include "estimator/graph/node_attributes.h"

namespace picost::whatif {
namespace {

using graph::Conv;
using graph::Graph;
using graph::Linear;
using graph::Node;
using graph::ValueId;

bool MakesChannels(const Node& node) {
  if (const auto* conv = std::get_if<Conv>(&node.attributes)) {
    return conv->groups == 1 || conv->groups != conv->in_channels;
  }
  return std::holds_alternative<Linear>(node.attributes);
}

// Disjoint sets of values.
class Sets {
 public:
  explicit Sets(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0); }
  ValueId Root(ValueId id) {
    while (parent_[id] != id) id = parent_[id] = parent_[parent_[id]];
    return id;
  }
  void Join(ValueId a, ValueId b) { parent_[Root(a)] = Root(b); }

 private:
  std::vector<ValueId> parent_;
};

bool HasChannels(const graph::Value& value) {
  return value.source == graph::ValueSource::kNode || value.source == graph::ValueSource::kInput;
}

}  // namespace

bool WidthGroups::Neighbours(const Graph& graph, int32_t a, int32_t b) const {
  return std::any_of(graph.nodes().begin(), graph.nodes().end(), [&](const Node& node) {
    if (!MakesChannels(node)) return false;
    const int32_t in = of_value[node.inputs.front()];
    const int32_t out = of_value[node.outputs.front()];
    return (in == a && out == b) || (in == b && out == a);
  });
}

WidthGroups FindWidthGroups(const Graph& graph) {
  Sets sets(graph.values().size());
  for (const Node& node : graph.nodes()) {
    if (MakesChannels(node) || node.outputs.empty()) continue;
    for (const ValueId id : node.outputs) sets.Join(id, node.outputs.front());
    for (const ValueId id : node.inputs) {
      if (HasChannels(graph.value(id))) sets.Join(id, node.outputs.front());
    }
  }
  std::set<ValueId> given;
  for (const ValueId id : graph.inputs()) given.insert(sets.Root(id));
  for (const ValueId id : graph.outputs()) given.insert(sets.Root(id));

  WidthGroups found;
  std::vector<int32_t> of_root(graph.values().size(), -1);
  for (size_t id = 0; id < graph.nodes().size(); ++id) {
    const Node& node = graph.nodes()[id];
    if (!MakesChannels(node)) continue;
    const ValueId root = sets.Root(node.outputs.front());
    if (given.count(root) != 0) continue;
    if (of_root[root] < 0) {
      of_root[root] = static_cast<int32_t>(found.groups.size());
      found.groups.emplace_back();
    }
    found.groups[of_root[root]].layers.push_back(static_cast<graph::NodeId>(id));
  }
  for (size_t id = 0; id < graph.values().size(); ++id) {
    found.of_value.push_back(of_root[sets.Root(static_cast<ValueId>(id))]);
  }
  return found;
}

std::vector<EditOperation> ResizeTo(const Graph& graph, const WidthGroup& group, double share) {
  std::vector<EditOperation> operations;
  for (const graph::NodeId id : group.layers) {
    const Node& node = graph.node(id);
    int64_t channels = 0;
    int64_t multiple = 1;
    if (const auto* conv = std::get_if<Conv>(&node.attributes)) {
      channels = conv->out_channels;
      multiple = conv->groups;
    } else {
      channels = std::get<Linear>(node.attributes).out_features;
    }
    const double wanted = static_cast<double>(channels / multiple) * share;
    operations.push_back(ResizeChannels{
        .node = node.name,
        .channels =
            multiple * std::max<int64_t>(1, static_cast<int64_t>(std::floor(wanted + 0.5)))});
  }
  return operations;
}

}  // namespace picost::whatif
