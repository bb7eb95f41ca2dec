// Constants and what makes them.
#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/fold.h"
#include "estimator/graph/onnx_ops/importers.h"
#include "estimator/graph/onnx_ops/tensor_data.h"

namespace picost::graph::ops {
namespace {

// A public constant made here, whatever the inputs (shapes are public).
absl::Status SetConstant(OpContext& op, TensorType type, ConstantData data) {
  PICOST_ASSIGN_OR_RETURN(const ValueId value, op.MakeConstant(std::move(type), std::move(data)));
  return op.Alias(0, value);
}

absl::StatusOr<TensorType> TypeOfTensor(const OpContext& op, const ::onnx::TensorProto& tensor) {
  TensorType type{.dims = Dims(tensor.dims().begin(), tensor.dims().end())};
  PICOST_ASSIGN_OR_RETURN(type.element_type, ElementTypeOf(op, tensor.data_type()));
  PICOST_RETURN_IF_ERROR(op.Check(type));
  return type;
}

}  // namespace

absl::Status ImportConstant(OpContext& op) {
  if (const auto* value = op.Attribute("value"); value != nullptr) {
    if (!value->has_t()) return op.Invalid("the attribute value holds no tensor");
    const ::onnx::TensorProto& tensor = value->t();
    PICOST_ASSIGN_OR_RETURN(TensorType type, TypeOfTensor(op, tensor));
    const int64_t elements = type.ElementCount();
    type.bits = QuantizedBits(tensor.data_type());
    // As with initializers: one number is part of the architecture, more of them
    // are the server's parameters.
    if (IsWeightType(tensor.data_type()) && elements > 1) {
      NoteParameter(op.state(), op.node().output_size() > 0 ? op.node().output(0) : op.name(),
                    type.dims, tensor);
      return op.SetWeight(
          type, elements <= kMaxFoldedElements ? ReadTensorData(tensor, elements) : ConstantData());
    }
    return SetConstant(op, type, ReadTensorData(tensor, elements));
  }
  if (const auto* value = op.Attribute("value_int")) {
    return SetConstant(op, {.element_type = ElementType::kInteger},
                       std::vector<int64_t>{value->i()});
  }
  if (const auto* value = op.Attribute("value_float")) {
    return SetConstant(op, {}, std::vector<double>{double{value->f()}});
  }
  if (const auto* value = op.Attribute("value_ints")) {
    return SetConstant(op, {.element_type = ElementType::kInteger, .dims = {value->ints_size()}},
                       std::vector<int64_t>(value->ints().begin(), value->ints().end()));
  }
  if (const auto* value = op.Attribute("value_floats")) {
    return SetConstant(op, {.dims = {value->floats_size()}},
                       std::vector<double>(value->floats().begin(), value->floats().end()));
  }
  if (op.HasAttribute("value_string") || op.HasAttribute("value_strings")) {
    const auto* list = op.Attribute("value_strings");
    TensorType type{.element_type = ElementType::kString};
    if (list != nullptr) type.dims.push_back(list->strings_size());
    return SetConstant(op, type, {});
  }
  return op.Unimplemented("a constant without a dense value");
}

absl::Status ImportConstantOfShape(OpContext& op) {
  TensorType type;
  PICOST_ASSIGN_OR_RETURN(type.dims, op.RequireInts(0, "shape"));
  PICOST_RETURN_IF_ERROR(op.Check(type));
  ConstantData value = std::vector<double>{0};
  if (const auto* attribute = op.Attribute("value"); attribute != nullptr && attribute->has_t()) {
    PICOST_ASSIGN_OR_RETURN(type.element_type, ElementTypeOf(op, attribute->t().data_type()));
    value = ReadTensorData(attribute->t(), 1);
  }
  const size_t count = IsFoldable(type.dims) ? static_cast<size_t>(type.ElementCount()) : 0;
  if (!IsFoldable(type.dims)) return SetConstant(op, type, {});
  if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) {
    return SetConstant(op, type, std::vector<int64_t>(count, ints->front()));
  }
  if (const auto* doubles = std::get_if<std::vector<double>>(&value)) {
    return SetConstant(op, type, std::vector<double>(count, doubles->front()));
  }
  return SetConstant(op, type, {});
}

absl::Status ImportRange(OpContext& op) {
  for (int i = 0; i < 3; ++i) {
    if (op.Elements(i) != 1) return op.Invalid("a bound of the range is not one number");
  }
  if (op.KnownInts(0) != nullptr && op.KnownInts(1) != nullptr && op.KnownInts(2) != nullptr) {
    const int64_t start = op.KnownInts(0)->front();
    const int64_t limit = op.KnownInts(1)->front();
    const int64_t step = op.KnownInts(2)->front();
    constexpr int64_t kFar = int64_t{1} << 60;
    if (step == 0 || std::max({start, limit, step}) > kFar ||
        std::min({start, limit, step}) < -kFar) {
      return op.Invalid("the range has no end");
    }
    const int64_t span = step > 0 ? limit - start : start - limit;
    const int64_t count = span <= 0 ? 0 : CeilDiv(span, step > 0 ? step : -step);
    const TensorType type{.element_type = ElementType::kInteger, .dims = {count}};
    PICOST_RETURN_IF_ERROR(op.Check(type));
    if (!IsFoldable(type.dims)) return SetConstant(op, type, {});
    std::vector<int64_t> values;
    for (int64_t i = 0; i < count; ++i) values.push_back(start + i * step);
    return SetConstant(op, type, std::move(values));
  }
  const auto start = op.KnownScalar(0);
  const auto limit = op.KnownScalar(1);
  const auto step = op.KnownScalar(2);
  if (!start || !limit || !step) {
    return op.RequireInts(!start ? 0 : (!limit ? 1 : 2), "bound of the range").status();
  }
  const double count = std::ceil((*limit - *start) / *step);
  if (!(count < 1e15)) return op.Invalid("the range has no end");
  const TensorType type{.dims = {count > 0 ? static_cast<int64_t>(count) : 0}};
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (!IsFoldable(type.dims)) return SetConstant(op, type, {});
  std::vector<double> values;
  for (int64_t i = 0; i < type.dims[0]; ++i) {
    values.push_back(*start + static_cast<double>(i) * *step);
  }
  return SetConstant(op, type, std::move(values));
}

absl::Status ImportShape(OpContext& op) {
  const int64_t rank = op.Rank(0);
  const auto clamp = [rank](int64_t position) {
    return std::clamp<int64_t>(position < 0 ? position + rank : position, 0, rank);
  };
  const int64_t start = clamp(op.Int("start", 0));
  const int64_t end = std::max(start, clamp(op.Int("end", rank)));
  Dims dims(op.Shape(0).begin() + start, op.Shape(0).begin() + end);
  const TensorType type{.element_type = ElementType::kInteger,
                        .dims = {static_cast<int64_t>(dims.size())}};
  return SetConstant(op, type, std::move(dims));
}

absl::Status ImportSize(OpContext& op) {
  return SetConstant(op, {.element_type = ElementType::kInteger},
                     std::vector<int64_t>{op.Elements(0)});
}

absl::Status ImportEyeLike(OpContext& op) {
  TensorType type = op.Type(0);
  if (op.HasAttribute("dtype")) {
    PICOST_ASSIGN_OR_RETURN(type.element_type, ElementTypeOf(op, op.Int("dtype", 0)));
  }
  return SetConstant(op, type, {});
}

absl::Status ImportIdentity(OpContext& op) { return op.Alias(0, op.In(0)); }

absl::Status ImportDropout(OpContext& op) {
  if (op.Wants(1)) {  // the mask at inference: all true
    TensorType mask{.element_type = ElementType::kBool, .dims = op.Shape(0)};
    PICOST_ASSIGN_OR_RETURN(const ValueId value, op.MakeConstant(mask, {}));
    PICOST_RETURN_IF_ERROR(op.Alias(1, value));
  }
  return op.Alias(0, op.In(0));
}

}  // namespace picost::graph::ops
