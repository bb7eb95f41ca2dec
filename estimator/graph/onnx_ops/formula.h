// Integer formulas over shapes, as custom operators have them.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_FORMULA_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_FORMULA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/graph/onnx_ops/op_context.h"

namespace picost::graph::ops {

// The value of `text` for this node; `outputs` are the dimensions of its results
// as far as they are known. kInvalidArgument names the formula, the position and
// what was expected there; also for overflow, division by zero and negative results.
absl::StatusOr<int64_t> EvaluateFormula(const OpContext& op, const std::string& text,
                                        const std::vector<Dims>& outputs);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_FORMULA_H_
