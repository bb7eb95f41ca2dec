// The operator table: every ONNX operator that can be imported, one row each.
// To add an operator, write its importer and add its row (docs/adding_an_op.md).
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_OP_TABLE_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_OP_TABLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {

// The newest opset of the default domain whose changes this table knows. Models
// of newer ones are tried, with a warning.
inline constexpr int64_t kNewestKnownOpset = 23;
inline constexpr int64_t kOldestKnownOpset = 7;

struct OpRow {
  std::string_view domain;  // "": ai.onnx
  std::string_view op;
  int64_t since = 1;  // first opset that has it
  int64_t until = 0;  // last opset that has it; 0: still there
  int min_inputs = 1;
  int max_inputs = 1;  // -1: any number
  Importer import = nullptr;
  std::string_view counted_as;  // for people, in the words of docs/counting.md
};

// In the order of the table.
const std::vector<OpRow>& AllOps();

// Null where nobody knows the operator.
const OpRow* FindOp(std::string_view domain, std::string_view op);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_OP_TABLE_H_
