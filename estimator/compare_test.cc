#include "estimator/compare.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/cost/synthetic_table.h"

namespace picost {
namespace {

using cost::SyntheticModel;
using cost::SyntheticSample;
using primitives::Executor;
using primitives::Family;
using primitives::MakeCall;
using primitives::Parameters;
using primitives::Phase;

const Parameters kRelu = {{"ring_bits", 37}, {"ignored_bits", 12}};
const Parameters kSend = {{"element_bytes", 8}, {"message_bytes", 0}, {"client_sends", 1}};

cost::Deployment Tables() {
  std::vector<cost::Sample> samples;
  for (const int64_t count : {8, 512, 4096, 65536}) {
    samples.push_back(
        SyntheticSample("cheetah.relu", kRelu, count, Executor::kClient, {0, 1e-6, 0, 0, 0}));
  }
  cost::Deployment deployment;
  deployment.client.tables[Family::kWholeProtocol] = {SyntheticModel("relu", samples)};
  deployment.server = deployment.client;
  return deployment;
}

// Many flights, few bytes.
CompareCandidate Chatty() {
  cost::LayerCalls layer{.node = "relu", .kind = "relu", .relu_elements = 4096};
  layer.calls.push_back(*MakeCall("cheetah.relu", kRelu, 4096, Phase::kOnline, Executor::kJoint));
  CompareCandidate candidate{.label = "chatty", .deployment = Tables()};
  for (int i = 0; i < 10; ++i) candidate.plan.layers.push_back(layer);
  return candidate;
}

// One flight, very many bytes.
CompareCandidate Heavy() {
  cost::LayerCalls layer{.node = "send", .kind = "linear"};
  layer.calls.push_back(
      *MakeCall("shares.send", kSend, 5'000'000, Phase::kOnline, Executor::kClient));
  CompareCandidate candidate{.label = "heavy", .deployment = Tables()};
  candidate.plan.layers.push_back(layer);
  return candidate;
}

cost::NetworkProfile Link(double round_trip, double bandwidth) {
  return {.id = "link",
          .round_trip_seconds = round_trip,
          .client_to_server_bytes_per_second = bandwidth,
          .server_to_client_bytes_per_second = bandwidth};
}

double SecondsOf(const Comparison& comparison, const std::string& label) {
  for (const ComparedCell& cell : comparison.cells) {
    if (cell.candidate == label) return cell.seconds->p50;
  }
  return -1;
}

Comparison Compare(const cost::NetworkProfile& network) {
  auto comparison = CompareDeployments({Chatty(), Heavy()}, {network}, CompareMetric::kOnline);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *std::move(comparison);
}

const BreakEven* Find(const Comparison& comparison, BreakEvenQuantity quantity) {
  for (const BreakEven& point : comparison.break_evens) {
    if (point.quantity == quantity) return &point;
  }
  return nullptr;
}

TEST(CompareTest, AtTheBreakEvenRoundTripBothTakeTheSameTime) {
  const Comparison comparison = Compare(Link(0.001, 1e8));
  EXPECT_EQ(comparison.fastest, std::vector<std::string>{"chatty"});
  const BreakEven* point = Find(comparison, BreakEvenQuantity::kRoundTripSeconds);
  ASSERT_NE(point, nullptr);
  EXPECT_EQ(point->first, "chatty");
  EXPECT_EQ(point->second, "heavy");
  const Comparison there = Compare(Link(point->value, 1e8));
  EXPECT_NEAR(SecondsOf(there, "chatty"), SecondsOf(there, "heavy"), 1e-9);
  EXPECT_EQ(Compare(Link(point->value * 1.1, 1e8)).fastest.front(), "heavy");
}

TEST(CompareTest, AtTheBreakEvenBandwidthBothTakeTheSameTime) {
  const Comparison comparison = Compare(Link(0.05, 1e6));
  const BreakEven* point = Find(comparison, BreakEvenQuantity::kBandwidthFactor);
  ASSERT_NE(point, nullptr);
  EXPECT_EQ(point->first, "chatty");  // faster while the link is narrow
  const Comparison there = Compare(Link(0.05, 1e6 * point->value));
  EXPECT_NEAR(SecondsOf(there, "chatty"), SecondsOf(there, "heavy"), 1e-9);
  EXPECT_EQ(Compare(Link(0.05, 1.1e6 * point->value)).fastest.front(), "heavy");
}

TEST(CompareTest, FewerRelusTurnTheOrder) {
  // Work decides: on a fast link the ReLUs' seconds are all there is.
  const Comparison comparison = Compare(Link(0.0, 1.7e8));
  const BreakEven* point = Find(comparison, BreakEvenQuantity::kReluFraction);
  ASSERT_NE(point, nullptr);
  EXPECT_EQ(point->first, "chatty");
  EXPECT_GT(point->value, 0);
  EXPECT_LE(point->value, 1);
  EXPECT_NEAR(point->relu_elements, point->value * 40960, 0.6);
}

TEST(CompareTest, WithoutATableTheCellHasTrafficAndNoSeconds) {
  CompareCandidate bare = Chatty();
  bare.deployment.client.tables.clear();
  bare.label = "bare";
  const auto comparison =
      CompareDeployments({bare, Heavy()}, {Link(0.01, 1e8)}, CompareMetric::kOnline);
  ASSERT_TRUE(comparison.ok());
  EXPECT_FALSE(comparison->cells[0].seconds.has_value());
  EXPECT_EQ(comparison->cells[0].missing, std::vector<std::string>{"cheetah.relu"});
  EXPECT_GT(comparison->cells[0].server_to_client_bytes, 0);
  EXPECT_TRUE(comparison->break_evens.empty());
  EXPECT_EQ(comparison->fastest.front(), "heavy");
}

TEST(CompareTest, NothingToCompareIsRefused) {
  const auto code = [](std::vector<CompareCandidate> candidates,
                       std::vector<cost::NetworkProfile> networks) {
    return CompareDeployments(candidates, networks, CompareMetric::kOnline).status().code();
  };
  EXPECT_EQ(code({Chatty()}, {Link(0, 1e8)}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({Chatty(), Chatty()}, {Link(0, 1e8)}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({Chatty(), Heavy()}, {}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({Chatty(), Heavy()}, {Link(0, 0)}), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace picost
