#include "estimator/whatif/edit_structure.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::whatif {
namespace {

using graph::Activation;
using graph::Conv;
using graph::Graph;
using graph::kNoNode;
using graph::Linear;
using graph::Node;
using graph::NodeId;
using graph::ValueId;

absl::Status CannotMerge(const Node& node, const std::string& why) {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("cannot merge the layer into the next one: ", why),
                   {.field = "node",
                    .node = node.name,
                    .op = node.onnx_op,
                    .mend = "Name a convolution or linear layer that is followed by another of "
                            "its kind, with nothing but removed activations between"});
}

bool IsIdentity(const Node& node) {
  const auto* activation = std::get_if<Activation>(&node.attributes);
  return activation != nullptr && activation->kept_elements == 0;
}

// A K2 x K2 kernel at stride S2 over a K1 x K1 kernel at stride S1 reads
// K1 + (K2 - 1) S1 values, S1 S2 apart. Padding in the middle becomes P2 S1 values
// at the outer edge, and as many at the end as the output size asks for.
bool MergeConvolutions(const Conv& first, const Conv& second, Conv& merged) {
  if (first.transposed || second.transposed || first.groups != 1 || second.groups != 1) {
    return false;
  }
  merged = second;
  merged.in_channels = first.in_channels;
  merged.input_size = first.input_size;
  merged.has_bias = first.has_bias || second.has_bias;
  for (size_t axis = 0; axis < first.kernel.size(); ++axis) {
    if (first.dilations[axis] != 1 || second.dilations[axis] != 1) return false;
    const int64_t stride = first.strides[axis];
    merged.kernel[axis] = first.kernel[axis] + (second.kernel[axis] - 1) * stride;
    merged.strides[axis] = stride * second.strides[axis];
    merged.pads_begin[axis] = first.pads_begin[axis] + second.pads_begin[axis] * stride;
    merged.pads_end[axis] = std::max<int64_t>(
        0, (merged.output_size[axis] - 1) * merged.strides[axis] + merged.kernel[axis] -
               merged.input_size[axis] - merged.pads_begin[axis]);
  }
  return true;
}

// The parts without the nodes marked, and without the values nobody has any more.
Graph::Parts Without(const Graph::Parts& parts, const std::vector<bool>& dropped) {
  std::vector<bool> used(parts.values.size(), false);
  for (ValueId id : parts.inputs) used[id] = true;
  for (ValueId id : parts.outputs) used[id] = true;
  for (size_t n = 0; n < parts.nodes.size(); ++n) {
    if (dropped[n]) continue;
    for (ValueId id : parts.nodes[n].inputs) used[id] = true;
    for (ValueId id : parts.nodes[n].outputs) used[id] = true;
  }
  Graph::Parts kept;
  kept.name = parts.name;
  kept.notes = parts.notes;
  std::vector<NodeId> node_ids(parts.nodes.size(), kNoNode);
  NodeId next = 0;
  for (size_t n = 0; n < parts.nodes.size(); ++n) {
    if (!dropped[n]) node_ids[n] = next++;
  }
  std::vector<ValueId> value_ids(parts.values.size(), 0);
  for (size_t v = 0; v < parts.values.size(); ++v) {
    if (!used[v]) continue;
    value_ids[v] = static_cast<ValueId>(kept.values.size());
    kept.values.push_back(parts.values[v]);
    graph::Value& value = kept.values.back();
    if (value.producer != kNoNode) value.producer = node_ids[value.producer];
  }
  for (size_t n = 0; n < parts.nodes.size(); ++n) {
    if (dropped[n]) continue;
    Node node = parts.nodes[n];
    for (ValueId& id : node.inputs) id = value_ids[id];
    for (ValueId& id : node.outputs) id = value_ids[id];
    kept.nodes.push_back(std::move(node));
  }
  for (ValueId id : parts.inputs) kept.inputs.push_back(value_ids[id]);
  for (ValueId id : parts.outputs) kept.outputs.push_back(value_ids[id]);
  return kept;
}

}  // namespace

absl::Status NoSuchNode(const std::string& name) {
  return MakeError(absl::StatusCode::kNotFound, absl::StrCat("no node is called '", name, "'"),
                   {.field = "node",
                    .node = name,
                    .mend = "List the layers of the model for the names of its nodes"});
}

absl::Status NotAnActivation(const Node& node) {
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat("a ", graph::KindName(node.attributes), " is no activation"),
      {.field = "node", .node = node.name, .op = node.onnx_op, .mend = "Name an activation"});
}

absl::StatusOr<Graph> Swap(const Graph& graph, NodeId id, graph::PoolKind kind) {
  const Node& node = graph.node(id);
  const auto* pool = std::get_if<graph::Pool>(&node.attributes);
  if (pool == nullptr || kind == graph::PoolKind::kLp || node.outputs.size() != 1) {
    return MakeError(
        absl::StatusCode::kInvalidArgument,
        absl::StrCat("cannot swap the pooling of a ", graph::KindName(node.attributes)),
        {.field = "node",
         .node = node.name,
         .op = node.onnx_op,
         .mend = "Name a pooling without indices, and max or average as its new kind"});
  }
  Graph::Parts parts = graph.parts();
  std::get<graph::Pool>(parts.nodes[id].attributes).kind = kind;
  return Graph::Create(std::move(parts));
}

absl::StatusOr<Graph> Merge(const Graph& graph, NodeId id) {
  const Node& first = graph.node(id);
  std::vector<bool> dropped(graph.nodes().size(), false);
  dropped[id] = true;
  NodeId last = id;
  do {
    const ValueId output = graph.node(last).outputs.front();
    if (graph.node(last).outputs.size() != 1 || graph.consumers(output).size() != 1 ||
        std::count(graph.outputs().begin(), graph.outputs().end(), output) != 0) {
      return CannotMerge(first, "its result is read in more than one place");
    }
    last = graph.consumers(output).front();
    dropped[last] = true;
  } while (IsIdentity(graph.node(last)));
  dropped[last] = false;

  const Node& second = graph.node(last);
  graph::NodeAttributes merged;
  const auto *conv = std::get_if<Conv>(&first.attributes),
             *next_conv = std::get_if<Conv>(&second.attributes);
  const auto *linear = std::get_if<Linear>(&first.attributes),
             *next_linear = std::get_if<Linear>(&second.attributes);
  if (conv != nullptr && next_conv != nullptr) {
    Conv both;
    if (!MergeConvolutions(*conv, *next_conv, both)) {
      return CannotMerge(first, "groups, dilations and transposed convolutions do not compose");
    }
    merged = std::move(both);
  } else if (linear != nullptr && next_linear != nullptr && linear->rows == next_linear->rows) {
    Linear both = *next_linear;
    both.in_features = linear->in_features;
    both.has_bias = linear->has_bias || next_linear->has_bias;
    merged = both;
  } else {
    return CannotMerge(first, absl::StrCat("a ", graph::KindName(first.attributes), " and a ",
                                           graph::KindName(second.attributes)));
  }
  Graph::Parts parts = graph.parts();
  parts.nodes[last].attributes = std::move(merged);
  parts.nodes[last].inputs.front() = first.inputs.front();
  return Graph::Create(Without(parts, dropped));
}

}  // namespace picost::whatif
