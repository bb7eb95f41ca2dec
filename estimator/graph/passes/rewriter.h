// Edits of a draft that keep it a graph.
#ifndef PICOST_ESTIMATOR_GRAPH_PASSES_REWRITER_H_
#define PICOST_ESTIMATOR_GRAPH_PASSES_REWRITER_H_

#include <vector>

#include "estimator/graph/draft.h"

namespace picost::graph {

// Knows who reads what while nodes are removed and replaced. Nodes keep their
// ids until Finish().
class Rewriter {
 public:
  explicit Rewriter(Draft& draft);

  Draft& draft() { return draft_; }
  NodeId node_count() const { return static_cast<NodeId>(draft_.parts.nodes.size()); }
  Node& node(NodeId id) { return draft_.parts.nodes[id]; }
  const Value& value(ValueId id) const { return draft_.parts.values[id]; }
  bool IsAlive(NodeId id) const { return alive_[id]; }

  // Living readers, once per reading.
  const std::vector<NodeId>& readers(ValueId id) const { return readers_[id]; }
  // The one node that reads the value (once or more), or kNoNode if there are
  // several, none, or the value is a result of the graph.
  NodeId OnlyReader(ValueId id) const;
  // Who makes the value, or kNoNode.
  NodeId Producer(ValueId id) const { return draft_.parts.values[id].producer; }

  void AddInput(NodeId node, ValueId value);
  void SetInputs(NodeId node, std::vector<ValueId> inputs);
  // `node` now makes what `reader` made, and `reader` is gone: folding reader
  // into node. Both have one output.
  void Absorb(NodeId node, NodeId reader);
  void Remove(NodeId node);

  // Drops removed nodes and renumbers.
  void Finish();

 private:
  Draft& draft_;
  std::vector<bool> alive_;
  std::vector<bool> is_result_;
  std::vector<std::vector<NodeId>> readers_;
};

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_PASSES_REWRITER_H_
