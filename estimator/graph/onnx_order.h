// The order in which a file's nodes can be computed.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_ORDER_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_ORDER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {

// Indices of the nodes in topological order; the file's own order where that is
// one. kInvalidArgument: a cycle, or two nodes that make the same value.
absl::StatusOr<std::vector<int>> OrderNodes(
    const google::protobuf::RepeatedPtrField<::onnx::NodeProto>& nodes);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_ORDER_H_
