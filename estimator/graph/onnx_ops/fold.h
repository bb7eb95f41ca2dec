// Arithmetic on small known tensors: what exporters write to compute shapes.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_FOLD_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_FOLD_H_

#include <optional>
#include <string_view>

#include "estimator/graph/onnx_ops/op_context.h"

namespace picost::graph::ops {

// op_type over the inputs, all of them known and broadcast to `shape`; monostate
// where the operator or its operands are not for folding (division by zero,
// overflow, too many elements). Integers stay integers, as in ONNX.
ConstantData FoldBinary(const OpContext& op, std::string_view op_type, const Dims& shape);
ConstantData FoldUnary(const OpContext& op, std::string_view op_type);

// Whether a result of this shape is worth computing.
bool IsFoldable(const Dims& shape);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_FOLD_H_
