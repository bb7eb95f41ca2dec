#include "estimator/graph/onnx_operators.h"

#include "estimator/graph/onnx_ops/op_table.h"

namespace picost::graph {

std::vector<KnownOperator> KnownOperators() {
  std::vector<KnownOperator> known;
  for (const ops::OpRow& row : ops::AllOps()) {
    known.push_back({.domain = row.domain.empty() ? "ai.onnx" : std::string(row.domain),
                     .type = std::string(row.op),
                     .minimum_opset = row.since,
                     .maximum_opset = row.until,
                     .counted_as = std::string(row.counted_as)});
  }
  return known;
}

}  // namespace picost::graph
