// Where a fixed-point protocol has to truncate.
//
// Numbers carry fraction_bits fraction bits. A product with private weights or of
// two private values carries twice as many: the surplus is `pending` on the value
// and must be cut before the next product. Cutting is interactive, so it is put
// off as long as that is exact and cheap:
//   * views, additions (the narrower operand is shifted up locally), max pooling
//     and comparisons pass the surplus on; ReLU(Conv + skip) is cut once;
//   * a ReLU cuts inside its own call (`fused`): it knows the sign already;
//   * a value that a product reads is cut on its own right after it was made
//     (`truncated`), once for all its readers;
//   * outputs of the graph are revealed with their surplus.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_FIXED_POINT_H_
#define PICOST_ESTIMATOR_PROTOCOLS_FIXED_POINT_H_

#include <cstdint>
#include <vector>

#include "estimator/graph/graph.h"

namespace picost::protocols {

// Numbers: the protocols' parameter `early_truncation`.
enum class TruncationPlacement {
  kLate = 0,             // as above
  kAfterProducts = 1,    // right after every product: what the placement above saves
  kBeforeAdditions = 2,  // at the ReLU that follows, but never across an addition
};

struct FixedPointOptions {
  int64_t ring_bits = 0;
  int64_t fraction_bits = 0;
  TruncationPlacement placement = TruncationPlacement::kLate;
};

struct FixedPointAnalysis {
  // By ValueId: surplus fraction bits as readers see the value.
  std::vector<int64_t> pending;
  // By ValueId: bits cut on their own right after the value was made; 0: none.
  std::vector<int64_t> truncated;
  // By NodeId: bits cut inside the node's own operation; 0: none.
  std::vector<int64_t> fused;
};

FixedPointAnalysis AnalyzeFixedPoint(const graph::Graph& graph, const FixedPointOptions& options);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_FIXED_POINT_H_
