// What every protocol on shares makes the parties keep: weights, shares of live values.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_MEMORY_H_
#define PICOST_ESTIMATOR_PROTOCOLS_MEMORY_H_

#include <cstdint>

#include "estimator/graph/graph.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"

namespace picost::protocols {

// The most elements of activations that are alive at once: a value lives from the node
// that makes it to its last reader, results to the end.
int64_t PeakLiveElements(const graph::Graph& graph);

// Both parties' shares of the values that are alive at once.
primitives::MemoryItem LiveShares(const graph::Graph& graph, int64_t element_bytes);

// The server's weights as field or ring elements; shared: each party holds a share.
primitives::MemoryItem ModelWeights(const PlanContext& context, int64_t element_bytes, bool shared);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_MEMORY_H_
