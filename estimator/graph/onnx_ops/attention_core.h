// What every operator of attention computes.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_ATTENTION_CORE_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_ATTENTION_CORE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "estimator/graph/onnx_ops/op_context.h"

namespace picost::graph::ops {

struct Heads {
  int64_t batch = 0;
  int64_t heads = 0;     // of the queries
  int64_t kv_heads = 0;  // of keys and values; several heads of queries share one
  int64_t queries = 0;
  int64_t keys = 0;         // with those of the cache
  int64_t width = 0;        // of a query's and a key's head
  int64_t value_width = 0;  // of a value's head
};

// scores = q k^T, scaled and masked locally; softmax; result = scores v. A causal
// mask leaves no product out: both parties see the same square.
absl::StatusOr<ValueId> EmitAttentionCore(OpContext& op, const Heads& heads, ValueId q, ValueId k,
                                          ValueId v, const TensorType& result);

// Keys or values behind those of the cache `past` (an input, or absent): grows
// `length` and is [batch, kv_heads, length, width]. Output `present`, where the
// file reads it, is the same.
absl::StatusOr<ValueId> AppendToCache(OpContext& op, const char* part, int past, int present,
                                      const Heads& heads, int64_t width, ValueId fresh,
                                      int64_t& length);

// Positions turned into rotations of pairs: two products with public numbers for
// each element.
absl::StatusOr<ValueId> EmitRotation(OpContext& op, const char* part, ValueId value);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_ATTENTION_CORE_H_
