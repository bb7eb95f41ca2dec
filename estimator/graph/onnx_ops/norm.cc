// Normalizations.
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

// Statistics over `width` consecutive elements of the input.
Normalization Statistics(const OpContext& op, NormalizationKind kind, int64_t width) {
  const int64_t elements = op.Elements(0);
  return {.kind = kind,
          .elements = elements,
          .rows = width == 0 ? 0 : elements / width,
          .width = width};
}

// The scale and shift that follow statistics are the server's: weights.
absl::Status CheckScale(const OpContext& op) {
  for (int i = 1; i < op.input_count(); ++i) {
    if (op.IsPrivate(i)) {
      return op.Unimplemented("a normalization whose scale or shift depends on the data");
    }
  }
  return absl::OkStatus();
}

std::vector<ValueId> AllInputs(const OpContext& op) {
  std::vector<ValueId> inputs;
  for (int i = 0; i < op.input_count(); ++i) inputs.push_back(op.In(i));
  return inputs;
}

}  // namespace

absl::Status ImportBatchNormalization(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckScale(op));
  if (op.Rank(0) < 2) return op.Invalid("the input has no channels");
  const Dims& x = op.Shape(0);
  if (op.Elements(1) != x[1]) {
    return op.Invalid(absl::StrCat(op.Elements(1), " scales for ", x[1], " channels"));
  }
  const bool training =
      op.Int("training_mode", 0) != 0 || (op.opset() < 14 && op.output_count() > 1 && op.Wants(1));
  if (training) {
    op.state().Warn(
        "BatchNormalization is in training mode in the file; it is counted as at inference, with "
        "fixed statistics");
  }
  for (int i = 1; i < op.output_count(); ++i) {  // running statistics: not of inference
    if (op.Wants(i)) PICOST_RETURN_IF_ERROR(op.Alias(i, op.In(i < 3 ? i + 2 : i)));
  }
  Normalization norm{.kind = NormalizationKind::kBatch,
                     .elements = op.Elements(0),
                     .rows = x[0],
                     .width = x[0] == 0 ? 0 : op.Elements(0) / x[0],
                     .channels = x[1],
                     .spatial = Dims(x.begin() + 2, x.end())};
  return op.Emit(std::move(norm), AllInputs(op), op.Type(0));
}

absl::Status ImportInstanceNormalization(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckScale(op));
  if (op.Rank(0) < 3) return op.Invalid("the input has no spatial dimension");
  const int64_t width = Product(op.Shape(0), 2, op.Shape(0).size());
  return op.Emit(Statistics(op, NormalizationKind::kInstance, width), AllInputs(op), op.Type(0));
}

// LayerNormalization, RMSNormalization and their names at Microsoft.
absl::Status ImportLayerNormalization(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckScale(op));
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", -1), op.Rank(0)));
  const Dims& x = op.Shape(0);
  const std::string& name = op.node().op_type();
  const bool rms = name == "RMSNormalization" || name == "SimplifiedLayerNormalization";
  Normalization norm = Statistics(op, rms ? NormalizationKind::kRms : NormalizationKind::kLayer,
                                  Product(x, static_cast<size_t>(axis), x.size()));
  norm.has_scale = op.Has(1);
  TensorType statistics = op.Type(0);
  for (size_t i = static_cast<size_t>(axis); i < statistics.dims.size(); ++i) {
    statistics.dims[i] = 1;
  }
  return op.Emit(std::move(norm), AllInputs(op), {op.Type(0), statistics, statistics});
}

absl::Status ImportGroupNormalization(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckScale(op));
  const int64_t groups = op.Int("num_groups", op.Int("groups", 0));
  const Dims& x = op.Shape(0);
  if (op.Rank(0) < 2 || groups < 1 || x[1] % groups != 0) {
    return op.Invalid(absl::StrCat(groups, " groups do not divide the channels"));
  }
  const int64_t width = Product(x, 1, x.size()) / groups;
  return op.Emit(Statistics(op, NormalizationKind::kGroup, width), AllInputs(op), op.Type(0));
}

absl::Status ImportLpNormalization(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", -1), op.Rank(0)));
  Normalization norm = Statistics(op, NormalizationKind::kLp, op.Shape(0)[axis]);
  norm.has_scale = false;
  return op.Emit(std::move(norm), {op.In(0)}, op.Type(0));
}

absl::Status ImportLrn(OpContext& op) {
  const int64_t size = op.Int("size", 0);
  if (size < 1 || size > (int64_t{1} << 20)) return op.Invalid(absl::StrCat("size is ", size));
  // Every element has statistics of its own, over `size` channels.
  Normalization norm{.kind = NormalizationKind::kLocalResponse,
                     .elements = op.Elements(0),
                     .rows = op.Elements(0),
                     .width = size,
                     .has_scale = false};
  return op.Emit(std::move(norm), {op.In(0)}, op.Type(0));
}

absl::Status ImportMeanVarianceNormalization(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(
      const std::vector<int64_t> axes,
      op.Axes(op.Ints("axes").value_or(std::vector<int64_t>{0, 2, 3}), op.Rank(0)));
  int64_t width = 1;
  for (int64_t axis : axes) width *= op.Shape(0)[axis];
  Normalization norm = Statistics(op, NormalizationKind::kInstance, width);
  norm.has_scale = false;
  return op.Emit(std::move(norm), {op.In(0)}, op.Type(0));
}

}  // namespace picost::graph::ops
