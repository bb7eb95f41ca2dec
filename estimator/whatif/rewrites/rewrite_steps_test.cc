#include "estimator/whatif/rewrites/rewrite_steps.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/graph/onnx_import.h"
#include "gtest/gtest.h"
#include "tests/support/graphs.h"

namespace picost::whatif {
namespace {

using graph::Graph;
using primitives::Phase;
using testing_support::GraphBuilder;

Graph SampleModel(const std::string& name) {
  std::ifstream file("data/models/" + name + ".onnx", std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  auto graph = graph::ImportOnnx(bytes.str(), {});
  EXPECT_TRUE(graph.ok()) << graph.status();
  return *std::move(graph);
}

std::vector<RewriteStep> Steps(const Graph& graph, const std::string& protocol,
                               const std::vector<std::string>& ids) {
  auto steps = PlanRewrites(graph, protocol, {}, ids);
  EXPECT_TRUE(steps.ok()) << steps.status();
  return *std::move(steps);
}

int64_t Bytes(const RewriteStep& step, Phase phase = Phase::kOnline) {
  const auto traffic = step.plan->TotalTraffic(phase);
  return traffic.client_to_server.value() + traffic.server_to_client.value();
}
int64_t Flights(const RewriteStep& step) {
  return step.plan->TotalTraffic(Phase::kOnline).flights.value();
}

TEST(PlanRewrites, TruncationPlacementSavesFlightsOnARealNetworkAtEachStep) {
  for (const char* protocol : {"cheetah", "cryptflow2-he", "cryptflow2-ot"}) {
    const auto steps =
        Steps(SampleModel("resnet18_cifar"), protocol, {"truncate-at-relu", "truncate-across-add"});
    ASSERT_EQ(steps.size(), 3u);
    for (size_t i = 1; i < steps.size(); ++i) {
      EXPECT_TRUE(steps[i].changed) << protocol;
      EXPECT_LT(Flights(steps[i]), Flights(steps[i - 1])) << protocol << " " << i;
      EXPECT_LT(Bytes(steps[i]), Bytes(steps[i - 1])) << protocol << " " << i;
    }
    // The last step is what is planned without asking.
    const auto plain = Steps(SampleModel("resnet18_cifar"), protocol, {});
    EXPECT_EQ(Bytes(plain[0]), Bytes(steps[2])) << protocol;
  }
}

TEST(PlanRewrites, TruncationPlacementIsNothingToProtocolsThatTruncateLocally) {
  const auto steps = Steps(SampleModel("resnet18_cifar"), "delphi", {"truncate-at-relu"});
  EXPECT_FALSE(steps[1].changed);
  EXPECT_EQ(Bytes(steps[0], Phase::kOffline), Bytes(steps[1], Phase::kOffline));
}

TEST(PlanRewrites, TheCallersOwnParameterIsTheOneBefore) {
  const auto steps = PlanRewrites(SampleModel("minionn_cifar"), "cheetah",
                                  {{"early_truncation", 0}}, {"truncate-across-add"});
  ASSERT_TRUE(steps.ok()) << steps.status();
  EXPECT_FALSE((*steps)[1].changed);
}

// The sample models were exported without batch norms; this is what one of them was
// before.
TEST(PlanRewrites, FoldingBatchNormsSavesScalingsAndTruncations) {
  const auto network = [](bool batch_norms) {
    GraphBuilder b;
    graph::ValueId x = b.Input({1, 16, 16, 16});
    for (int i = 0; i < 3; ++i) {
      x = b.Conv(x, 16, 3, 1, 1);
      x = b.Relu(batch_norms ? b.BatchNorm(x) : x);
    }
    return b.Build({x});
  };
  const Graph raw = network(true);
  const Graph folded = network(false);
  for (const char* protocol : {"cheetah", "crypten"}) {
    const auto steps = Steps(raw, protocol, {"fold-batch-norm"});
    EXPECT_TRUE(steps[1].changed);
    EXPECT_LT(Bytes(steps[1]), Bytes(steps[0])) << protocol;
    EXPECT_LT(Flights(steps[1]), Flights(steps[0])) << protocol;
    EXPECT_EQ(Bytes(steps[1]), Bytes(Steps(folded, protocol, {})[0])) << protocol;
  }
}

TEST(PlanRewrites, PoolingPassesSaveComparisonsOnVgg) {
  const auto steps =
      Steps(SampleModel("vgg16_224"), "cheetah", {"swap-relu-maxpool", "average-pooling"});
  EXPECT_TRUE(steps[1].changed);
  EXPECT_LT(steps[1].counts.total.relu_elements, steps[0].counts.total.relu_elements);
  EXPECT_LT(Bytes(steps[1]), Bytes(steps[0]));
  EXPECT_TRUE(steps[2].changed);
  EXPECT_EQ(steps[2].counts.total.comparisons, 0);
  EXPECT_LT(Bytes(steps[2]), Bytes(steps[1]));
  EXPECT_TRUE(steps[1].rewrite->exact);
  EXPECT_FALSE(steps[2].rewrite->exact);
}

TEST(PlanRewrites, PruningRemovesGarbledCircuitsUnderDelphi) {
  const auto steps = Steps(SampleModel("resnet32_cifar"), "delphi", {"prune-skip-relus"});
  EXPECT_TRUE(steps[1].changed);
  EXPECT_LT(steps[1].plan->TotalOperations(Phase::kOffline).garbled_gates,
            steps[0].plan->TotalOperations(Phase::kOffline).garbled_gates);
  EXPECT_LT(steps[1].plan->storage.client, steps[0].plan->storage.client);
}

// Two 3x3 convolutions become one 5x5: more multiply-adds (25 for 18), but fewer
// ciphertexts where a ciphertext holds whole images: the protocol decides.
TEST(PlanRewrites, MergingIsDecidedByTheProtocolsOwnCost) {
  GraphBuilder b;
  const graph::ValueId x = b.Conv(b.Input({1, 64, 16, 16}), 64, 3);
  const Graph graph = b.Build({b.Conv(x, 64, 3)});
  EXPECT_FALSE(Steps(graph, "delphi", {"merge-linear"})[1].changed);  // 25 masks for 9 + 9
  EXPECT_TRUE(Steps(graph, "cheetah", {"merge-linear"})[1].changed);
  const auto merged = ApplyRewrites(graph, {"merge-linear"});  // by multiply-adds
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->fingerprint(), graph.fingerprint());
}

TEST(PlanRewrites, ARefusalBeforeOrAfterAPassIsKeptAsTheStepsStatus) {
  const auto steps = Steps(SampleModel("resnet18_224"), "delphi", {"swap-relu-maxpool"});
  EXPECT_EQ(steps[0].plan.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(steps[1].plan.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_TRUE(steps[1].changed);
}

TEST(PlanRewrites, WrongNamesAreInvalidArgumentsAndTheKnownOnesAreListed) {
  const auto status =
      PlanRewrites(testing_support::MiniOnnCifar(), "cheetah", {}, {"nobody"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  for (const Rewrite& rewrite : AllRewrites()) {
    EXPECT_NE(std::string(status.message()).find(rewrite.id), std::string::npos) << rewrite.id;
  }
  EXPECT_EQ(PlanRewrites(testing_support::MiniOnnCifar(), "nobody", {}, {}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(PlanRewrites(testing_support::MiniOnnCifar(), "cheetah", {{"nothing", 1}}, {})
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace picost::whatif
