#include "estimator/whatif/rewrites/rewrites.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/node_attributes.h"
#include "gtest/gtest.h"
#include "tests/support/graphs.h"

namespace picost::whatif {
namespace {

using graph::Graph;
using testing_support::GraphBuilder;

Graph Apply(const Graph& graph, const std::string& id) {
  auto rewritten = ApplyRewrites(graph, {id});
  EXPECT_TRUE(rewritten.ok()) << rewritten.status();
  return *std::move(rewritten);
}

std::vector<std::string> Kinds(const Graph& graph) {
  std::vector<std::string> kinds;
  for (const auto& node : graph.nodes()) kinds.push_back(graph::KindName(node.attributes));
  return kinds;
}

TEST(FoldBatchNorm, JoinsTheLayerBeforeAndTheUnpaddedLayerAfter) {
  GraphBuilder b;
  graph::ValueId x = b.BatchNorm(b.Conv(b.Input({1, 3, 8, 8}), 4, 3));
  x = b.Conv(b.BatchNorm(b.Relu(x)), 4, 1);
  const Graph graph = b.Build({x});
  EXPECT_EQ(Kinds(Apply(graph, "fold-batch-norm")),
            (std::vector<std::string>{"conv", "relu", "conv"}));
}

TEST(FoldBatchNorm, StaysBeforePaddingAndWhereTheValueHasOtherReaders) {
  GraphBuilder b;
  const graph::ValueId x = b.Relu(b.Conv(b.Input({1, 3, 8, 8}), 4, 3));
  const Graph padded = b.Build({b.Conv(b.BatchNorm(x), 4, 3, 1, 1)});
  EXPECT_EQ(Apply(padded, "fold-batch-norm").fingerprint(), padded.fingerprint());
  GraphBuilder c;
  const graph::ValueId y = c.Conv(c.Input({1, 3, 8, 8}), 4, 3);
  const Graph branched = c.Build({c.Add(c.Relu(c.BatchNorm(y)), y)});
  EXPECT_EQ(Apply(branched, "fold-batch-norm").fingerprint(), branched.fingerprint());
}

TEST(SwapReluMaxPool, ComparesAQuarterOfTheElements) {
  GraphBuilder b;
  const graph::ValueId conv = b.Conv(b.Input({1, 3, 8, 8}), 4, 3, 1, 1);
  const Graph graph = b.Build({b.Conv(b.MaxPool(b.Relu(conv), 2, 2), 4, 1)});
  const Graph rewritten = Apply(graph, "swap-relu-maxpool");
  EXPECT_EQ(Kinds(rewritten), (std::vector<std::string>{"conv", "maxpool", "relu", "conv"}));
  const auto before = count::CountOps(graph).total;
  const auto after = count::CountOps(rewritten).total;
  EXPECT_EQ(before.relu_elements, 256);
  EXPECT_EQ(after.relu_elements, 64);
  EXPECT_EQ(after.comparisons, before.comparisons);
  EXPECT_EQ(after.macs, before.macs);
  EXPECT_EQ(rewritten.node(2).name, "relu1");
  EXPECT_EQ(rewritten.node(1).name, "maxpool1");
}

TEST(SwapReluMaxPool, StaysWhereTheReluIsReadTwiceOrPartlyKept) {
  GraphBuilder b;
  const graph::ValueId relu = b.Relu(b.Conv(b.Input({1, 3, 8, 8}), 4, 3, 1, 1));
  const Graph branched = b.Build({b.MaxPool(relu, 2, 2), b.Conv(relu, 4, 1)});
  EXPECT_EQ(Apply(branched, "swap-relu-maxpool").fingerprint(), branched.fingerprint());
  GraphBuilder c;
  const graph::ValueId conv = c.Conv(c.Input({1, 3, 8, 8}), 4, 3, 1, 1);
  const Graph kept = c.Build({c.MaxPool(c.Relu(conv, 10), 2, 2)});
  EXPECT_EQ(Apply(kept, "swap-relu-maxpool").fingerprint(), kept.fingerprint());
}

TEST(MergeLinear, MergesOnlyWhereProductsFall) {
  // 1x1 to 8 channels, then 3x3: one 3x3 from 4 channels.
  GraphBuilder pays;
  graph::ValueId x = pays.Conv(pays.Input({1, 4, 16, 16}), 8, 1);
  const Graph merged = Apply(pays.Build({pays.Conv(x, 8, 3)}), "merge-linear");
  EXPECT_EQ(Kinds(merged), (std::vector<std::string>{"conv"}));
  // A bottleneck: merging would undo it.
  GraphBuilder costs;
  x = costs.Conv(costs.Input({1, 64, 16, 16}), 2, 1);
  const Graph graph = costs.Build({costs.Conv(x, 64, 3)});
  EXPECT_EQ(Apply(graph, "merge-linear").fingerprint(), graph.fingerprint());
}

TEST(AveragePooling, LeavesNoComparisons) {
  GraphBuilder b;
  const Graph graph = b.Build({b.MaxPool(b.Conv(b.Input({1, 3, 8, 8}), 4, 3, 1, 1), 2, 2)});
  EXPECT_GT(count::CountOps(graph).total.comparisons, 0);
  EXPECT_EQ(count::CountOps(Apply(graph, "average-pooling")).total.comparisons, 0);
}

TEST(ShuffleRelus, MovesAReluInFrontOfAWideningConvolution) {
  GraphBuilder b;
  const graph::ValueId x = b.AveragePool(b.Conv(b.Input({1, 3, 16, 16}), 4, 3, 1, 1), 2, 2);
  const Graph graph = b.Build({b.Conv(b.Relu(b.Conv(x, 16, 1)), 4, 1)});
  const Graph rewritten = Apply(graph, "shuffle-relus");
  EXPECT_EQ(count::CountOps(graph).total.relu_elements, 16 * 64);
  EXPECT_EQ(count::CountOps(rewritten).total.relu_elements, 4 * 64);
  EXPECT_EQ(count::CountOps(rewritten).total.macs, count::CountOps(graph).total.macs);
}

TEST(PruneSkipRelus, RemovesTheReluAfterEveryAddition) {
  const Graph graph = testing_support::ResNet18Cifar();
  const auto before = count::CountOps(graph).total;
  const auto after = count::CountOps(Apply(graph, "prune-skip-relus")).total;
  EXPECT_EQ(before.relu_elements, 557'056);
  // The stem and one in each of the eight blocks remain.
  EXPECT_EQ(after.relu_elements, 65'536 + 2 * (65'536 + 32'768 + 16'384 + 8'192));
}

TEST(Rewrites, ExactOnesNeverRaiseComparisonsOrProducts) {
  for (const Graph& graph : {testing_support::MiniOnnCifar(), testing_support::ResNet18Cifar(),
                             testing_support::DelphiVgg16()}) {
    const auto before = count::CountOps(graph).total;
    for (const Rewrite& rewrite : AllRewrites()) {
      const Graph rewritten = Apply(graph, rewrite.id);
      const auto after = count::CountOps(rewritten).total;
      EXPECT_LE(after.relu_elements, before.relu_elements) << rewrite.id;
      EXPECT_LE(after.comparisons, before.comparisons) << rewrite.id;
      if (rewrite.exact) {
        EXPECT_LE(after.macs, before.macs) << rewrite.id;
        EXPECT_EQ(rewritten.value(rewritten.outputs()[0]).type.dims,
                  graph.value(graph.outputs()[0]).type.dims);
      }
      EXPECT_EQ(Apply(rewritten, rewrite.id).fingerprint(), rewritten.fingerprint())
          << rewrite.id << " twice";
    }
  }
}

TEST(Rewrites, AnUnknownOneIsAnInvalidArgumentAndTheKnownOnesAreListed) {
  const auto status = ApplyRewrites(testing_support::MiniOnnCifar(), {"nobody"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(status.message()).find("swap-relu-maxpool"), std::string::npos);
}

}  // namespace
}  // namespace picost::whatif
