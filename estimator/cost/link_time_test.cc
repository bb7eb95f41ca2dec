#include "estimator/cost/link_time.h"

#include <gtest/gtest.h>

namespace picost::cost {
namespace {

NetworkProfile Link(double round_trip, double rate) {
  return {.round_trip_seconds = round_trip,
          .client_to_server_bytes_per_second = rate,
          .server_to_client_bytes_per_second = rate};
}

primitives::Traffic Up(int64_t bytes) { return {.client_to_server = Bytes(bytes)}; }

TEST(LinkTimeTest, DirectionsAreAddedAndTheSlowerOneStaysWhereTheyAreSentAtOnce) {
  NetworkProfile network = Link(0.04, 1e6);
  network.server_to_client_bytes_per_second = 4e6;
  const primitives::Traffic both = {.client_to_server = Bytes(1'000'000),
                                    .server_to_client = Bytes(1'000'000)};
  EXPECT_DOUBLE_EQ(TransferSeconds(both, network), 1.25);
  EXPECT_DOUBLE_EQ(DuplexSeconds(both, network), 0.25);
}

TEST(LinkTimeTest, WhatFitsTheFirstWindowStartsAtFullSpeed) {
  EXPECT_EQ(ColdStartSeconds(Up(14480), Link(0.04, 40e6)), 0);
  EXPECT_GT(ColdStartSeconds(Up(14481), Link(0.04, 40e6)), 0);
}

TEST(LinkTimeTest, ALinkThatTheFirstWindowFillsHasNoSlowStart) {
  EXPECT_EQ(ColdStartSeconds(Up(1 << 30), Link(0.0003, 40e6)), 0);
  EXPECT_EQ(ColdStartSeconds(Up(1 << 30), Link(0, 1e10)), 0);
}

TEST(LinkTimeTest, TheWindowDoublesUntilItFillsTheLink) {
  // 1.6 MB of bandwidth-delay product: windows of 14,480 x 1, 2, 4, ... 64 wait.
  const double expected = 7 * 0.04 - 127 * 14480 / 40e6;
  EXPECT_NEAR(ColdStartSeconds(Up(1 << 30), Link(0.04, 40e6)), expected, 1e-12);
  // 100 KB are sent after two waits: 14,480 x (1 + 2 + 4) > 100,000.
  EXPECT_NEAR(ColdStartSeconds(Up(100'000), Link(0.04, 40e6)), 2 * 0.04 - 3 * 14480 / 40e6, 1e-12);
}

TEST(LinkTimeTest, MoreBandwidthNeverMakesAColdTransferSlower) {
  for (const int64_t bytes : {20'000, 300'000, 5'000'000}) {
    double before = 1e9;
    for (double rate = 1e5; rate < 1e10; rate *= 1.3) {
      const NetworkProfile network = Link(0.05, rate);
      const double seconds =
          TransferSeconds(Up(bytes), network) + ColdStartSeconds(Up(bytes), network);
      EXPECT_LE(seconds, before + 1e-12) << bytes << " at " << rate;
      before = seconds;
    }
  }
}

TEST(LinkTimeTest, SilenceHalvesTheWindowWhereTheLinkRestarts) {
  NetworkProfile network = Link(0.04, 40e6);
  EXPECT_EQ(RestartSeconds(Up(10'000'000), 100, network), 0);  // windows are kept
  network.restarts_after_idle = true;
  EXPECT_EQ(RestartSeconds(Up(10'000'000), 0.2, network), 0);  // the timer has not run out
  const double short_silence = RestartSeconds(Up(10'000'000), 0.25, network);
  EXPECT_NEAR(short_silence, 0.04 - 0.02, 1e-12);  // one round with half a window
  EXPECT_GT(RestartSeconds(Up(10'000'000), 1, network), short_silence);
  EXPECT_EQ(RestartSeconds(Up(10'000'000), 1000, network),
            ColdStartSeconds(Up(10'000'000), network));
}

}  // namespace
}  // namespace picost::cost
