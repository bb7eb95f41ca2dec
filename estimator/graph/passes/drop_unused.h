// Removes what no result depends on.
#ifndef PICOST_ESTIMATOR_GRAPH_PASSES_DROP_UNUSED_H_
#define PICOST_ESTIMATOR_GRAPH_PASSES_DROP_UNUSED_H_

#include "estimator/graph/draft.h"

namespace picost::graph {

// Nodes from which no graph output can be reached: nobody would evaluate them.
void DropUnusedNodes(Draft& draft);

// Values that no node and no result mentions; renumbers the others in the order
// of their first use, so that equal graphs have equal numbers.
void CompactValues(Draft& draft);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_PASSES_DROP_UNUSED_H_
