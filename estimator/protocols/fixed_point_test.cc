#include "estimator/protocols/fixed_point.h"

#include <cstdint>
#include <vector>

#include "estimator/graph/graph.h"
#include "gtest/gtest.h"
#include "tests/support/graphs.h"

namespace picost::protocols {
namespace {

using graph::ValueId;
using testing_support::GraphBuilder;

constexpr FixedPointOptions kOptions = {.ring_bits = 37, .fraction_bits = 12};

int64_t Sum(const std::vector<int64_t>& values) {
  int64_t sum = 0;
  for (int64_t value : values) sum += value;
  return sum;
}

TEST(FixedPoint, CutsInsideTheReluAfterAProduct) {
  GraphBuilder b;
  const ValueId conv = b.Conv(b.Input({1, 3, 8, 8}), 4, 3);
  const ValueId relu = b.Relu(conv);
  const graph::Graph graph = b.Build({b.Conv(relu, 4, 1)});
  const FixedPointAnalysis analysis = AnalyzeFixedPoint(graph, kOptions);
  EXPECT_EQ(analysis.pending[conv], 12);
  EXPECT_EQ(analysis.fused[1], 12);
  EXPECT_EQ(analysis.pending[relu], 0);
  EXPECT_EQ(Sum(analysis.truncated), 0);
}

TEST(FixedPoint, CutsOnceAfterAnAdditionWhateverTheBranchesCarry) {
  GraphBuilder b;
  const ValueId x = b.Relu(b.Conv(b.Input({1, 4, 8, 8}), 4, 3, 1, 1));
  const ValueId sum = b.Add(b.Conv(x, 4, 3, 1, 1), x);  // one carries 12 bits, one none
  const ValueId relu = b.Relu(sum);
  const graph::Graph graph = b.Build({b.Conv(relu, 4, 1)});
  const FixedPointAnalysis analysis = AnalyzeFixedPoint(graph, kOptions);
  EXPECT_EQ(analysis.pending[sum], 12);
  EXPECT_EQ(Sum(analysis.fused), 24);  // at both ReLUs
  EXPECT_EQ(Sum(analysis.truncated), 0);
}

TEST(FixedPoint, CutsOnItsOwnWhereAProductReadsTheValueToo) {
  GraphBuilder b;
  const ValueId conv = b.Conv(b.Input({1, 4, 8, 8}), 4, 3, 1, 1);
  const ValueId relu = b.Relu(conv);
  const graph::Graph graph = b.Build({b.Add(b.Conv(conv, 4, 3, 1, 1), relu)});
  const FixedPointAnalysis analysis = AnalyzeFixedPoint(graph, kOptions);
  EXPECT_EQ(analysis.truncated[conv], 12);
  EXPECT_EQ(analysis.pending[conv], 0);
  EXPECT_EQ(Sum(analysis.fused), 0);  // the ReLU reads the clean value
}

TEST(FixedPoint, PassesTheSurplusThroughPoolingAndViewsToTheResult) {
  GraphBuilder b;
  const ValueId pooled = b.MaxPool(b.Conv(b.Input({1, 4, 8, 8}), 4, 3, 1, 1), 2, 2);
  const ValueId flat = b.Flatten(pooled);
  const graph::Graph graph = b.Build({flat});
  const FixedPointAnalysis analysis = AnalyzeFixedPoint(graph, kOptions);
  EXPECT_EQ(analysis.pending[flat], 12);
  EXPECT_EQ(Sum(analysis.truncated), 0);
}

TEST(FixedPoint, ScalesABatchNormOnTopWhereTheRingHasRoom) {
  GraphBuilder b;
  const ValueId conv = b.Conv(b.Input({1, 4, 8, 8}), 4, 3, 1, 1);
  const ValueId norm = b.BatchNorm(conv);
  const graph::Graph graph = b.Build({b.Relu(norm)});
  const FixedPointAnalysis wide = AnalyzeFixedPoint(graph, {.ring_bits = 41, .fraction_bits = 12});
  EXPECT_EQ(wide.pending[norm], 24);
  EXPECT_EQ(Sum(wide.truncated), 0);
  const FixedPointAnalysis narrow = AnalyzeFixedPoint(graph, kOptions);
  EXPECT_EQ(narrow.truncated[conv], 12);
  EXPECT_EQ(narrow.pending[norm], 12);
}

TEST(FixedPoint, EarlyPlacementCutsAfterEveryProductThatIsReadAgain) {
  GraphBuilder b;
  const ValueId conv = b.Conv(b.Input({1, 3, 8, 8}), 4, 3);
  const ValueId last = b.Conv(b.Relu(conv), 4, 1);
  const graph::Graph graph = b.Build({last});
  const FixedPointAnalysis analysis = AnalyzeFixedPoint(
      graph,
      {.ring_bits = 37, .fraction_bits = 12, .placement = TruncationPlacement::kAfterProducts});
  EXPECT_EQ(analysis.truncated[conv], 12);
  EXPECT_EQ(Sum(analysis.fused), 0);
  EXPECT_EQ(analysis.pending[last], 12);
}

}  // namespace
}  // namespace picost::protocols
