#include "clients/cli/network_argument.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace picost::cli {
namespace {

TEST(NetworkArgumentTest, ANameIsANamedProfile) {
  EXPECT_EQ(std::get<v1::CustomDeployment>(ParseNetwork("wan")).network(), "networks/wan");
}

TEST(NetworkArgumentTest, AProfileIsSpelledOutWithUnits) {
  const auto parsed = ParseNetwork("rtt=40ms,up=100Mbit/s,down=40MB/s");
  ASSERT_EQ(FailureIn(parsed), nullptr);
  const v1::NetworkProfile& profile = std::get<v1::CustomDeployment>(parsed).network_profile();
  EXPECT_DOUBLE_EQ(profile.round_trip_seconds(), 0.04);
  EXPECT_DOUBLE_EQ(profile.client_to_server_bytes_per_second(), 12.5e6);
  EXPECT_DOUBLE_EQ(profile.server_to_client_bytes_per_second(), 40e6);
}

TEST(NetworkArgumentTest, BandwidthSetsBothDirections) {
  const auto parsed = ParseNetwork("bandwidth=1GB/s,rtt=0.5s");
  ASSERT_EQ(FailureIn(parsed), nullptr);
  const v1::NetworkProfile& profile = std::get<v1::CustomDeployment>(parsed).network_profile();
  EXPECT_DOUBLE_EQ(profile.client_to_server_bytes_per_second(), 1e9);
  EXPECT_DOUBLE_EQ(profile.server_to_client_bytes_per_second(), 1e9);
}

TEST(NetworkArgumentTest, WhatIsUnclearIsRefused) {
  for (const char* text :
       {"rtt=40ms", "rtt=40,bandwidth=1MB/s", "rtt=40ms,bandwidth=1MB", "rtt=40ms,up=1MB/s",
        "rtt=ms,bandwidth=1MB/s", "latency=40ms,bandwidth=1MB/s", "rtt=40ms,,bandwidth=1MB/s"}) {
    EXPECT_NE(FailureIn(ParseNetwork(text)), nullptr) << text;
  }
}

}  // namespace
}  // namespace picost::cli
