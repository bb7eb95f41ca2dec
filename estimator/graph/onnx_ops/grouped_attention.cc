// com.microsoft.GroupQueryAttention, as exports of language models have it, and
// rotary embeddings by themselves.
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/attention_core.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

// Inputs of GroupQueryAttention (ONNX Runtime's docs/ContribOperators.md).
constexpr int kPastKey = 3;
constexpr int kPastValue = 4;

}  // namespace

absl::Status ImportGroupQueryAttention(OpContext& op) {
  if (!op.IsPrivate(0)) return op.Unimplemented("attention over known queries");
  const Dims& x = op.Shape(0);
  const int64_t heads = op.Int("num_heads", 0);
  const int64_t kv_heads = op.Int("kv_num_heads", 0);
  const bool packed = !op.Has(1);
  if (packed != !op.Has(2) || x.size() != 3 || heads < 1 || kv_heads < 1 || heads > x[2] ||
      heads % kv_heads != 0) {
    return op.Invalid(
        absl::StrCat(heads, " heads of queries and ", kv_heads, " of keys do not fit the inputs"));
  }
  const int64_t all = packed ? heads + 2 * kv_heads : heads;
  if (x[2] % all != 0) return op.Invalid(absl::StrCat("width ", x[2], " in ", all, " heads"));
  Heads h{.batch = x[0],
          .heads = heads,
          .kv_heads = kv_heads,
          .queries = x[1],
          .keys = x[1],
          .width = x[2] / all,
          .value_width = x[2] / all};
  const TensorType result{.dims = {x[0], x[1], heads * h.width}};
  const TensorType fresh{.dims = {x[0], x[1], kv_heads * h.width}};
  ValueId q = op.In(0);
  ValueId k = kAbsent;
  ValueId v = kAbsent;
  if (packed) {
    PICOST_ASSIGN_OR_RETURN(q, op.EmitPart("query", View{}, {op.In(0)}, result));
    PICOST_ASSIGN_OR_RETURN(k, op.EmitPart("key", View{}, {op.In(0)}, fresh));
    PICOST_ASSIGN_OR_RETURN(v, op.EmitPart("value", View{}, {op.In(0)}, fresh));
  } else {
    k = op.In(1);
    v = op.In(2);
    if (op.Shape(1) != fresh.dims || op.Shape(2) != fresh.dims) {
      return op.Invalid("keys and values do not fit the queries");
    }
  }
  if (op.Int("do_rotary", 0) != 0) {
    PICOST_ASSIGN_OR_RETURN(q, EmitRotation(op, "rotated_query", q));
    PICOST_ASSIGN_OR_RETURN(k, EmitRotation(op, "rotated_key", k));
  }
  int64_t values = h.keys;
  PICOST_ASSIGN_OR_RETURN(k, AppendToCache(op, "key", kPastKey, 1, h, h.width, k, h.keys));
  PICOST_ASSIGN_OR_RETURN(v,
                          AppendToCache(op, "value", kPastValue, 2, h, h.value_width, v, values));
  if (values != h.keys) return op.Invalid("the caches of keys and values differ in length");
  PICOST_ASSIGN_OR_RETURN(const ValueId value, EmitAttentionCore(op, h, q, k, v, result));
  return op.Alias(0, value);
}

absl::Status ImportRotaryEmbedding(OpContext& op) {
  return op.Emit(PublicLinear{.multiplications = 2 * op.Elements(0)}, {op.In(0)}, op.Type(0));
}

}  // namespace picost::graph::ops
