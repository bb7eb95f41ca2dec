// The conventions by which papers count the ReLUs of one and the same network.
//
// ResNet-18 on CIFAR has 557,056 ReLUs in one paper and 491,520 in the next. The
// difference is the network each one runs, written into the count. A convention
// applied to the network as written gives the paper's number; estimates are
// always made of the network as written.
#ifndef PICOST_ESTIMATOR_COUNT_CONVENTIONS_H_
#define PICOST_ESTIMATOR_COUNT_CONVENTIONS_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"

namespace picost::count {

enum class ReluConvention {
  kAsWritten,    // every ReLU of the graph
  kWithoutStem,  // not the first one, if only linear layers come before it (SNL, AutoReP)
  kWithoutLast,  // not the last one (SNL's wide ResNets, without the final BN-ReLU)
  // A ReLU whose only reader is a max pooling counts the pool's outputs (GForce,
  // PILLAR's VGG, the code that SCI and OpenCheetah generate).
  kAfterMaxPool,
};

struct ConventionInfo {
  ReluConvention convention;
  std::string_view name;  // "as-written", "without-stem", ...
  std::string_view meaning;
};

const std::vector<ConventionInfo>& AllConventions();

// kInvalidArgument listing the names where there is none of this name.
absl::StatusOr<ReluConvention> FindConvention(std::string_view name);

// The counts of CountOps with the ReLU elements, calls and elements by kind of
// the convention; everything else stays.
OpCounts CountOpsBy(ReluConvention convention, const graph::Graph& graph);

}  // namespace picost::count

#endif  // PICOST_ESTIMATOR_COUNT_CONVENTIONS_H_
