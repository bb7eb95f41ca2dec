// The arithmetic of other links against estimates made for them.
#include "estimator/study/link_latency.h"

#include <memory>
#include <string>
#include <vector>

#include "estimator/base/interval.h"
#include "estimator/base/units.h"
#include "estimator/cost/data_directory.h"
#include "estimator/estimator.h"
#include "estimator/whatif/session.h"
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

// Every round trip with every pair of bandwidths, on connections that keep their windows
// and on such that start slowly after silence.
std::vector<cost::NetworkProfile> Links(const cost::NetworkProfile& base) {
  std::vector<cost::NetworkProfile> links;
  for (const bool restarts : {false, true}) {
    for (const double round_trip : {0.0, 0.0003, 0.02, 0.2}) {
      for (const double up : {1e6, 4e7, 1.25e9}) {
        for (const double down : {2e6, 5e8}) {
          cost::NetworkProfile& link = links.emplace_back(base);
          link.restarts_after_idle = restarts;
          link.round_trip_seconds = round_trip;
          link.client_to_server_bytes_per_second = up;
          link.server_to_client_bytes_per_second = down;
        }
      }
    }
  }
  return links;
}

class LinkLatencyOfEstimatesTest : public ::testing::TestWithParam<Case> {};

TEST_P(LinkLatencyOfEstimatesTest, EqualsAnEstimateForThatLink) {
  const auto deployment = Data().FindDeployment(GetParam().deployment);
  ASSERT_TRUE(deployment.ok()) << deployment.status();
  const graph::Graph graph = testing_support::ResNet18Cifar();
  const ProtocolChoice protocol{.id = GetParam().protocol};
  const auto base = EstimateModel(graph, protocol, *deployment);
  ASSERT_TRUE(base.ok()) << base.status();
  auto session = whatif::EditSession::Create(std::make_shared<const graph::Graph>(graph), protocol,
                                             *deployment);
  ASSERT_TRUE(session.ok()) << session.status();
  const auto edited = (*session)->EvaluateForLinks({});
  ASSERT_TRUE(edited.ok()) << edited.status();
  double restarted = 0;  // seconds that slow starts make of it, over all links
  for (const cost::NetworkProfile& network : Links(deployment->network)) {
    cost::Deployment other = *deployment;
    other.network = network;
    const auto fresh = EstimateModel(graph, protocol, other);
    ASSERT_TRUE(fresh.ok()) << fresh.status();
    for (int index = 0; index < primitives::kPhaseCount; ++index) {
      const auto phase = static_cast<primitives::Phase>(index);
      const auto& expected = fresh->phases[index].latency_seconds;
      for (const auto& phases : {base->phases, edited->phases}) {
        const auto moved = LatencyOn(phase, phases[index], network);
        ASSERT_EQ(moved.has_value(), expected.has_value());
        if (!moved.has_value()) continue;
        const double tolerance = 1e-9 * expected->p50;
        EXPECT_NEAR(moved->p50, expected->p50, tolerance);
        EXPECT_NEAR(moved->low, expected->low, tolerance);
        EXPECT_NEAR(moved->high, expected->high, tolerance);
      }
      if (network.restarts_after_idle) restarted += fresh->phases[index].slow_start_seconds;
    }
  }
  EXPECT_GT(restarted, 0);
  // Edits that nobody asks other links of do not pay for them.
  const auto plain = (*session)->Evaluate(std::vector<whatif::EditOperation>{});
  ASSERT_TRUE(plain.ok()) << plain.status();
  for (const cost::PhaseCost& phase : plain->phases) EXPECT_TRUE(phase.restarts.empty());
}

INSTANTIATE_TEST_SUITE_P(Protocols, LinkLatencyOfEstimatesTest,
                         ::testing::Values(Case{"cheetah", "wan"}, Case{"cheetah", "lan"},
                                           Case{"cryptflow2-he", "wan"}, Case{"delphi", "lan"},
                                           Case{"cryptflow2-ot", "lan"}, Case{"cheetah", "mobile"},
                                           Case{"delphi", "mobile"}),
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
