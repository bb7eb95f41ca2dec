// The arithmetic of other links against estimates made for them.
#include "estimator/study/link_latency.h"

#include <memory>
#include <string>

#include "estimator/base/interval.h"
#include "estimator/base/units.h"
#include "estimator/cost/data_directory.h"
#include "estimator/estimator.h"
#include "gtest/gtest.h"
#include "tests/support/graphs.h"

namespace picost::study {
namespace {

const cost::DataDirectory& Data() {
  static const auto* const data =
      new std::shared_ptr<const cost::DataDirectory>(*cost::DataDirectory::Load("data"));
  return **data;
}

struct Case {
  const char* protocol;
  const char* deployment;
};

class LinkLatencyOfEstimatesTest : public ::testing::TestWithParam<Case> {};

TEST_P(LinkLatencyOfEstimatesTest, EqualsAnEstimateForThatLink) {
  const auto deployment = Data().FindDeployment(GetParam().deployment);
  ASSERT_TRUE(deployment.ok()) << deployment.status();
  const graph::Graph graph = testing_support::ResNet18Cifar();
  const ProtocolChoice protocol{.id = GetParam().protocol};
  const auto base = EstimateModel(graph, protocol, *deployment);
  ASSERT_TRUE(base.ok()) << base.status();
  for (const double round_trip : {0.0, 0.0003, 0.02, 0.2}) {
    for (const double up : {1e6, 4e7, 1.25e9}) {
      for (const double down : {2e6, 5e8}) {
        cost::Deployment other = *deployment;
        other.network.round_trip_seconds = round_trip;
        other.network.restarts_after_idle = false;
        other.network.client_to_server_bytes_per_second = up;
        other.network.server_to_client_bytes_per_second = down;
        const auto fresh = EstimateModel(graph, protocol, other);
        ASSERT_TRUE(fresh.ok()) << fresh.status();
        for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
          const auto moved =
              LatencyOn(static_cast<primitives::Phase>(phase), base->phases[phase], other.network);
          const auto& expected = fresh->phases[phase].latency_seconds;
          ASSERT_EQ(moved.has_value(), expected.has_value());
          if (!moved.has_value()) continue;
          const double tolerance = 1e-9 * expected->p50;
          EXPECT_NEAR(moved->p50, expected->p50, tolerance);
          EXPECT_NEAR(moved->low, expected->low, tolerance);
          EXPECT_NEAR(moved->high, expected->high, tolerance);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Protocols, LinkLatencyOfEstimatesTest,
                         ::testing::Values(Case{"cheetah", "wan"}, Case{"cheetah", "lan"},
                                           Case{"cryptflow2-he", "wan"}, Case{"delphi", "lan"},
                                           Case{"cryptflow2-ot", "lan"}),
                         [](const auto& info) {
                           std::string name =
                               std::string(info.param.protocol) + "_" + info.param.deployment;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

// By hand: no shipped table has an overlap above zero today.
TEST(LinkLatencyTest, WorkThatHidesItsTransferDoesSoOnEveryLink) {
  cost::PhaseCost phase;
  phase.client_compute_seconds = phase.server_compute_seconds = Interval{};
  phase.joint_compute_seconds = Interval{.p50 = 3, .low = 3, .high = 3};
  phase.traffic.client_to_server = Bytes(8'000'000);
  phase.overlaps = {{.share = 0.5, .work_seconds = 3, .traffic = phase.traffic}};
  cost::NetworkProfile network{.client_to_server_bytes_per_second = 8e6,
                               .server_to_client_bytes_per_second = 8e6};
  const auto online = primitives::Phase::kOnline;
  EXPECT_DOUBLE_EQ(LatencyOn(online, phase, network)->p50, 3 + 1 - 0.5 * 1);
  network.client_to_server_bytes_per_second = 1e6;  // 8 s to send, 3 s of work to hide them
  EXPECT_DOUBLE_EQ(LatencyOn(online, phase, network)->p50, 3 + 8 - 0.5 * 3);
  phase.duplex_traffic.client_to_server = Bytes(4'000'000);
  phase.duplex_traffic.server_to_client = Bytes(8'000'000);
  EXPECT_DOUBLE_EQ(LatencyOn(online, phase, network)->p50, 3 + 8 - 1 - 0.5 * 3);
}

TEST(LinkLatencyTest, IsAbsentWhereAPrimitiveHasNoTable) {
  EXPECT_FALSE(
      LatencyOn(primitives::Phase::kOnline, {},
                {.client_to_server_bytes_per_second = 1, .server_to_client_bytes_per_second = 1})
          .has_value());
}

}  // namespace
}  // namespace picost::study
