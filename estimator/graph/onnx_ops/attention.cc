// Attention as one operator: ai.onnx Attention (opset 23), com.microsoft
// Attention and MultiHeadAttention. Written out as the products and the softmax
// that it stands for, so that it counts as the same thing taken apart.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

struct Heads {
  int64_t batch = 0;
  int64_t heads = 0;
  int64_t queries = 0;
  int64_t keys = 0;
  int64_t width = 0;        // of a query's and a key's head
  int64_t value_width = 0;  // of a value's head
};

// scores = q k^T, scaled and masked locally; softmax; result = scores v.
absl::StatusOr<ValueId> EmitCore(OpContext& op, const Heads& h, ValueId q, ValueId k, ValueId v,
                                 const TensorType& result) {
  const TensorType scores{.dims = {h.batch, h.heads, h.queries, h.keys}};
  PICOST_RETURN_IF_ERROR(op.Check(scores));
  PICOST_ASSIGN_OR_RETURN(ValueId value, op.EmitPart("scores",
                                                     PrivateMatMul{.batch = h.batch * h.heads,
                                                                   .rows = h.queries,
                                                                   .inner = h.width,
                                                                   .columns = h.keys},
                                                     {q, k}, scores));
  PICOST_ASSIGN_OR_RETURN(
      value, op.EmitPart("softmax", Softmax{.rows = h.batch * h.heads * h.queries, .width = h.keys},
                         {value}, scores));
  return op.EmitPart(
      "context",
      PrivateMatMul{
          .batch = h.batch * h.heads, .rows = h.queries, .inner = h.keys, .columns = h.value_width},
      {value, v}, result);
}

}  // namespace

absl::Status ImportAttention(OpContext& op) {
  if (!op.IsPrivate(0)) return op.Unimplemented("attention over known queries");
  if (op.Wants(1) || op.Wants(2) || op.Wants(3)) {
    return op.Unimplemented("attention with a cache of keys and values",
                            "Export the model without past keys and values");
  }
  const Dims& q = op.Shape(0);
  const Dims& k = op.Shape(1);
  const Dims& v = op.Shape(2);
  Heads h;
  TensorType result = op.Type(0);
  if (q.size() == 4 && k.size() == 4 && v.size() == 4) {
    h = {.batch = q[0],
         .heads = q[1],
         .queries = q[2],
         .keys = k[2],
         .width = q[3],
         .value_width = v[3]};
    result.dims[3] = v[3];
  } else if (q.size() == 3 && k.size() == 3 && v.size() == 3) {
    const int64_t heads = op.Int("q_num_heads", op.Int("num_heads", 0));
    const int64_t kv_heads = op.Int("kv_num_heads", heads);
    if (heads < 1 || kv_heads < 1 || q[2] % heads != 0 || v[2] % kv_heads != 0) {
      return op.Invalid(absl::StrCat(heads, " heads do not divide the queries"));
    }
    h = {.batch = q[0],
         .heads = heads,
         .queries = q[1],
         .keys = k[1],
         .width = q[2] / heads,
         .value_width = v[2] / kv_heads};
    result.dims[2] = heads * h.value_width;
  } else {
    return op.Invalid("queries, keys and values have three or four axes");
  }
  PICOST_ASSIGN_OR_RETURN(const ValueId value,
                          EmitCore(op, h, op.In(0), op.In(1), op.In(2), result));
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
                .queries = x[1],
                .keys = x[1],
                .width = hidden / heads,
                .value_width = hidden / heads};
  PICOST_ASSIGN_OR_RETURN(const ValueId value,
                          EmitCore(op, h, qkv, qkv, qkv, {.dims = {x[0], x[1], hidden}}));
  return op.Alias(0, value);
}

}  // namespace picost::graph::ops
