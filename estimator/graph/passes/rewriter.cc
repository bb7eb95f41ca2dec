#include "estimator/graph/passes/rewriter.h"

#include <algorithm>
#include <utility>

namespace picost::graph {

Rewriter::Rewriter(Draft& draft)
    : draft_(draft),
      alive_(draft.parts.nodes.size(), true),
      is_result_(draft.parts.values.size(), false),
      readers_(draft.parts.values.size()) {
  for (ValueId id : draft.parts.outputs) is_result_[id] = true;
  for (NodeId n = 0; n < node_count(); ++n) {
    for (ValueId id : node(n).inputs) readers_[id].push_back(n);
  }
}

NodeId Rewriter::OnlyReader(ValueId id) const {
  if (is_result_[id] || readers_[id].empty()) return kNoNode;
  const NodeId first = readers_[id].front();
  for (NodeId reader : readers_[id]) {
    if (reader != first) return kNoNode;
  }
  return first;
}

void Rewriter::AddInput(NodeId id, ValueId value) {
  node(id).inputs.push_back(value);
  readers_[value].push_back(id);
}

void Rewriter::SetInputs(NodeId id, std::vector<ValueId> inputs) {
  for (ValueId value : node(id).inputs) {
    auto& readers = readers_[value];
    readers.erase(std::find(readers.begin(), readers.end(), id));
  }
  node(id).inputs.clear();
  for (ValueId value : inputs) AddInput(id, value);
}

void Rewriter::Absorb(NodeId id, NodeId reader) {
  node(id).outputs = node(reader).outputs;
  for (ValueId value : node(id).outputs) draft_.parts.values[value].producer = id;
  node(reader).outputs.clear();
  Remove(reader);
}

void Rewriter::Remove(NodeId id) {
  SetInputs(id, {});
  alive_[id] = false;
}

void Rewriter::Finish() {
  std::vector<Node> kept;
  for (NodeId n = 0; n < node_count(); ++n) {
    if (!alive_[n]) continue;
    for (ValueId value : node(n).outputs) {
      draft_.parts.values[value].producer = static_cast<NodeId>(kept.size());
    }
    kept.push_back(std::move(node(n)));
  }
  draft_.parts.nodes = std::move(kept);
}

}  // namespace picost::graph
