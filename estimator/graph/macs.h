// Multiply-adds of the linear kinds, overflow-checked.
#ifndef PICOST_ESTIMATOR_GRAPH_MACS_H_
#define PICOST_ESTIMATOR_GRAPH_MACS_H_

#include <cstdint>
#include <optional>

#include "estimator/graph/node_attributes.h"

namespace picost::graph {

// Conv: each output position of each output channel meets in/groups x kernel
// taps, padding included. Transposed: each input position of each input channel
// is spread over out/groups x kernel taps. Linear: rows x in x out. Private
// products: batch x rows x inner x columns. 0 for the other kinds, nothing
// where the number does not fit.
std::optional<int64_t> CheckedMacs(const NodeAttributes& attributes);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_MACS_H_
