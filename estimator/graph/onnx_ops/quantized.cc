// Quantized forms. Weights are the server's, however they are stored: what
// dequantizes them is done before the protocol begins. A change of scale of a
// shared value is a product with a public number and a truncation; saturation is
// not modelled, which a warning says.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"
#include "estimator/graph/onnx_ops/tensor_data.h"

namespace picost::graph::ops {
namespace {

absl::Status CheckScales(const OpContext& op, std::initializer_list<int> scales) {
  for (int i : scales) {
    if (op.Has(i) && op.IsPrivate(i)) {
      return op.Unimplemented("quantization with a scale that depends on the data",
                              "Use static quantization");
    }
  }
  return absl::OkStatus();
}

void WarnOfSaturation(OpContext& op) {
  op.state().Warn(
      "activations are quantized in the file: counted as changes of scale, without "
      "saturation");
}

absl::Status Rescale(OpContext& op, ElementType element_type, int bits) {
  PICOST_RETURN_IF_ERROR(CheckScales(op, {1, 2}));
  TensorType type{.element_type = element_type, .dims = op.Shape(0), .bits = bits};
  if (op.IsPrivate(0)) WarnOfSaturation(op);
  return op.Emit(PublicLinear{.multiplications = op.Elements(0)}, {op.In(0), op.In(1)},
                 std::move(type));
}

// Width that a zero point says, of eight bits or less by its type; without one
// ONNX quantizes to uint8.
int BitsOf(const OpContext& op, int zero_point) {
  constexpr int kDefault = 8;
  if (!op.Has(zero_point)) return kDefault;
  return op.Type(zero_point).bits != 0 ? op.Type(zero_point).bits : 2 * kDefault;
}

// Sums of products of integers.
constexpr int kAccumulatorBits = 32;

void MarkAccumulator(OpContext& op) {
  if (op.output_count() > 0) op.SetBits(op.outputs()[0], kAccumulatorBits);
}

// The result of an integer product, brought to the output's scale.
absl::Status Requantize(OpContext& op, int zero_point) {
  if (op.output_count() == 0) return absl::OkStatus();
  const ValueId product = op.outputs()[0];
  op.SetBits(product, kAccumulatorBits);
  if (op.KnowledgeOf(product) != Operand::kPrivate) return absl::OkStatus();
  WarnOfSaturation(op);
  TensorType type = op.TypeOf(product);
  type.element_type = ElementType::kInteger;
  type.bits = BitsOf(op, zero_point);
  PICOST_ASSIGN_OR_RETURN(
      const ValueId value,
      op.EmitPart("requantize", PublicLinear{.multiplications = type.ElementCount()}, {product},
                  type));
  return op.Alias(0, value);
}

// `further`: private values that enter the product beside the operands.
absl::Status EmitMatMul(OpContext& op, int a, int b, std::vector<ValueId> further = {}) {
  const Dims& x = op.Shape(a);
  const Dims& w = op.Shape(b);
  if (x.empty() || w.size() != 2 || w[0] != x.back()) {
    return op.Unimplemented("a quantized product that is not of rows with one matrix");
  }
  if (op.IsPrivate(b)) {
    return op.Unimplemented("a quantized product of two private matrices");
  }
  TensorType type{.element_type = ElementType::kInteger, .dims = x};
  type.dims.back() = w[1];
  PICOST_RETURN_IF_ERROR(op.Check(type));
  further.insert(further.begin(), {op.In(a), op.In(b)});
  return op.Emit(
      Linear{.rows = Product(x, 0, x.size() - 1), .in_features = x.back(), .out_features = w[1]},
      std::move(further), type);
}

}  // namespace

absl::Status ImportQuantizeLinear(OpContext& op) {
  const int64_t named = op.Int("output_dtype", 0);
  return Rescale(op, ElementType::kInteger, named != 0 ? DataTypeBits(named) : BitsOf(op, 2));
}

absl::Status ImportDequantizeLinear(OpContext& op) {
  // Weights stay as small as they are stored.
  return Rescale(op, ElementType::kFloat, op.IsPrivate(0) ? 0 : op.Type(0).bits);
}

absl::Status ImportQLinearConv(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckScales(op, {1, 2, 4, 5, 6, 7}));
  PICOST_RETURN_IF_ERROR(EmitConv(op, {.x = 0, .weight = 3, .bias = 8}));
  return Requantize(op, 7);
}

absl::Status ImportConvInteger(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckScales(op, {2, 3}));
  PICOST_RETURN_IF_ERROR(EmitConv(op, {.x = 0, .weight = 1, .bias = 4}));
  MarkAccumulator(op);
  return absl::OkStatus();
}

absl::Status ImportQLinearMatMul(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckScales(op, {1, 2, 4, 5, 6, 7}));
  PICOST_RETURN_IF_ERROR(EmitMatMul(op, 0, 3));
  return Requantize(op, 7);
}

absl::Status ImportMatMulInteger(OpContext& op) {
  // A private zero point of the left operand (dynamic quantization) is a sum of
  // shares: (x - z) w.
  PICOST_RETURN_IF_ERROR(CheckScales(op, {3}));
  std::vector<ValueId> zero_point;
  if (op.IsPrivate(2)) zero_point.push_back(op.In(2));
  PICOST_RETURN_IF_ERROR(EmitMatMul(op, 0, 1, std::move(zero_point)));
  MarkAccumulator(op);
  return absl::OkStatus();
}

}  // namespace picost::graph::ops
