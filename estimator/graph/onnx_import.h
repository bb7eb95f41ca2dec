// ONNX bytes -> Graph. The only way in for untrusted models.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_IMPORT_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_IMPORT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/import_options.h"

namespace picost::graph {

// Reads, checks and canonicalizes a model. Weights are never needed and external
// data is never opened. A binding in options.dimensions that no dimension uses
// is a warning in notes(). Errors:
//   kInvalidArgument    not ONNX, truncated, malformed, inconsistent shapes, or
//                       dimensions that stay unbound (all names are listed, with
//                       a binding to paste)
//   kUnimplemented      an operator nobody knows: node, operator, opset
//   kResourceExhausted  a limit, named
absl::StatusOr<Graph> ImportOnnx(std::string_view onnx_bytes, const ImportOptions& options);

// The same file without its weights, for `picost strip`: payloads of tensors of
// more than 64 elements are cleared, references to external data dropped;
// everything else stays. The result imports to an equal graph.
absl::StatusOr<std::string> StripWeights(std::string_view onnx_bytes, const ImportLimits& limits);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_IMPORT_H_
