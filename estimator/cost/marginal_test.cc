#include "estimator/cost/marginal.h"

#include <gtest/gtest.h>

#include "estimator/cost/compose.h"
#include "estimator/cost/synthetic_table.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::Family;
using primitives::MakeCall;
using primitives::Parameters;
using primitives::Phase;

const Parameters kRelu = {{"ring_bits", 37}, {"ignored_bits", 12}};

Deployment ReluDeployment() {
  std::vector<Sample> samples;
  for (const int64_t count : {8, 512, 4096, 65536}) {
    samples.push_back(
        SyntheticSample("cheetah.relu", kRelu, count, Executor::kClient, {1e-4, 1e-7, 0, 0, 0}));
  }
  Deployment deployment;
  deployment.network = {.round_trip_seconds = 0.04,
                        .client_to_server_bytes_per_second = 1e6,
                        .server_to_client_bytes_per_second = 1e7};
  deployment.client.tables[Family::kWholeProtocol] = {SyntheticModel("relu", samples)};
  return deployment;
}

LayerCalls ReluLayer(int64_t count) {
  LayerCalls layer{.node = "relu", .kind = "relu", .relu_elements = count};
  layer.calls.push_back(*MakeCall("cheetah.relu", kRelu, count, Phase::kOnline, Executor::kJoint));
  return layer;
}

double Online(const LayerCalls& layer, const Deployment& deployment) {
  CallPlan plan;
  plan.layers.push_back(layer);
  return Compose(plan, deployment)->phases[2].latency_seconds->p50;
}

TEST(MarginalTest, SlopeAndStepAddUpToTheLayer) {
  const Deployment deployment = ReluDeployment();
  const auto marginal = MarginalOf(ReluLayer(4096), deployment);
  ASSERT_TRUE(marginal.has_value());
  const double slope = marginal->seconds_per_relu[2];
  const double step = marginal->step_seconds[2];
  EXPECT_NEAR(step + 4096 * slope, Online(ReluLayer(4096), deployment), 1e-9);
  // Half the ReLUs gone: what was saved is the slope times their number.
  EXPECT_NEAR(Online(ReluLayer(4096), deployment) - Online(ReluLayer(2048), deployment),
              2048 * slope, 1e-7);
  // Ten flights of 20 ms stay until the last one goes.
  EXPECT_GT(step, 0.2);
  EXPECT_LT(step, 0.21);
  EXPECT_EQ(marginal->seconds_per_relu[1], 0);
}

TEST(MarginalTest, RefillsBelongToNoRelu) {
  LayerCalls layer = ReluLayer(4096);
  layer.calls.push_back(*MakeCall("cheetah.ferret_extension", {{"reversed", 0}}, 1, Phase::kOnline,
                                  Executor::kJoint));
  const auto with = MarginalOf(layer, ReluDeployment());
  const auto without = MarginalOf(ReluLayer(4096), ReluDeployment());
  ASSERT_TRUE(with.has_value());
  EXPECT_EQ(with->seconds_per_relu, without->seconds_per_relu);
}

TEST(MarginalTest, NothingWithoutRelusOrWithoutATable) {
  LayerCalls none = ReluLayer(4096);
  none.relu_elements = 0;
  EXPECT_FALSE(MarginalOf(none, ReluDeployment()).has_value());
  Deployment bare = ReluDeployment();
  bare.client.tables.clear();
  EXPECT_FALSE(MarginalOf(ReluLayer(4096), bare).has_value());
}

}  // namespace
}  // namespace picost::cost
