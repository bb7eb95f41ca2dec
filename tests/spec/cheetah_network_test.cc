// Plans of whole networks under Cheetah against the runs that were measured.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "gtest/gtest.h"
#include "tests/support/graphs.h"

namespace picost::spec {
namespace {

using primitives::Phase;
using primitives::PrimitiveCall;
using protocols::ProtocolPlan;

ProtocolPlan PlanOf(const graph::Graph& graph) {
  auto plan = protocols::Plan("cheetah", graph, count::CountOps(graph), {});
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

std::vector<std::string> Sequence(const ProtocolPlan& plan) {
  std::vector<std::string> ids;
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) {
      if (call.spec->id.rfind("cheetah.", 0) == 0) ids.push_back(call.spec->id.substr(8));
    }
  }
  return ids;
}

// Measured: server and client bytes of the run after set-up, and the rounds that
// the server saw (data of OpenCheetah f71d4d4; smallest and largest of the runs).
struct MeasuredNetwork {
  const char* name;
  graph::Graph (*graph)();
  double server_bytes;
  double client_bytes;
  int64_t rounds;
};

class MeasuredNetworks : public testing::TestWithParam<MeasuredNetwork> {};

TEST_P(MeasuredNetworks, HaveThePlannedTraffic) {
  const graph::Graph graph = GetParam().graph();
  const ProtocolPlan plan = PlanOf(graph);
  const primitives::Traffic online = plan.TotalTraffic(Phase::kOnline);
  EXPECT_NEAR(static_cast<double>(online.server_to_client.value()) / GetParam().server_bytes, 1,
              0.003);
  EXPECT_NEAR(static_cast<double>(online.client_to_server.value()) / GetParam().client_bytes, 1,
              0.003);
  // The first convolution's request is not a switch of direction for the server.
  EXPECT_EQ(online.flights.value() - 1, GetParam().rounds);
}

INSTANTIATE_TEST_SUITE_P(
    OpenCheetah, MeasuredNetworks,
    testing::Values(MeasuredNetwork{"minionn_cifar", testing_support::MiniOnnCifar, 19'256'600,
                                    4'925'250, 133},
                    MeasuredNetwork{"resnet18c_frac10",
                                    [] { return testing_support::ResNet18Cifar(100, 1, 10); },
                                    153'661'000, 13'856'500, 333}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(CheetahPlan, RunsMiniOnnAsTheMeasuredLibraryDoes) {
  const std::vector<std::string> expected = {
      "conv",       "relu_trunc", "conv",       "relu_trunc", "avgpool",    "division_setup",
      "conv",       "relu_trunc", "conv",       "relu_trunc", "avgpool",    "conv",
      "relu_trunc", "conv",       "relu_trunc", "conv",       "relu_trunc", "fc"};
  EXPECT_EQ(Sequence(PlanOf(testing_support::MiniOnnCifar())), expected);
}

TEST(CheetahPlan, TruncatesOnceAfterASkipConnection) {
  const ProtocolPlan plan = PlanOf(testing_support::ResNet18Cifar());
  int64_t truncations = 0, relus = 0, alone = 0;
  for (const std::string& id : Sequence(plan)) {
    relus += id == "relu" ? 1 : 0;
    truncations += id == "relu_trunc" ? 1 : 0;
    alone += id == "trunc" ? 1 : 0;
  }
  EXPECT_EQ(truncations, 17);
  EXPECT_EQ(relus, 0);
  EXPECT_EQ(alone, 0);
}

TEST(CheetahPlan, ExtendsSilentOtWhereTheRunningCounterCrossesAYield) {
  // 65,536 ReLUs with truncation draw 23 correlated OTs each at 37 bits: 1,507,328
  // for a layer; the seventh layer crosses 10,001,853.
  testing_support::GraphBuilder b;
  graph::ValueId x = b.Input({1, 64, 32, 32});
  for (int i = 0; i < 14; ++i) x = b.Relu(b.Conv(x, 64, 1));
  const ProtocolPlan plan = PlanOf(b.Build({x}));
  std::vector<int> layers;
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) {
      if (call.spec->id == "cheetah.ferret_extension" && call.parameters.Get("reversed") == 0) {
        layers.push_back(layer.node);
        EXPECT_EQ(call.count, 1);
      }
    }
  }
  EXPECT_EQ(layers, (std::vector<int>{2 * 6 + 1, 2 * 13 + 1}));
}

TEST(CheetahPlan, TruncatesOnItsOwnBetweenTwoLinearLayers) {
  testing_support::GraphBuilder b;
  const graph::ValueId first = b.Conv(b.Input({1, 8, 8, 8}), 8, 3, 1, 1);
  const ProtocolPlan plan = PlanOf(b.Build({b.Conv(first, 8, 3, 1, 1)}));
  EXPECT_EQ(Sequence(plan), (std::vector<std::string>{"conv", "trunc", "conv"}));
  EXPECT_EQ(plan.layers[0].calls[1].count, 8 * 8 * 8);
}

TEST(CheetahPlan, SplitsAPartlyKeptReluAndDropsItWithTheLastElement) {
  const auto plan = [](int64_t kept) {
    testing_support::GraphBuilder b;
    const graph::ValueId relu = b.Relu(b.Conv(b.Input({1, 8, 8, 8}), 8, 3, 1, 1), kept);
    return PlanOf(b.Build({b.Conv(relu, 8, 3, 1, 1)}));
  };
  EXPECT_EQ(Sequence(plan(-1)), (std::vector<std::string>{"conv", "relu_trunc", "conv"}));
  EXPECT_EQ(Sequence(plan(512)), (std::vector<std::string>{"conv", "relu_trunc", "conv"}));
  EXPECT_EQ(Sequence(plan(511)), (std::vector<std::string>{"conv", "relu_trunc", "trunc", "conv"}));
  EXPECT_EQ(Sequence(plan(1)), (std::vector<std::string>{"conv", "relu_trunc", "trunc", "conv"}));
  EXPECT_EQ(Sequence(plan(0)), (std::vector<std::string>{"conv", "trunc", "conv"}));
}

TEST(CheetahPlan, KnowsWhereTheClientHoldsTheInput) {
  const ProtocolPlan plan = PlanOf(testing_support::MiniOnnCifar());
  std::vector<int64_t> plaintext;
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) {
      if (call.spec->id == "cheetah.conv") {
        plaintext.push_back(call.parameters.Get("client_plaintext_input"));
      }
    }
  }
  EXPECT_EQ(plaintext, (std::vector<int64_t>{1, 0, 0, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace picost::spec
