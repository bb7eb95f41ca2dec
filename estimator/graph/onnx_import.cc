#include "estimator/graph/onnx_import.h"

#include <string>
#include <utility>

#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/draft.h"
#include "estimator/graph/onnx_translate.h"
#include "estimator/graph/onnx_wire.h"
#include "estimator/graph/passes/canonicalize.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {
namespace {

WireLimits LimitsOfWire(const ImportLimits& limits) {
  return {.max_bytes = limits.max_bytes,
          .max_structure_bytes = limits.max_structure_bytes,
          .max_name_bytes = limits.max_name_bytes,
          .max_subgraph_depth = limits.max_subgraph_depth};
}

absl::StatusOr<::onnx::ModelProto> ParseStructure(const std::string& structure) {
  ::onnx::ModelProto model;
  if (model.ParseFromString(structure)) return model;
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "not an ONNX model: the bytes are no ModelProto",
                   {.field = "onnx", .mend = "Send the file that the exporter wrote, unchanged"});
}

}  // namespace

absl::StatusOr<Graph> ImportOnnx(std::string_view onnx_bytes, const ImportOptions& options) {
  PICOST_ASSIGN_OR_RETURN(const ScannedModel scanned,
                          ScanModel(onnx_bytes, LimitsOfWire(options.limits)));
  PICOST_ASSIGN_OR_RETURN(const ::onnx::ModelProto model, ParseStructure(scanned.structure));
  PICOST_ASSIGN_OR_RETURN(Draft draft, TranslateModel(model, options));
  Canonicalize(draft, options.fold_affine);
  return Graph::Create(std::move(draft.parts));
}

absl::StatusOr<std::string> StripWeights(std::string_view onnx_bytes, const ImportLimits& limits) {
  return StripModel(onnx_bytes, LimitsOfWire(limits));
}

}  // namespace picost::graph
