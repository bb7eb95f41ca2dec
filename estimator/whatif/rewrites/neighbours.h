// What the passes ask about a node's surroundings, and the surgery that they share.
#ifndef PICOST_ESTIMATOR_WHATIF_REWRITES_NEIGHBOURS_H_
#define PICOST_ESTIMATOR_WHATIF_REWRITES_NEIGHBOURS_H_

#include "estimator/graph/graph.h"

namespace picost::whatif {

// The node that makes the first operand; kNoNode for an input of the graph.
graph::NodeId FirstProducer(const graph::Graph& graph, const graph::Node& node);

// The one node that reads the node's only output; kNoNode where there are several,
// none, or the output is a result of the graph.
graph::NodeId OnlyReader(const graph::Graph& graph, const graph::Node& node);

// The parts without node `id`: who read its output reads its first operand.
graph::Graph::Parts Without(const graph::Graph& graph, graph::NodeId id);

// Exchanges the places of `first` and its only reader `second`: names and attributes
// move, the value between them takes the type that `between` names.
void ExchangePlaces(graph::Graph::Parts& parts, graph::NodeId first, graph::NodeId second,
                    const graph::TensorType& between);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_REWRITES_NEIGHBOURS_H_
