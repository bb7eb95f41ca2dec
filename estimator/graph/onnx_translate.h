// A parsed model -> a draft: every node through its importer, in order.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_TRANSLATE_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_TRANSLATE_H_

#include "absl/status/statusor.h"
#include "estimator/graph/draft.h"
#include "estimator/graph/import_options.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {

// Errors as ImportOnnx. `model` has no payloads above kMaxKeptElements.
absl::StatusOr<Draft> TranslateModel(const ::onnx::ModelProto& model, const ImportOptions& options);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_TRANSLATE_H_
