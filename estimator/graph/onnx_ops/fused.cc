// Operators that ONNX Runtime's optimizer fuses (domain com.microsoft), written
// out as the operators that they replace.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/broadcast.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

absl::StatusOr<ValueId> Sum(OpContext& op, const std::string& part, ValueId a, ValueId b) {
  PICOST_ASSIGN_OR_RETURN(Dims shape, Broadcast(op, op.TypeOf(a).dims, op.TypeOf(b).dims));
  TensorType type{.dims = std::move(shape)};
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (op.KnowledgeOf(a) != Operand::kPrivate) std::swap(a, b);
  const Elementwise sum{.elements = type.ElementCount(), .second = op.KnowledgeOf(b)};
  return op.EmitPart(part, sum, {a, b}, type);
}

}  // namespace

absl::Status ImportBiasGelu(OpContext& op) {
  ValueId value = op.In(0);
  if (op.Has(1)) {
    PICOST_ASSIGN_OR_RETURN(value, Sum(op, "bias", op.In(0), op.In(1)));
  }
  const bool fast = op.node().op_type() == "FastGelu";
  return op.Emit(Activation{.kind = fast ? ActivationKind::kGeluTanh : ActivationKind::kGelu,
                            .elements = op.TypeOf(value).ElementCount()},
                 {value}, op.TypeOf(value));
}

// x + skip (+ bias), then layer or RMS normalization.
absl::Status ImportSkipLayerNormalization(OpContext& op) {
  const bool rms = op.node().op_type() == "SkipSimplifiedLayerNormalization";
  PICOST_ASSIGN_OR_RETURN(ValueId value, Sum(op, "skip", op.In(0), op.In(1)));
  const int bias = rms ? 3 : 4;
  if (op.Has(bias)) {
    PICOST_ASSIGN_OR_RETURN(value, Sum(op, "bias", value, op.In(bias)));
  }
  if (op.Wants(1) || op.Wants(2)) {
    return op.Unimplemented("the statistics of a normalization as results");
  }
  if (op.Wants(3)) PICOST_RETURN_IF_ERROR(op.Alias(3, value));
  const TensorType type = op.TypeOf(value);
  if (type.dims.empty()) return op.Invalid("the input has no axis");
  const int64_t width = type.dims.back();
  std::vector<ValueId> inputs = {value, op.In(2)};
  if (!rms && op.Has(3)) inputs.push_back(op.In(3));
  PICOST_ASSIGN_OR_RETURN(
      const ValueId result,
      op.EmitPart("norm",
                  Normalization{.kind = rms ? NormalizationKind::kRms : NormalizationKind::kLayer,
                                .elements = type.ElementCount(),
                                .rows = width == 0 ? 0 : type.ElementCount() / width,
                                .width = width},
                  inputs, type));
  return op.Alias(0, result);
}

// Block-quantized weights: N x K in 2 to 8 bits. The product is that of K x N.
absl::Status ImportMatMulNBits(OpContext& op) {
  const int64_t inner = op.Int("K", 0);
  const int64_t columns = op.Int("N", 0);
  if (op.Rank(0) < 1 || inner < 1 || columns < 1 || op.Shape(0).back() != inner) {
    return op.Invalid(absl::StrCat("K = ", inner, " does not fit the input"));
  }
  if (op.IsPrivate(1)) return op.Unimplemented("private quantized weights");
  const int64_t bits = op.Int("bits", 4);
  if (bits < 2 || bits > 8) return op.Invalid(absl::StrCat("weights of ", bits, " bits"));
  TensorType type = op.Type(0);
  type.dims.back() = columns;
  PICOST_RETURN_IF_ERROR(op.Check(type));
  // Stored packed; the parameters are the N x K numbers.
  PICOST_ASSIGN_OR_RETURN(
      const ValueId weight,
      op.MakeWeight({.dims = {columns, inner}, .bits = static_cast<int>(bits)}, op.In(1)));
  return op.Emit(
      Linear{.rows = op.Elements(0) / inner, .in_features = inner, .out_features = columns},
      {op.In(0), weight}, type);
}

// A convolution (plus a residual) and its activation.
absl::Status ImportFusedConv(OpContext& op) {
  PICOST_RETURN_IF_ERROR(EmitConv(op, {}));
  ValueId value = op.outputs()[0];
  if (op.Has(3)) {
    PICOST_ASSIGN_OR_RETURN(value, Sum(op, "sum", value, op.In(3)));
  }
  const std::string name = op.String("activation", "");
  std::optional<ActivationKind> kind;
  if (name == "Relu") kind = ActivationKind::kRelu;
  if (name == "LeakyRelu") kind = ActivationKind::kLeakyRelu;
  if (name == "Sigmoid") kind = ActivationKind::kSigmoid;
  if (name == "Tanh") kind = ActivationKind::kTanh;
  if (!name.empty() && !kind) {
    return op.Unimplemented(absl::StrCat("a fused activation ", name),
                            "Export the model without the runtime's fusions");
  }
  if (kind) {
    const TensorType type = op.TypeOf(value);
    PICOST_ASSIGN_OR_RETURN(
        value, op.EmitPart("activation", Activation{.kind = *kind, .elements = type.ElementCount()},
                           {value}, type));
  }
  return op.Alias(0, value);
}

}  // namespace picost::graph::ops
