#include "estimator/whatif/capacity.h"

#include <gtest/gtest.h>

#include <tuple>

#include "absl/status/status.h"
#include "estimator/base/interval.h"
#include "estimator/cost/phase_sum.h"

namespace picost::whatif {
namespace {

constexpr int kOffline = static_cast<int>(primitives::Phase::kOffline);
constexpr int kOnline = static_cast<int>(primitives::Phase::kOnline);

cost::NetworkProfile Link() {
  return {.client_to_server_bytes_per_second = 100, .server_to_client_bytes_per_second = 300};
}

Interval Seconds(double seconds) { return {.p50 = seconds, .mean = seconds}; }

// 9 s offline, 1 s online; 900 bytes up, 100 down; 40 bytes kept.
EditTotals Totals() {
  EditTotals totals;
  for (const auto& [phase, server, latency] :
       {std::tuple{kOffline, 0.5, 9.0}, std::tuple{kOnline, 0.25, 1.0}}) {
    cost::PhaseCost& cost = totals.phases[phase];
    cost.client_compute_seconds = Seconds(0);
    cost.server_compute_seconds = Seconds(server);
    cost.joint_compute_seconds = Seconds(0);
    cost.latency_seconds = Seconds(latency);
  }
  totals.phases[kOffline].traffic.client_to_server = Bytes(800);
  totals.phases[kOffline].traffic.server_to_client = Bytes(100);
  totals.phases[kOnline].traffic.client_to_server = Bytes(100);
  totals.client_storage = Bytes(40);
  return totals;
}

TEST(CapacityTest, OfflineWorkBoundsTheRate) {
  const auto capacity = EstimateCapacity(
      Totals(), Link(), {.arrivals_per_second = 0.05, .client_storage = Bytes(100)});
  ASSERT_TRUE(capacity.ok()) << capacity.status();
  EXPECT_DOUBLE_EQ(capacity->sustainable_per_second, 0.1);
  EXPECT_DOUBLE_EQ(capacity->utilization, 0.5);
  EXPECT_TRUE(capacity->sustainable);
  EXPECT_EQ(capacity->stockpile, 2);
  // M/D/1: 0.05 x 1 / (2 x 0.95) and 0.5 x 10 / (2 x 0.5).
  EXPECT_DOUBLE_EQ(*capacity->wait_with_stock_seconds, 0.05 / 1.9);
  EXPECT_DOUBLE_EQ(*capacity->wait_without_stock_seconds, 5);
  EXPECT_EQ(capacity->saturates_first, "uplink");
}

TEST(CapacityTest, WithoutRoomForOneInferenceNothingIsStocked) {
  const auto capacity = EstimateCapacity(
      Totals(), Link(), {.arrivals_per_second = 0.05, .client_storage = Bytes(39)});
  ASSERT_TRUE(capacity.ok());
  EXPECT_EQ(capacity->stockpile, 0);
  EXPECT_FALSE(capacity->wait_with_stock_seconds.has_value());
}

TEST(CapacityTest, TooManyArrivalsHaveNoWait) {
  const auto capacity = EstimateCapacity(
      Totals(), Link(), {.arrivals_per_second = 0.1, .client_storage = Bytes(100)});
  ASSERT_TRUE(capacity.ok());
  EXPECT_FALSE(capacity->sustainable);
  EXPECT_FALSE(capacity->wait_without_stock_seconds.has_value());
}

TEST(CapacityTest, TheBestSplitBeatsEveryOther) {
  const auto capacity =
      EstimateCapacity(Totals(), Link(), {.arrivals_per_second = 0, .client_storage = Bytes(0)});
  ASSERT_TRUE(capacity.ok());
  // sqrt(900) / (sqrt(900) + sqrt(100))
  EXPECT_DOUBLE_EQ(capacity->best_uplink_share, 0.75);
  const auto transfer = [](double share) {
    return 900 / (400 * share) + 100 / (400 * (1 - share));
  };
  EXPECT_DOUBLE_EQ(capacity->best_split_transfer_seconds, transfer(0.75));
  for (const double share : {0.25, 0.5, 0.7, 0.8}) {
    EXPECT_GT(transfer(share), capacity->best_split_transfer_seconds);
  }
}

TEST(CapacityTest, NonsenseIsRefused) {
  EXPECT_EQ(EstimateCapacity(Totals(), Link(), {.arrivals_per_second = -1}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(EstimateCapacity(EditTotals(), Link(), {}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace picost::whatif
