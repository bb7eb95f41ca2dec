// Protocol-free counts of what a network computes (docs/counting.md has the
// published definitions). Units: elements or operations per inference.
#ifndef PICOST_ESTIMATOR_COUNT_OP_COUNTS_H_
#define PICOST_ESTIMATOR_COUNT_OP_COUNTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "estimator/graph/graph.h"

namespace picost::count {

struct Counts {
  int64_t relu_elements = 0;  // Relu and clips of the ReLU6 type (low = 0, finite high)
  int64_t relu_calls = 0;
  // Never includes ReLUs. Max pooling: window - 1 per output.
  int64_t comparisons = 0;
  int64_t maxpool_comparisons = 0;  // the part of `comparisons` from max pooling
  int64_t multiplications = 0;      // private x private, element-wise
  int64_t squares = 0;
  int64_t exponentials = 0;
  int64_t reciprocals = 0;  // includes reciprocal square roots
  // Elements times a weight that no linear layer could take in (batch
  // normalization after a sum, layer scale): products of a share with a server's
  // number.
  int64_t weight_products = 0;
  // Elements whose fixed-point scale must be brought back after a product.
  int64_t truncations = 0;
  int64_t macs = 0;  // conv_macs + linear_macs + private_matmul_macs
  int64_t conv_macs = 0;
  int64_t linear_macs = 0;
  int64_t private_matmul_macs = 0;
  int64_t parameters = 0;  // weight elements of the canonical node
  int64_t output_elements = 0;
  // Elements of every activation, softmax and normalization under its own kind
  // name (KindName), ReLUs included.
  std::map<std::string, int64_t> elements_by_kind;

  Counts& operator+=(const Counts& other);
  friend bool operator==(const Counts&, const Counts&) = default;
};

struct OpCounts {
  std::vector<Counts> by_node;  // index: NodeId
  Counts total;                 // the sum
};

// Exhaustive over node kinds; never fails on a valid graph.
OpCounts CountOps(const graph::Graph& graph);

}  // namespace picost::count

#endif  // PICOST_ESTIMATOR_COUNT_OP_COUNTS_H_
