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
  int64_t comparisons = 0;    // max pooling: window - 1 per output; never includes ReLUs
  int64_t multiplications = 0;  // private x private, element-wise
  int64_t squares = 0;
  int64_t exponentials = 0;
  int64_t reciprocals = 0;    // includes reciprocal square roots
  int64_t macs = 0;           // conv_macs + linear_macs + private_matmul_macs
  int64_t conv_macs = 0;
  int64_t linear_macs = 0;
  int64_t private_matmul_macs = 0;
  int64_t parameters = 0;     // weight elements of the canonical node
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
