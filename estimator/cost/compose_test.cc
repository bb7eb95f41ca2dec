#include "estimator/cost/compose.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "estimator/base/error.h"
#include "estimator/cost/synthetic_table.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::Family;
using primitives::MakeCall;
using primitives::Parameters;
using primitives::Phase;

const Parameters kTrunc = {{"ring_bits", 37}, {"truncated_bits", 12}};
const Parameters kRelu = {{"ring_bits", 37}, {"ignored_bits", 12}};

std::shared_ptr<const CostModel> TruncModel() {
  std::vector<Sample> samples;
  for (const int64_t count : {8, 512, 4096, 16384, 65536}) {
    samples.push_back(
        SyntheticSample("cheetah.trunc", kTrunc, count, Executor::kClient, {1e-3, 1e-6}));
  }
  return SyntheticModel("trunc", samples);
}

Deployment TruncDeployment() {
  Deployment deployment;
  deployment.id = "test";
  deployment.network = {.id = "link",
                        .source = "made up",
                        .round_trip_seconds = 0.02,
                        .client_to_server_bytes_per_second = 1e6,
                        .server_to_client_bytes_per_second = 4e6};
  deployment.client.tables[Family::kWholeProtocol] = {TruncModel()};
  deployment.server = deployment.client;
  return deployment;
}

CallPlan TruncPlan(int layers, int64_t count, Phase phase = Phase::kOnline) {
  CallPlan plan;
  plan.protocol_id = "test";
  for (int i = 0; i < layers; ++i) {
    LayerCalls layer;
    layer.node = "layer" + std::to_string(i);
    layer.kind = "trunc";
    layer.calls.push_back(*MakeCall("cheetah.trunc", kTrunc, count, phase, Executor::kJoint));
    plan.layers.push_back(layer);
  }
  return plan;
}

const PhaseCost& Online(const Estimate& estimate) {
  return estimate.phases[static_cast<int>(Phase::kOnline)];
}

TEST(ComposeTest, AddsComputeTransferAndFlights) {
  const auto estimate = Compose(TruncPlan(2, 4096), TruncDeployment());
  ASSERT_TRUE(estimate.ok()) << estimate.status();
  const PhaseCost& online = Online(*estimate);
  // 4,096 elements: 2 bits up; 18 bits and 32 bytes per call down; 4 flights.
  EXPECT_EQ(online.traffic.client_to_server, Bytes(2 * 1024));
  EXPECT_EQ(online.traffic.server_to_client, Bytes(2 * (9216 + 32)));
  EXPECT_EQ(online.traffic.flights, Flights(8));
  EXPECT_NEAR(online.transfer_seconds, 2 * (1024 / 1e6 + 9248 / 4e6), 1e-12);
  EXPECT_NEAR(online.flight_seconds, 8 * 0.01, 1e-12);
  const double compute = 2 * (1e-3 + 4096e-6);
  EXPECT_NEAR(online.joint_compute_seconds->p50, compute, 1e-9);
  EXPECT_NEAR(online.latency_seconds->p50, compute + online.transfer_seconds + 0.08, 1e-9);
  EXPECT_LE(online.latency_seconds->low, online.latency_seconds->p50);
  EXPECT_GE(online.latency_seconds->high, online.latency_seconds->p50);
  ASSERT_EQ(estimate->layers.size(), 2u);
  EXPECT_EQ(estimate->layers[1].node, "layer1");
  EXPECT_FALSE(estimate->layers[1].extrapolated);
}

TEST(ComposeTest, PhasesStayApart) {
  CallPlan plan = TruncPlan(1, 4096);
  plan.setup_calls.push_back(
      *MakeCall("cheetah.trunc", kTrunc, 512, Phase::kSetup, Executor::kJoint));
  plan.layers[0].calls.push_back(
      *MakeCall("cheetah.trunc", kTrunc, 8, Phase::kOffline, Executor::kJoint));
  const auto estimate = Compose(plan, TruncDeployment());
  ASSERT_TRUE(estimate.ok());
  EXPECT_NEAR(estimate->phases[0].joint_compute_seconds->p50, 1e-3 + 512e-6, 1e-9);
  EXPECT_NEAR(estimate->phases[1].joint_compute_seconds->p50, 1e-3 + 8e-6, 1e-9);
  EXPECT_NEAR(estimate->phases[2].joint_compute_seconds->p50, 1e-3 + 4096e-6, 1e-9);
  EXPECT_EQ(estimate->setup_calls.size(), 1u);
}

TEST(ComposeTest, WithoutATableSecondsAreAbsentAndThePrimitiveIsListed) {
  CallPlan plan = TruncPlan(1, 4096);
  LayerCalls relu{.node = "relu", .kind = "relu"};
  relu.calls.push_back(*MakeCall("cheetah.relu", kRelu, 4096, Phase::kOnline, Executor::kJoint));
  plan.layers.push_back(relu);
  plan.layers.push_back(relu);
  const auto estimate = Compose(plan, TruncDeployment());
  ASSERT_TRUE(estimate.ok());
  EXPECT_FALSE(Online(*estimate).latency_seconds.has_value());
  EXPECT_FALSE(Online(*estimate).joint_compute_seconds.has_value());
  EXPECT_GT(Online(*estimate).traffic.server_to_client.value(), 4096 * 10);
  ASSERT_EQ(estimate->missing.size(), 1u);
  EXPECT_EQ(estimate->missing[0].primitive, "cheetah.relu");
  // The covered layer keeps its seconds; so do the other phases.
  EXPECT_TRUE(estimate->layers[0].phases[2].latency_seconds.has_value());
  EXPECT_FALSE(estimate->layers[1].phases[2].latency_seconds.has_value());
  EXPECT_TRUE(estimate->phases[0].latency_seconds.has_value());
  EXPECT_NE(estimate->bottleneck.find("cheetah.relu"), std::string::npos);
}

TEST(ComposeTest, TheFirstTableThatCoversACallPricesIt) {
  std::vector<Sample> slow;
  for (const int64_t count : {8, 512, 4096}) {
    slow.push_back(
        SyntheticSample("cheetah.trunc", kTrunc, count, Executor::kClient, {2e-3, 2e-6}));
  }
  Deployment deployment = TruncDeployment();
  auto& tables = deployment.client.tables[Family::kWholeProtocol];
  std::vector<Sample> other = {
      SyntheticSample("cheetah.relu", kRelu, 8, Executor::kClient, {1e-3, 1e-6, 0, 0, 0})};
  // One that does not cover it, then the slow one, then the fast one.
  tables = {SyntheticModel("other", other), SyntheticModel("slow", slow), tables[0]};
  const auto estimate = Compose(TruncPlan(1, 4096), deployment);
  ASSERT_TRUE(estimate.ok());
  EXPECT_NEAR(Online(*estimate).joint_compute_seconds->p50, 2e-3 + 8192e-6, 1e-9);
  ASSERT_EQ(estimate->provenance.tables.size(), 1u);
  EXPECT_EQ(estimate->provenance.tables[0].table_id, "synthetic-slow");
}

TEST(ComposeTest, ExtrapolationIsFlaggedPerLayer) {
  CallPlan plan = TruncPlan(1, 4096);
  CallPlan large = TruncPlan(1, 1 << 20);
  large.layers[0].node = "large";
  plan.layers.push_back(large.layers[0]);
  const auto estimate = Compose(plan, TruncDeployment());
  EXPECT_FALSE(estimate->layers[0].extrapolated);
  EXPECT_TRUE(estimate->layers[1].extrapolated);
  EXPECT_TRUE(estimate->extrapolated);
}

TEST(ComposeTest, MoreThreadsThanMeasuredAreExtrapolated) {
  Deployment deployment = TruncDeployment();
  deployment.client.threads = 4;
  EXPECT_TRUE(Compose(TruncPlan(1, 4096), deployment)->extrapolated);
}

CallPlan OfTheClient(int layers, Phase phase) {
  CallPlan plan = TruncPlan(layers, 4096, phase);
  for (LayerCalls& layer : plan.layers) {
    layer.calls[0] = *MakeCall("cheetah.trunc", kTrunc, 4096, phase, Executor::kClient);
  }
  return plan;
}

TEST(ComposeTest, OfflineLayersOfOnePartyArePackedOntoItsThreads) {
  Deployment deployment = TruncDeployment();
  const auto one = Compose(OfTheClient(8, Phase::kOffline), deployment);
  const auto online = Compose(OfTheClient(8, Phase::kOnline), deployment);
  deployment.client.threads = 3;
  const auto three = Compose(OfTheClient(8, Phase::kOffline), deployment);
  const auto three_online = Compose(OfTheClient(8, Phase::kOnline), deployment);
  ASSERT_TRUE(one.ok() && three.ok() && online.ok() && three_online.ok());
  const Interval& before = *one->phases[1].client_compute_seconds;
  const Interval& after = *three->phases[1].client_compute_seconds;
  EXPECT_NEAR(after.p50, before.p50 * 3 / 8, 1e-12);  // three, three, two
  EXPECT_NEAR(after.standard_deviation / after.p50, before.standard_deviation / before.p50, 1e-9);
  EXPECT_TRUE(three->extrapolated);
  // One layer waits for the other.
  EXPECT_EQ(three_online->phases[2].client_compute_seconds->p50,
            online->phases[2].client_compute_seconds->p50);
}

TEST(ComposeTest, NewConnectionsStartSlowlyInTheSetUpAlone) {
  CallPlan plan = TruncPlan(1, 65536);
  plan.setup_calls.push_back(
      *MakeCall("cheetah.trunc", kTrunc, 65536, Phase::kSetup, Executor::kJoint));
  Deployment deployment = TruncDeployment();
  const auto warm = Compose(plan, deployment);
  deployment.network.restarts_after_idle = true;
  const auto cold = Compose(plan, deployment);
  ASSERT_TRUE(warm.ok() && cold.ok());
  EXPECT_GT(warm->phases[0].slow_start_seconds, 0);
  EXPECT_EQ(warm->phases[2].slow_start_seconds, 0);
  EXPECT_EQ(cold->phases[2].slow_start_seconds, warm->phases[0].slow_start_seconds);
  EXPECT_NEAR(cold->phases[2].latency_seconds->p50 - warm->phases[2].latency_seconds->p50,
              cold->phases[2].slow_start_seconds, 1e-12);
}

TEST(ComposeTest, ExchangesOfSharesUseBothDirectionsAtOnce) {
  CallPlan plan;
  LayerCalls layer{.node = "square", .kind = "activation"};
  layer.calls.push_back(*MakeCall("shares.exchange",
                                  {{"values", 1}, {"element_bytes", 8}, {"message_bytes", 0}},
                                  1'000'000, Phase::kOnline, Executor::kJoint));
  plan.layers.push_back(layer);
  const auto estimate = Compose(plan, TruncDeployment());
  ASSERT_TRUE(estimate.ok());
  EXPECT_EQ(Online(*estimate).traffic.client_to_server, Bytes(8'000'000));
  EXPECT_NEAR(Online(*estimate).transfer_seconds, 8, 1e-9);  // the slower direction: 1 MB/s
}

TEST(ComposeTest, ManyLayersAreAsUncertainAsTheirSharedFit) {
  std::vector<Sample> samples;
  const double noise[] = {1.04, 0.96, 1.03, 0.95, 1.02};
  int i = 0;
  for (const int64_t count : {8, 512, 4096, 16384, 65536}) {
    samples.push_back(SyntheticSample("cheetah.trunc", kTrunc, count, Executor::kClient,
                                      {1e-3, 1e-6}, noise[i++]));
  }
  Deployment deployment = TruncDeployment();
  deployment.client.tables[Family::kWholeProtocol] = {SyntheticModel("noisy", samples)};
  const auto one = Compose(TruncPlan(1, 4096), deployment);
  const auto many = Compose(TruncPlan(50, 4096), deployment);
  const Interval a = *Online(*one).joint_compute_seconds;
  const Interval b = *Online(*many).joint_compute_seconds;
  EXPECT_NEAR(b.p50, 50 * a.p50, 1e-9);
  // Were layers independent, the relative error would shrink by sqrt(50) = 7.
  EXPECT_GT(b.standard_deviation / b.p50, a.standard_deviation / a.p50 / 3);
}

TEST(ComposeTest, TheBottleneckSentenceNamesTheLargestShare) {
  Deployment deployment = TruncDeployment();
  deployment.network.round_trip_seconds = 1;
  const auto estimate = Compose(TruncPlan(3, 8), deployment);
  EXPECT_EQ(estimate->bottleneck, "100 % of online time is flights of 3 cheetah.trunc calls.");
}

TEST(ComposeTest, NetworksThatCannotBeAreRefused) {
  Deployment deployment = TruncDeployment();
  deployment.network.server_to_client_bytes_per_second = 0;
  const auto estimate = Compose(TruncPlan(1, 8), deployment);
  ASSERT_FALSE(estimate.ok());
  EXPECT_EQ(estimate.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorSite(estimate.status()).field,
            "deployment.network.server_to_client_bytes_per_second");
  deployment = TruncDeployment();
  deployment.network.round_trip_seconds = -1;
  EXPECT_FALSE(Compose(TruncPlan(1, 8), deployment).ok());
}

}  // namespace
}  // namespace picost::cost
