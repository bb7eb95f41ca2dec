// What the installed libonnx says about a node: arity and required attributes.
//
// It knows opsets up to the one it was built with (17 in Debian 12); nodes of
// newer opsets and other domains pass, the operator table judges them alone.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_SCHEMA_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_SCHEMA_H_

#include <cstdint>
#include <string>

#include "onnx/onnx_pb.h"

namespace picost::graph {

// Empty where the node is well-formed or nobody can tell, else what is wrong.
std::string FindSchemaViolation(const ::onnx::NodeProto& node, int64_t opset);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_SCHEMA_H_
