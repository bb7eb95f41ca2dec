#include "estimator/whatif/rewrites/neighbours.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace picost::whatif {

using graph::Graph;
using graph::kNoNode;
using graph::Node;
using graph::NodeId;
using graph::ValueId;

NodeId FirstProducer(const Graph& graph, const Node& node) {
  return node.inputs.empty() ? kNoNode : graph.value(node.inputs.front()).producer;
}

NodeId OnlyReader(const Graph& graph, const Node& node) {
  if (node.outputs.size() != 1) return kNoNode;
  const ValueId output = node.outputs.front();
  for (ValueId result : graph.outputs()) {
    if (result == output) return kNoNode;
  }
  const std::vector<NodeId>& readers = graph.consumers(output);
  return readers.size() == 1 ? readers.front() : kNoNode;
}

Graph::Parts Without(const Graph& graph, NodeId id) {
  Graph::Parts parts = graph.parts();
  const ValueId gone = parts.nodes[id].outputs.front();
  const ValueId instead = parts.nodes[id].inputs.front();
  parts.nodes.erase(parts.nodes.begin() + id);
  // The value stays in the list only if ids kept their places: drop it and renumber.
  parts.values.erase(parts.values.begin() + gone);
  const auto renumber = [&](ValueId& value) {
    if (value == gone) value = instead;
    if (value > gone) --value;
  };
  for (Node& node : parts.nodes) {
    for (ValueId& value : node.inputs) renumber(value);
    for (ValueId& value : node.outputs) renumber(value);
  }
  for (ValueId& value : parts.inputs) renumber(value);
  for (ValueId& value : parts.outputs) renumber(value);
  for (graph::Value& value : parts.values) {
    if (value.producer > id) --value.producer;
  }
  return parts;
}

void ExchangePlaces(Graph::Parts& parts, NodeId first, NodeId second,
                    const graph::TensorType& between) {
  Node& a = parts.nodes[first];
  Node& b = parts.nodes[second];
  parts.values[a.outputs.front()].type = between;
  std::swap(a.name, b.name);
  std::swap(a.onnx_op, b.onnx_op);
  std::swap(a.attributes, b.attributes);
  // Weights and constants travel with their node; the activation stays in place.
  std::vector<ValueId> a_weights(a.inputs.begin() + 1, a.inputs.end());
  std::vector<ValueId> b_weights(b.inputs.begin() + 1, b.inputs.end());
  a.inputs.resize(1);
  b.inputs.resize(1);
  a.inputs.insert(a.inputs.end(), b_weights.begin(), b_weights.end());
  b.inputs.insert(b.inputs.end(), a_weights.begin(), a_weights.end());
}

}  // namespace picost::whatif
