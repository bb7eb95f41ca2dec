#include "estimator/graph/onnx_ops/attention_core.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"

namespace picost::graph::ops {

absl::StatusOr<ValueId> EmitAttentionCore(OpContext& op, const Heads& h, ValueId q, ValueId k,
                                          ValueId v, const TensorType& result) {
  const TensorType scores{.dims = {h.batch, h.heads, h.queries, h.keys}};
  PICOST_RETURN_IF_ERROR(op.Check(scores));
  PICOST_RETURN_IF_ERROR(op.Check(result));
  PICOST_ASSIGN_OR_RETURN(ValueId value, op.EmitPart("scores",
                                                     PrivateMatMul{.batch = h.batch * h.heads,
                                                                   .rows = h.queries,
                                                                   .inner = h.width,
                                                                   .columns = h.keys},
                                                     {q, k}, scores));
  if (op.Float("softcap", 0) != 0) {
    PICOST_ASSIGN_OR_RETURN(value, op.EmitPart("softcap",
                                               Activation{.kind = ActivationKind::kTanh,
                                                          .elements = scores.ElementCount()},
                                               {value}, scores));
  }
  PICOST_ASSIGN_OR_RETURN(
      value, op.EmitPart("softmax", Softmax{.rows = h.batch * h.heads * h.queries, .width = h.keys},
                         {value}, scores));
  return op.EmitPart(
      "context",
      PrivateMatMul{
          .batch = h.batch * h.heads, .rows = h.queries, .inner = h.keys, .columns = h.value_width},
      {value, v}, result);
}

absl::StatusOr<ValueId> AppendToCache(OpContext& op, const char* part, int past, int present,
                                      const Heads& h, int64_t width, ValueId fresh,
                                      int64_t& length) {
  std::vector<ValueId> inputs = {fresh};
  if (op.Has(past)) {
    const Dims& cache = op.Shape(past);
    if (cache.size() != 4 || cache[0] != h.batch || cache[1] != h.kv_heads || cache[3] != width) {
      return op.Invalid(absl::StrCat("the cache of the ", part,
                                     " is not [batch, heads, length, width of a head]"));
    }
    const auto sum = CheckedAdd(length, cache[2]);
    if (!sum) return op.Exhausted("the cache is too long");
    length = *sum;
    inputs.insert(inputs.begin(), op.In(past));
  }
  if (!op.Has(past) && !op.Wants(present)) return fresh;
  const TensorType type{.dims = {h.batch, h.kv_heads, length, width}};
  PICOST_ASSIGN_OR_RETURN(const ValueId joined,
                          op.EmitPart(absl::StrCat("present_", part), View{}, inputs, type));
  PICOST_RETURN_IF_ERROR(op.Alias(present, joined));
  return joined;
}

absl::StatusOr<ValueId> EmitRotation(OpContext& op, const char* part, ValueId value) {
  const TensorType type = op.TypeOf(value);
  return op.EmitPart(part, PublicLinear{.multiplications = 2 * type.ElementCount()}, {value}, type);
}

}  // namespace picost::graph::ops
