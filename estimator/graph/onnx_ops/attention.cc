// Attention as one operator: ai.onnx Attention (opset 23), com.microsoft
// Attention and MultiHeadAttention. Written out as the products and the softmax
// that it stands for, so that it counts as the same thing taken apart.
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/attention_core.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
absl::Status ImportAttention(OpContext& op) {
  if (!op.IsPrivate(0)) return op.Unimplemented("attention over known queries");
  if (op.Wants(3)) {
    return op.Unimplemented("attention whose scores are a result, too",
                            "Export the model without the scores");
  }
  const Dims& q = op.Shape(0);
  const Dims& k = op.Shape(1);
  const Dims& v = op.Shape(2);
  Heads h;
  TensorType result = op.Type(0);
  if (q.size() == 4 && k.size() == 4 && v.size() == 4) {
    h = {.batch = q[0],
         .heads = q[1],
         .kv_heads = k[1],
         .queries = q[2],
         .keys = k[2],
         .width = q[3],
         .value_width = v[3]};
    result.dims[3] = v[3];
  } else if (q.size() == 3 && k.size() == 3 && v.size() == 3) {
    const int64_t heads = op.Int("q_num_heads", op.Int("num_heads", 0));
    const int64_t kv_heads = op.Int("kv_num_heads", heads);
    if (heads < 1 || kv_heads < 1 || heads > q[2] || q[2] % heads != 0 || v[2] % kv_heads != 0) {
      return op.Invalid(absl::StrCat(heads, " heads do not divide the queries"));
    }
    h = {.batch = q[0],
         .heads = heads,
         .kv_heads = kv_heads,
         .queries = q[1],
         .keys = k[1],
         .width = q[2] / heads,
         .value_width = v[2] / kv_heads};
    result.dims[2] = heads * h.value_width;
  } else {
    return op.Invalid("queries, keys and values have three or four axes");
  }
  // ai.onnx has the caches behind the mask, com.microsoft behind bias and masks.
  const int past = op.node().op_type() == "Attention" ? 4 : 6;
  int64_t values = h.keys;
  PICOST_ASSIGN_OR_RETURN(const ValueId keys,
                          AppendToCache(op, "key", past, 1, h, h.width, op.In(1), h.keys));
  PICOST_ASSIGN_OR_RETURN(
      const ValueId joined_values,
      AppendToCache(op, "value", past + 1, 2, h, h.value_width, op.In(2), values));
  if (values != h.keys) return op.Invalid("the caches of keys and values differ in length");
  PICOST_ASSIGN_OR_RETURN(const ValueId value,
                          EmitAttentionCore(op, h, op.In(0), keys, joined_values, result));
  return op.Alias(0, value);
}

// com.microsoft.Attention: the product with the joined weights of q, k and v first.
absl::Status ImportJoinedAttention(OpContext& op) {
  if (op.IsPrivate(1)) return op.Unimplemented("attention with private weights");
  if (op.Wants(1) || op.HasAttribute("qkv_hidden_sizes")) {
    return op.Unimplemented("attention with a cache, or with different sizes of q, k and v");
  }
  const Dims& x = op.Shape(0);
  const Dims& w = op.Shape(1);
  const int64_t heads = op.Int("num_heads", 0);
  if (x.size() != 3 || w.size() != 2 || w[0] != x[2] || w[1] % 3 != 0 || heads < 1 ||
      w[1] / 3 % heads != 0) {
    return op.Invalid("the joined weights do not fit the input and the heads");
  }
  const int64_t hidden = w[1] / 3;
  const TensorType joined{.dims = {x[0], x[1], w[1]}};
  PICOST_RETURN_IF_ERROR(op.Check(joined));
  std::vector<ValueId> inputs = {op.In(0), op.In(1)};
  if (op.Has(2)) inputs.push_back(op.In(2));
  PICOST_ASSIGN_OR_RETURN(const ValueId qkv, op.EmitPart("qkv",
                                                         Linear{.rows = x[0] * x[1],
                                                                .in_features = x[2],
                                                                .out_features = w[1],
                                                                .has_bias = op.Has(2)},
                                                         inputs, joined));
  const Heads h{.batch = x[0],
                .heads = heads,
                .kv_heads = heads,
                .queries = x[1],
                .keys = x[1],
                .width = hidden / heads,
                .value_width = hidden / heads};
  PICOST_ASSIGN_OR_RETURN(const ValueId value,
                          EmitAttentionCore(op, h, qkv, qkv, qkv, {.dims = {x[0], x[1], hidden}}));
  return op.Alias(0, value);
}

}  // namespace picost::graph::ops
