// Matrix products: with the server's weights on one side (Linear), or of two
// private matrices.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/broadcast.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

absl::Status Mismatch(const OpContext& op) {
  return op.Invalid(absl::StrCat("[", absl::StrJoin(op.Shape(0), ","), "] times [",
                                 absl::StrJoin(op.Shape(1), ","), "] is no matrix product"));
}

}  // namespace

absl::Status ImportMatMul(OpContext& op) {
  Dims a = op.Shape(0);
  Dims b = op.Shape(1);
  if (a.empty() || b.empty()) return Mismatch(op);
  const bool a_is_vector = a.size() == 1;
  const bool b_is_vector = b.size() == 1;
  if (a_is_vector) a.insert(a.begin(), 1);
  if (b_is_vector) b.push_back(1);
  const int64_t rows = a[a.size() - 2];
  const int64_t inner = a.back();
  const int64_t columns = b.back();
  if (b[b.size() - 2] != inner) return Mismatch(op);
  PICOST_ASSIGN_OR_RETURN(
      const Dims batch, Broadcast(op, Dims(a.begin(), a.end() - 2), Dims(b.begin(), b.end() - 2)));
  TensorType type{.dims = batch};
  if (!a_is_vector) type.dims.push_back(rows);
  if (!b_is_vector) type.dims.push_back(columns);
  PICOST_RETURN_IF_ERROR(op.Check(type));
  const int64_t batches = Product(batch);
  if (op.IsPrivate(0) && op.IsPrivate(1)) {
    return op.Emit(
        PrivateMatMul{.batch = batches, .rows = rows, .inner = inner, .columns = columns},
        {op.In(0), op.In(1)}, type);
  }
  // Known matrices on the left transform columns: the transposed product.
  if (op.IsPrivate(1)) {
    return op.Emit(Linear{.rows = batches * columns, .in_features = inner, .out_features = rows},
                   {op.In(1), op.In(0)}, type);
  }
  return op.Emit(Linear{.rows = batches * rows, .in_features = inner, .out_features = columns},
                 {op.In(0), op.In(1)}, type);
}

absl::Status ImportGemm(OpContext& op) {
  if (op.Rank(0) != 2 || op.Rank(1) != 2) return Mismatch(op);
  Dims a = op.Shape(0);
  Dims b = op.Shape(1);
  if (op.Int("transA", 0) != 0) std::swap(a[0], a[1]);
  if (op.Int("transB", 0) != 0) std::swap(b[0], b[1]);
  if (a[1] != b[0]) return Mismatch(op);
  const TensorType type{.dims = {a[0], b[1]}};
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (op.Has(2)) {
    PICOST_ASSIGN_OR_RETURN(const Dims sum, Broadcast(op, type.dims, op.Shape(2)));
    if (sum != type.dims) return op.Invalid("the bias is larger than the product");
  }
  std::vector<ValueId> inputs = {op.In(0), op.In(1)};
  const bool both_private = op.IsPrivate(0) && op.IsPrivate(1);
  const bool bias_is_private = op.IsPrivate(2);
  const bool has_known_bias = op.Has(2) && !bias_is_private;
  if (has_known_bias) inputs.push_back(op.In(2));
  NodeAttributes product =
      Linear{.rows = a[0], .in_features = a[1], .out_features = b[1], .has_bias = has_known_bias};
  if (both_private) {
    product = PrivateMatMul{.batch = 1, .rows = a[0], .inner = a[1], .columns = b[1]};
  } else if (op.IsPrivate(1)) {
    product =
        Linear{.rows = b[1], .in_features = a[1], .out_features = a[0], .has_bias = has_known_bias};
  }
  if (!bias_is_private) return op.Emit(std::move(product), std::move(inputs), type);
  // A private addend (a residual) is a sum of shares after the product.
  PICOST_ASSIGN_OR_RETURN(const ValueId value,
                          op.EmitPart("product", std::move(product), std::move(inputs), type));
  return op.Emit(
      Elementwise{.kind = ElementwiseKind::kAdd,
                  .elements = type.ElementCount(),
                  .second = op.KnowledgeOf(value) == Operand::kPrivate ? Operand::kPrivate
                                                                       : op.KnowledgeOf(value)},
      {value, op.In(2)}, type);
}

}  // namespace picost::graph::ops
