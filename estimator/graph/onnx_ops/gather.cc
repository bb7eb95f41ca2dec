// Reading and writing by index. Public indices move shares, which is free;
// private indices into the server's table are an embedding; private indices into
// private data would need an oblivious memory, which no protocol here has.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/broadcast.h"
#include "estimator/graph/onnx_ops/fold.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

absl::Status Oblivious(const OpContext& op) {
  return op.Unimplemented("private indices into private data",
                          "Choose elements by public indices, or by a product with a one-hot "
                          "matrix");
}

// `lookups` rows of a table of the server's.
absl::Status EmitLookup(OpContext& op, int64_t lookups, int64_t row_elements, TensorType type) {
  const int64_t rows = row_elements == 0 ? 0 : op.Elements(0) / row_elements;
  return op.Emit(Embedding{.lookups = lookups,
                           .table_rows = rows,
                           .row_elements = row_elements,
                           .private_indices = true},
                 {op.In(1), op.In(0)}, std::move(type));
}

}  // namespace

absl::Status ImportGather(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", 0), op.Rank(0)));
  const Dims& x = op.Shape(0);
  const Dims& indices = op.Shape(1);
  TensorType type{.element_type = op.Type(0).element_type};
  type.dims.assign(x.begin(), x.begin() + axis);
  type.dims.insert(type.dims.end(), indices.begin(), indices.end());
  type.dims.insert(type.dims.end(), x.begin() + axis + 1, x.end());
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (op.IsPrivate(1)) {
    if (op.IsPrivate(0)) return Oblivious(op);
    const int64_t outer = Product(x, 0, static_cast<size_t>(axis));
    return EmitLookup(op, op.Elements(1),
                      outer * Product(x, static_cast<size_t>(axis) + 1, x.size()), std::move(type));
  }
  if (op.IsPrivate(0)) return op.Emit(View{}, {op.In(0), op.In(1)}, std::move(type));
  ConstantData data;
  if (const auto* known = op.KnownInts(1);
      known != nullptr && op.Data(0).index() != 0 && IsFoldable(type.dims)) {
    const int64_t inner = Product(x, static_cast<size_t>(axis) + 1, x.size());
    const int64_t outer = Product(x, 0, static_cast<size_t>(axis));
    std::vector<int64_t> picks;
    for (int64_t o = 0; o < outer; ++o) {
      for (int64_t index : *known) {
        if (index < 0) index += x[axis];
        if (index < 0 || index >= x[axis]) return op.Invalid(absl::StrCat("index ", index));
        for (int64_t k = 0; k < inner; ++k) picks.push_back((o * x[axis] + index) * inner + k);
      }
    }
    data = Pick(op.Data(0), picks);
  }
  return op.Fold(0, std::move(type), std::move(data));
}

absl::Status ImportGatherElements(OpContext& op) {
  if (op.Rank(0) != op.Rank(1)) return op.Invalid("data and indices have different ranks");
  TensorType type{.element_type = op.Type(0).element_type, .dims = op.Shape(1)};
  if (op.IsPrivate(1)) {
    if (op.IsPrivate(0)) return Oblivious(op);
    return EmitLookup(op, op.Elements(1), 1, std::move(type));
  }
  return op.Emit(View{}, {op.In(0), op.In(1)}, std::move(type));
}

absl::Status ImportGatherND(OpContext& op) {
  const Dims& x = op.Shape(0);
  const Dims& indices = op.Shape(1);
  const int64_t batch = op.Int("batch_dims", 0);
  if (indices.empty() || batch < 0 || batch >= static_cast<int64_t>(indices.size())) {
    return op.Invalid("the indices have too few dimensions");
  }
  const int64_t depth = indices.back();
  if (depth < 1 || batch + depth > op.Rank(0)) {
    return op.Invalid(absl::StrCat("tuples of ", depth, " indices into rank ", op.Rank(0)));
  }
  TensorType type{.element_type = op.Type(0).element_type,
                  .dims = Dims(indices.begin(), indices.end() - 1)};
  type.dims.insert(type.dims.end(), x.begin() + batch + depth, x.end());
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (op.IsPrivate(1)) {
    if (op.IsPrivate(0)) return Oblivious(op);
    const int64_t row = Product(x, static_cast<size_t>(batch + depth), x.size());
    return EmitLookup(op, op.Elements(1) / depth, row, std::move(type));
  }
  return op.Emit(View{}, {op.In(0), op.In(1)}, std::move(type));
}

// Scatter, ScatterElements, ScatterND. With a reduction the update is summed in.
absl::Status ImportScatter(OpContext& op) {
  if (op.IsPrivate(1)) return Oblivious(op);
  const std::string reduction = op.String("reduction", "none");
  std::vector<ValueId> inputs = {op.In(0), op.In(1), op.In(2)};
  if (reduction == "none") {
    // Updates of known rows of public data: the position is public.
    return op.Emit(View{}, std::move(inputs), op.Type(0));
  }
  ElementwiseKind kind = ElementwiseKind::kAdd;
  if (reduction == "mul") kind = ElementwiseKind::kMul;
  if (reduction == "min") kind = ElementwiseKind::kMin;
  if (reduction == "max") kind = ElementwiseKind::kMax;
  const Operand second = !op.IsPrivate(0) ? op.Knowledge(0) : op.Knowledge(2);
  return op.Emit(Elementwise{.kind = kind, .elements = op.Elements(2), .second = second},
                 std::move(inputs), op.Type(0));
}

absl::Status ImportOneHot(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> depth, op.RequireInts(1, "depth"));
  if (depth.size() != 1 || depth[0] < 0) return op.Invalid("the depth is not one number");
  const int64_t rank = op.Rank(0) + 1;
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", -1), rank));
  TensorType type{.element_type = op.Type(2).element_type, .dims = op.Shape(0)};
  type.dims.insert(type.dims.begin() + axis, depth[0]);
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (!op.IsPrivate(0)) return op.Fold(0, std::move(type), {});
  // Each index is compared with every class.
  return op.Emit(
      Compare{
          .kind = CompareKind::kEqual, .elements = type.ElementCount(), .second = Operand::kPublic},
      {op.In(0)}, type);
}

absl::Status ImportNonZero(OpContext& op) {
  const auto values = op.KnownDoubles(0);
  if (!values) {
    return op.RequireInts(0, "tensor whose non-zero elements are listed").status();
  }
  const std::vector<int64_t> strides = Strides(op.Shape(0));
  std::vector<int64_t> hits;
  for (size_t i = 0; i < values->size(); ++i) {
    if ((*values)[i] != 0) hits.push_back(static_cast<int64_t>(i));
  }
  std::vector<int64_t> positions;
  for (size_t axis = 0; axis < strides.size(); ++axis) {
    for (int64_t hit : hits) positions.push_back(hit / strides[axis] % op.Shape(0)[axis]);
  }
  return op.Fold(0,
                 {.element_type = ElementType::kInteger,
                  .dims = {op.Rank(0), static_cast<int64_t>(hits.size())}},
                 std::move(positions));
}

}  // namespace picost::graph::ops
