#include "estimator/graph/passes/drop_unused.h"

#include <utility>
#include <vector>

#include "estimator/graph/passes/rewriter.h"

namespace picost::graph {

void DropUnusedNodes(Draft& draft) {
  std::vector<bool> needed(draft.parts.values.size(), false);
  for (ValueId id : draft.parts.outputs) needed[id] = true;
  Rewriter rewriter(draft);
  for (NodeId n = rewriter.node_count() - 1; n >= 0; --n) {
    bool used = false;
    for (ValueId id : rewriter.node(n).outputs) used = used || needed[id];
    if (used) {
      for (ValueId id : rewriter.node(n).inputs) needed[id] = true;
    } else {
      rewriter.Remove(n);
    }
  }
  rewriter.Finish();
}

void CompactValues(Draft& draft) {
  constexpr ValueId kUnseen = -1;
  std::vector<ValueId> number(draft.parts.values.size(), kUnseen);
  Draft compact;
  const auto keep = [&](ValueId& id) {
    if (number[id] == kUnseen) {
      number[id] = compact.AddValue(std::move(draft.parts.values[id]), std::move(draft.data[id]));
    }
    id = number[id];
  };
  for (ValueId& id : draft.parts.inputs) keep(id);
  for (Node& node : draft.parts.nodes) {
    for (ValueId& id : node.inputs) keep(id);
    for (ValueId& id : node.outputs) keep(id);
  }
  for (ValueId& id : draft.parts.outputs) keep(id);
  draft.parts.values = std::move(compact.parts.values);
  draft.data = std::move(compact.data);
}

}  // namespace picost::graph
