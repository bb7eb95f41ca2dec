// ONNX bytes -> Graph. The only way in for untrusted models.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_IMPORT_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_IMPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "estimator/graph/graph.h"

namespace picost::graph {

enum class UnknownOperatorPolicy {
  kError,       // refuse, naming node, operator and opset
  kUpperBound,  // count as if every output element were a comparison; shown as coverage
  kZero,        // count nothing; shown as coverage
};

// Limits on what a stranger may send. A refusal names the limit.
struct ImportLimits {
  int64_t max_bytes = int64_t{4} << 30;  // of the file, payloads included
  int64_t max_structure_bytes = int64_t{64} << 20;  // without initializer payloads
  int64_t max_nodes = 100'000;
  int64_t max_rank = 16;
  int64_t max_elements = int64_t{1} << 40;  // of one tensor
  int64_t max_name_bytes = 4096;
  int64_t max_subgraph_depth = 16;
};

struct ImportOptions {
  // Values for symbolic dimensions, by name: {"batch", 1}.
  std::map<std::string, int64_t> dimensions;
  UnknownOperatorPolicy unknown = UnknownOperatorPolicy::kError;
  ImportLimits limits;
};

// Reads, checks and canonicalizes a model. Weights are never needed and external
// data is never opened. A binding in options.dimensions that no dimension uses
// is a warning in notes(). Errors:
//   kInvalidArgument    not ONNX, truncated, malformed, inconsistent shapes, or
//                       dimensions that stay unbound (all names are listed, with
//                       a binding to paste)
//   kUnimplemented      an operator nobody knows: node, operator, opset
//   kResourceExhausted  a limit, named
absl::StatusOr<Graph> ImportOnnx(std::string_view onnx_bytes, const ImportOptions& options);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_IMPORT_H_
