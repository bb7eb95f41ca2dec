// Which ONNX operators are known: for catalogues.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPERATORS_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPERATORS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace picost::graph {

struct KnownOperator {
  std::string domain;  // "ai.onnx" for the default one
  std::string type;
  int64_t minimum_opset = 1;
  int64_t maximum_opset = 0;  // 0: no end
  std::string counted_as;     // for people, in the words of docs/counting.md
};

// In the order of the operator table.
std::vector<KnownOperator> KnownOperators();

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPERATORS_H_
