// Element-wise arithmetic, comparisons and choices.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/broadcast.h"
#include "estimator/graph/onnx_ops/fold.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

template <typename Kind>
struct Named {
  std::string_view op;
  Kind kind;
};

constexpr std::array kUnaryKinds = {
    Named<ElementwiseKind>{"Neg", ElementwiseKind::kNeg},
    Named<ElementwiseKind>{"Abs", ElementwiseKind::kAbs},
    Named<ElementwiseKind>{"Sign", ElementwiseKind::kSign},
    Named<ElementwiseKind>{"Sqrt", ElementwiseKind::kSqrt},
    Named<ElementwiseKind>{"Reciprocal", ElementwiseKind::kReciprocal},
    Named<ElementwiseKind>{"Exp", ElementwiseKind::kExp},
    Named<ElementwiseKind>{"Log", ElementwiseKind::kLog},
    Named<ElementwiseKind>{"Floor", ElementwiseKind::kFloor},
    Named<ElementwiseKind>{"Ceil", ElementwiseKind::kFloor},  // -floor(-x)
    Named<ElementwiseKind>{"Round", ElementwiseKind::kRound},
    Named<ElementwiseKind>{"Sin", ElementwiseKind::kSin},
    Named<ElementwiseKind>{"Cos", ElementwiseKind::kCos},
};

constexpr std::array kBinaryKinds = {
    Named<ElementwiseKind>{"Add", ElementwiseKind::kAdd},
    Named<ElementwiseKind>{"Sum", ElementwiseKind::kAdd},
    Named<ElementwiseKind>{"Mean", ElementwiseKind::kAdd},
    Named<ElementwiseKind>{"Sub", ElementwiseKind::kSub},
    Named<ElementwiseKind>{"Mul", ElementwiseKind::kMul},
    Named<ElementwiseKind>{"Div", ElementwiseKind::kDiv},
    Named<ElementwiseKind>{"Pow", ElementwiseKind::kPow},
    Named<ElementwiseKind>{"Mod", ElementwiseKind::kMod},
    Named<ElementwiseKind>{"Min", ElementwiseKind::kMin},
    Named<ElementwiseKind>{"Max", ElementwiseKind::kMax},
};

constexpr std::array kCompareKinds = {
    Named<CompareKind>{"Less", CompareKind::kLess},
    Named<CompareKind>{"LessOrEqual", CompareKind::kLessOrEqual},
    Named<CompareKind>{"Greater", CompareKind::kGreater},
    Named<CompareKind>{"GreaterOrEqual", CompareKind::kGreaterOrEqual},
    Named<CompareKind>{"Equal", CompareKind::kEqual},
    Named<CompareKind>{"And", CompareKind::kAnd},
    Named<CompareKind>{"Or", CompareKind::kOr},
    Named<CompareKind>{"Xor", CompareKind::kXor},
};

template <typename Kind, size_t n>
std::optional<Kind> Find(const std::array<Named<Kind>, n>& rows, std::string_view op) {
  for (const auto& row : rows) {
    if (row.op == op) return row.kind;
  }
  return std::nullopt;
}

ElementType Wider(ElementType a, ElementType b) {
  return a == ElementType::kFloat || b == ElementType::kFloat ? ElementType::kFloat : a;
}

// One unary step of a composition: the part "NAME/part".
absl::StatusOr<ValueId> Step(OpContext& op, const std::string& part, ElementwiseKind kind,
                             ValueId value) {
  const TensorType type = op.TypeOf(value);
  return op.EmitPart(
      part, Elementwise{.kind = kind, .elements = type.ElementCount(), .second = Operand::kNone},
      {value}, type);
}

// x ** c with a known c.
absl::Status Power(OpContext& op, const TensorType& type, double exponent) {
  Elementwise power{.elements = type.ElementCount(), .second = Operand::kNone};
  if (exponent == 1) return op.Alias(0, op.In(0));
  if (exponent == 2) {
    power.kind = ElementwiseKind::kMul;
    power.second = Operand::kPrivate;
    power.same_operands = true;
  } else if (exponent == 0.5) {
    power.kind = ElementwiseKind::kSqrt;
  } else if (exponent == -1) {
    power.kind = ElementwiseKind::kReciprocal;
  } else {
    power.kind = ElementwiseKind::kPow;
    power.second = Operand::kPublic;
    power.exponent = exponent;
  }
  return op.Emit(power, {op.In(0)}, type);
}

// Broadcasting of opset 6 and before: B is placed at `axis` of A.
absl::StatusOr<Dims> ResultShape(const OpContext& op) {
  return Broadcast(op, op.Shape(0), op.Shape(1));
}

absl::Status EmitBinary(OpContext& op, ElementwiseKind kind, ValueId left, ValueId right,
                        const TensorType& type) {
  const bool left_private = op.KnowledgeOf(left) == Operand::kPrivate;
  const bool right_private = op.KnowledgeOf(right) == Operand::kPrivate;
  Elementwise node{.kind = kind, .elements = type.ElementCount()};
  // Canonical nodes have the private operand first: c - x is -x + c, and c / x
  // is c times the reciprocal of x.
  if (!left_private && right_private) {
    if (kind == ElementwiseKind::kSub) {
      PICOST_ASSIGN_OR_RETURN(right, Step(op, "neg", ElementwiseKind::kNeg, right));
      node.kind = ElementwiseKind::kAdd;
    } else if (kind == ElementwiseKind::kDiv) {
      const auto* known = std::get_if<std::vector<double>>(&op.DataOf(left));
      const bool is_one = known != nullptr && known->size() == 1 && known->front() == 1;
      if (is_one && op.TypeOf(right).dims == type.dims) {
        return op.Emit(Elementwise{.kind = ElementwiseKind::kReciprocal,
                                   .elements = type.ElementCount(),
                                   .second = Operand::kNone},
                       {right}, type);
      }
      PICOST_ASSIGN_OR_RETURN(right, Step(op, "reciprocal", ElementwiseKind::kReciprocal, right));
      node.kind = ElementwiseKind::kMul;
    } else if (kind == ElementwiseKind::kPow || kind == ElementwiseKind::kMod) {
      return op.Unimplemented("a known base with a private exponent or divisor");
    }
    std::swap(left, right);
  } else if (left_private && right_private) {
    if (kind == ElementwiseKind::kPow || kind == ElementwiseKind::kMod) {
      return op.Unimplemented("a private exponent or divisor");
    }
    node.same_operands = left == right;
  }
  node.second = op.KnowledgeOf(right);
  return op.Emit(node, {left, right}, type);
}

}  // namespace

absl::Status ImportUnary(OpContext& op) {
  const std::string& name = op.node().op_type();
  if (!op.IsPrivate(0)) {
    ConstantData folded = FoldUnary(op, name);
    if (folded.index() != 0) return op.Fold(0, op.Type(0), std::move(folded));
  }
  if (name == "Not") {
    return op.Emit(
        Compare{.kind = CompareKind::kNot, .elements = op.Elements(0), .second = Operand::kNone},
        {op.In(0)}, op.Type(0));
  }
  if (name == "IsNaN" || name == "IsInf") {
    // Fixed-point values are neither: the answer is publicly false.
    const TensorType type{.element_type = ElementType::kBool, .dims = op.Shape(0)};
    ConstantData zeros;
    if (IsFoldable(type.dims)) zeros = std::vector<int64_t>(type.ElementCount(), 0);
    PICOST_ASSIGN_OR_RETURN(const ValueId value, op.MakeConstant(type, std::move(zeros)));
    return op.Alias(0, value);
  }
  const auto kind = Find(kUnaryKinds, name);
  if (!kind) return op.Unimplemented("no such element-wise operator");
  return op.Emit(Elementwise{.kind = *kind, .elements = op.Elements(0), .second = Operand::kNone},
                 {op.In(0)}, op.Type(0));
}

absl::Status ImportArithmetic(OpContext& op) {
  const std::string& name = op.node().op_type();
  PICOST_ASSIGN_OR_RETURN(const Dims shape, ResultShape(op));
  const TensorType type{.element_type = Wider(op.Type(0).element_type, op.Type(1).element_type),
                        .dims = shape};
  if (!op.AnyPrivate()) {
    ConstantData folded = FoldBinary(op, name, shape);
    if (folded.index() != 0) return op.Fold(0, type, std::move(folded));
  }
  PICOST_RETURN_IF_ERROR(op.Check(type));
  const auto kind = Find(kBinaryKinds, name);
  if (!kind) return op.Unimplemented("no such arithmetic operator");
  const auto exponent = *kind == ElementwiseKind::kPow ? op.KnownScalar(1) : std::nullopt;
  if (exponent && op.IsPrivate(0) && shape == op.Shape(0)) return Power(op, type, *exponent);
  return EmitBinary(op, *kind, op.In(0), op.In(1), type);
}

absl::Status ImportVariadic(OpContext& op) {
  const std::string& name = op.node().op_type();
  const auto kind = Find(kBinaryKinds, name);
  if (!kind || op.input_count() == 0) return op.Invalid("no operands");
  if (op.input_count() == 2 && name != "Mean") return ImportArithmetic(op);
  if (op.input_count() == 1) return op.Alias(0, op.In(0));
  ValueId sum = op.In(0);
  for (int i = 1; i < op.input_count(); ++i) {
    PICOST_ASSIGN_OR_RETURN(const Dims shape, Broadcast(op, op.TypeOf(sum).dims, op.Shape(i)));
    const TensorType type{.element_type = op.TypeOf(sum).element_type, .dims = shape};
    PICOST_RETURN_IF_ERROR(op.Check(type));
    ValueId right = op.In(i);
    if (op.KnowledgeOf(sum) != Operand::kPrivate) std::swap(sum, right);
    const Elementwise node{.kind = *kind,
                           .elements = type.ElementCount(),
                           .second = op.KnowledgeOf(right),
                           .same_operands = sum == right};
    if (i + 1 == op.input_count() && name != "Mean") return op.Emit(node, {sum, right}, type);
    PICOST_ASSIGN_OR_RETURN(sum, op.EmitPart(absl::StrCat(i), node, {sum, right}, type));
  }
  PICOST_ASSIGN_OR_RETURN(
      const ValueId factor,
      op.MakeConstant({}, std::vector<double>{1.0 / static_cast<double>(op.input_count())}));
  const TensorType type = op.TypeOf(sum);
  return op.Emit(Elementwise{.kind = ElementwiseKind::kMul,
                             .elements = type.ElementCount(),
                             .second = Operand::kPublic},
                 {sum, factor}, type);
}

absl::Status ImportCompare(OpContext& op) {
  const std::string& name = op.node().op_type();
  PICOST_ASSIGN_OR_RETURN(const Dims shape, ResultShape(op));
  const TensorType type{.element_type = ElementType::kBool, .dims = shape};
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (!op.AnyPrivate()) {
    ConstantData folded = FoldBinary(op, name, shape);
    if (folded.index() != 0) return op.Fold(0, type, std::move(folded));
  }
  const auto kind = Find(kCompareKinds, name);
  if (!kind) return op.Unimplemented("no such comparison");
  const int second = op.IsPrivate(0) ? 1 : 0;
  return op.Emit(
      Compare{.kind = *kind, .elements = type.ElementCount(), .second = op.Knowledge(second)},
      {op.In(0), op.In(1)}, type);
}

absl::Status ImportWhere(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const Dims branches, Broadcast(op, op.Shape(1), op.Shape(2)));
  PICOST_ASSIGN_OR_RETURN(const Dims shape, Broadcast(op, op.Shape(0), branches));
  const TensorType type{.element_type = Wider(op.Type(1).element_type, op.Type(2).element_type),
                        .dims = shape};
  PICOST_RETURN_IF_ERROR(op.Check(type));
  const auto* condition = op.KnownInts(0);
  if (!op.AnyPrivate() && condition != nullptr && IsFoldable(shape) &&
      op.Data(1).index() == op.Data(2).index() && op.Data(1).index() != 0) {
    const auto which = BroadcastIndices(op.Shape(0), shape);
    ConstantData result = Pick(op.Data(1), BroadcastIndices(op.Shape(1), shape));
    const ConstantData other = Pick(op.Data(2), BroadcastIndices(op.Shape(2), shape));
    for (size_t i = 0; i < which.size(); ++i) {
      if ((*condition)[which[i]] != 0) continue;
      if (auto* ints = std::get_if<std::vector<int64_t>>(&result)) {
        (*ints)[i] = std::get<std::vector<int64_t>>(other)[i];
      } else {
        std::get<std::vector<double>>(result)[i] = std::get<std::vector<double>>(other)[i];
      }
    }
    return op.Fold(0, type, std::move(result));
  }
  return op.Emit(Select{.elements = type.ElementCount(), .condition = op.Knowledge(0)},
                 {op.In(0), op.In(1), op.In(2)}, type);
}

absl::Status ImportCast(OpContext& op) {
  TensorType type = op.Type(0);
  if (op.node().op_type() == "CastLike") {
    type.element_type = op.Type(1).element_type;
  } else {
    PICOST_ASSIGN_OR_RETURN(type.element_type,
                            ElementTypeOf(op, op.Int("to", ::onnx::TensorProto::UNDEFINED)));
  }
  if (!op.IsPrivate(0)) {
    ConstantData data = op.Data(0);
    const bool to_float = type.element_type == ElementType::kFloat;
    if (const auto* ints = std::get_if<std::vector<int64_t>>(&data)) {
      if (to_float) {
        data = std::vector<double>(ints->begin(), ints->end());
      } else if (type.element_type == ElementType::kBool) {
        std::vector<int64_t> bits = *ints;
        for (int64_t& bit : bits) bit = bit != 0;
        data = std::move(bits);
      }
    } else if (const auto* doubles = std::get_if<std::vector<double>>(&data);
               doubles && !to_float) {
      std::vector<int64_t> whole;
      for (double value : *doubles) {
        if (!(std::abs(value) < 9e18)) {
          data = {};
          break;
        }
        whole.push_back(type.element_type == ElementType::kBool ? value != 0
                                                                : static_cast<int64_t>(value));
      }
      if (data.index() != 0) data = std::move(whole);
    }
    return op.Fold(0, type, std::move(data));
  }
  // Between shared representations a cast to bool is a test against zero; the
  // others are local, but for the fraction that a cast to integers drops.
  const TensorType from = op.Type(0);
  if (type.element_type == ElementType::kBool && from.element_type != ElementType::kBool) {
    return op.Emit(Compare{.kind = CompareKind::kEqual,
                           .elements = type.ElementCount(),
                           .second = Operand::kPublic},
                   {op.In(0)}, type);
  }
  if (type.element_type == ElementType::kInteger && from.element_type == ElementType::kFloat) {
    return op.Emit(Elementwise{.kind = ElementwiseKind::kFloor,
                               .elements = type.ElementCount(),
                               .second = Operand::kNone},
                   {op.In(0)}, type);
  }
  return op.EmitView(type);
}

}  // namespace picost::graph::ops
