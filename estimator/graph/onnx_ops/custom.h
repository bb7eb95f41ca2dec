// Operators that a request describes (estimator/graph/custom_op.proto).
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_CUSTOM_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_CUSTOM_H_

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/graph/custom_op.pb.h"
#include "estimator/graph/onnx_ops/op_context.h"

namespace picost::graph::ops {

class CustomOps {
 public:
  // Reads a CustomOperators textproto; an empty one describes none.
  // kInvalidArgument where it does not parse or names an operator twice.
  static absl::StatusOr<CustomOps> Parse(const std::string& textproto);

  // Null where none is described.
  const CustomOperator* Find(const std::string& domain, const std::string& op) const;

 private:
  std::map<std::pair<std::string, std::string>, CustomOperator> ops_;
};

absl::Status ImportCustom(OpContext& op, const CustomOperator& description);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_CUSTOM_H_
