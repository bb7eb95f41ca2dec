// com.microsoft's quantized twins of operators (ONNX Runtime's QOperator format,
// its docs/ContribOperators.md): the operator on the quantized values, whose
// result is then brought to the output's scale.
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"
#include "estimator/graph/onnx_ops/op_table.h"

namespace picost::graph::ops {
namespace {

// Opset of the operators that the twins stand for.
constexpr int64_t kOpset = 13;

// What `type` of the default domain makes of the inputs, with this node's
// attributes and under its name.
absl::StatusOr<ValueId> RunAs(OpContext& op, std::string_view type, std::vector<ValueId> inputs) {
  const OpRow* row = FindOp("", type);
  if (row == nullptr || op.output_count() == 0) return op.Invalid("the node has no result");
  ::onnx::NodeProto node = op.node();
  node.set_op_type(std::string(type));
  node.clear_domain();
  OpContext inner(op.state(), node, op.name(), kOpset, std::move(inputs),
                  [&op](const ::onnx::GraphProto&, const std::vector<ValueId>&,
                        const std::string&) -> absl::StatusOr<std::vector<ValueId>> {
                    return op.Invalid("a quantized operator with a subgraph");
                  });
  auto& nodes = op.state().draft.parts.nodes;
  const size_t before = nodes.size();
  PICOST_RETURN_IF_ERROR(row->import(inner));
  for (size_t i = before; i < nodes.size(); ++i) nodes[i].onnx_op = op.OpName();
  if (inner.outputs()[0] == kAbsent) return op.Invalid("the node has no result");
  return inner.outputs()[0];
}

// Eight bits are all that these operators have.
absl::Status Requantized(OpContext& op, ValueId value) {
  constexpr int kBits = 8;
  if (op.KnowledgeOf(value) != Operand::kPrivate) return op.Alias(0, value);
  op.state().Warn(
      "activations are quantized in the file: counted as changes of scale, without saturation");
  TensorType type = op.TypeOf(value);
  type.element_type = ElementType::kInteger;
  type.bits = kBits;
  PICOST_ASSIGN_OR_RETURN(
      value, op.EmitPart("requantize", PublicLinear{.multiplications = type.ElementCount()},
                         {value}, type));
  return op.Alias(0, value);
}

absl::Status CheckPublic(const OpContext& op, std::initializer_list<int> scales) {
  for (const int i : scales) {
    if (op.IsPrivate(i)) {
      return op.Unimplemented("quantization with a scale that depends on the data",
                              "Use static quantization");
    }
  }
  return absl::OkStatus();
}

}  // namespace

// X, scale, zero point, scale and zero point of the result.
absl::Status ImportQLinearUnary(OpContext& op) {
  if (op.Int("channels_last", 0) != 0) return op.Unimplemented("a layout with channels last");
  PICOST_RETURN_IF_ERROR(CheckPublic(op, {1, 2, 3, 4}));
  constexpr std::string_view kPrefix = "QLinear";
  const std::string type = op.node().op_type().substr(kPrefix.size());
  PICOST_ASSIGN_OR_RETURN(const ValueId value, RunAs(op, type, {op.In(0)}));
  return Requantized(op, value);
}

// A and B with their scales, scale of the result: QLinearAdd, QLinearMul.
absl::Status ImportQLinearBinary(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckPublic(op, {1, 2, 4, 5, 6, 7}));
  const bool sum = op.node().op_type() == "QLinearAdd";
  PICOST_ASSIGN_OR_RETURN(const ValueId value,
                          RunAs(op, sum ? "Add" : "Mul", {op.In(0), op.In(3)}));
  return Requantized(op, value);
}

// Scale and zero point of the result, then each tensor with its own.
absl::Status ImportQLinearConcat(OpContext& op) {
  if (op.input_count() % 3 != 2) return op.Invalid("a tensor without its scale and zero point");
  std::vector<ValueId> tensors;
  for (int i = 2; i < op.input_count(); i += 3) {
    PICOST_RETURN_IF_ERROR(CheckPublic(op, {i + 1, i + 2}));
    if (!op.Has(i)) return op.Invalid("a tensor is missing");
    tensors.push_back(op.In(i));
  }
  PICOST_ASSIGN_OR_RETURN(const ValueId value, RunAs(op, "Concat", std::move(tensors)));
  return Requantized(op, value);
}

// A, B with their scales, C.
absl::Status ImportQGemm(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckPublic(op, {1, 2, 4, 5, 7, 8}));
  std::vector<ValueId> inputs = {op.In(0), op.In(3)};
  if (op.Has(6)) inputs.push_back(op.In(6));
  PICOST_ASSIGN_OR_RETURN(const ValueId value, RunAs(op, "Gemm", std::move(inputs)));
  if (!op.Has(7)) return op.Alias(0, value);  // the result is floating point
  return Requantized(op, value);
}

// X -> eight bits with a scale from its own range: both ends of the range, the
// reciprocal of the scale, and a product of two private numbers per element.
absl::Status ImportDynamicQuantizeLinear(OpContext& op) {
  const TensorType scalar{};
  TensorType quantized{.element_type = ElementType::kInteger, .dims = op.Shape(0), .bits = 8};
  const TensorType point{.element_type = ElementType::kInteger, .bits = 8};
  if (!op.IsPrivate(0)) return op.Emit(View{}, {op.In(0)}, {quantized, scalar, point});
  const int64_t elements = op.Elements(0);
  ValueId ends[2];
  for (const ReduceKind kind : {ReduceKind::kMax, ReduceKind::kMin}) {
    const bool max = kind == ReduceKind::kMax;
    PICOST_ASSIGN_OR_RETURN(
        ends[max ? 0 : 1],
        op.EmitPart(max ? "max" : "min", Reduce{.kind = kind, .outputs = 1, .width = elements},
                    {op.In(0)}, scalar));
  }
  PICOST_ASSIGN_OR_RETURN(
      const ValueId scale,
      op.EmitPart("scale", PublicLinear{.multiplications = 1}, {ends[0], ends[1]}, scalar));
  PICOST_ASSIGN_OR_RETURN(const ValueId inverse,
                          op.EmitPart("inverse",
                                      Elementwise{.kind = ElementwiseKind::kReciprocal,
                                                  .elements = 1,
                                                  .second = Operand::kNone},
                                      {scale}, scalar));
  PICOST_ASSIGN_OR_RETURN(
      const ValueId zero_point,
      op.EmitPart(
          "zero_point",
          Elementwise{.kind = ElementwiseKind::kMul, .elements = 1, .second = Operand::kPrivate},
          {ends[1], inverse}, point));
  PICOST_ASSIGN_OR_RETURN(const ValueId value,
                          op.EmitPart("quantize",
                                      Elementwise{.kind = ElementwiseKind::kMul,
                                                  .elements = elements,
                                                  .second = Operand::kPrivate},
                                      {op.In(0), inverse}, quantized));
  PICOST_RETURN_IF_ERROR(op.Alias(0, value));
  PICOST_RETURN_IF_ERROR(op.Alias(1, scale));
  return op.Alias(2, zero_point);
}

}  // namespace picost::graph::ops
