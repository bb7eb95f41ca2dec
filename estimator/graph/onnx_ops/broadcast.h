// Numpy-style broadcasting, and arithmetic on small known tensors.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_BROADCAST_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_BROADCAST_H_

#include <vector>

#include "absl/status/statusor.h"
#include "estimator/graph/onnx_ops/op_context.h"

namespace picost::graph::ops {

// The common shape, or kInvalidArgument naming both.
absl::StatusOr<Dims> Broadcast(const OpContext& op, const Dims& a, const Dims& b);

// For each element of `to`, row-major, the index of the element of `from` that
// is broadcast to it. `from` broadcasts to `to`.
std::vector<int64_t> BroadcastIndices(const Dims& from, const Dims& to);

// Row-major strides.
std::vector<int64_t> Strides(const Dims& dims);

// The element type's values picked by index: data[indices[i]].
ConstantData Pick(const ConstantData& data, const std::vector<int64_t>& indices);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_BROADCAST_H_
