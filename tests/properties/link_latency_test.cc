// The arithmetic of other links against estimates made for them.
#include "estimator/study/link_latency.h"

#include <memory>
#include <string>

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

class LinkLatencyTest : public ::testing::TestWithParam<Case> {};

TEST_P(LinkLatencyTest, EqualsAnEstimateForThatLink) {
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

INSTANTIATE_TEST_SUITE_P(Protocols, LinkLatencyTest,
                         ::testing::Values(Case{"cheetah", "wan"}, Case{"cheetah", "lan"},
                                           Case{"cryptflow2-he", "wan"}, Case{"delphi", "lan"},
                                           Case{"cryptflow2-ot", "lan"}),
                         [](const auto& info) {
                           std::string name =
                               std::string(info.param.protocol) + "_" + info.param.deployment;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST(LinkLatencyTest, SomePhaseOverlaps) {
  const auto deployment = Data().FindDeployment("wan");
  const auto estimate =
      EstimateModel(testing_support::ResNet18Cifar(), {.id = "cheetah"}, *deployment);
  ASSERT_TRUE(estimate.ok());
  size_t terms = 0;
  for (const cost::PhaseCost& phase : estimate->phases) terms += phase.overlaps.size();
  EXPECT_GT(terms, 0u) << "the tests above would hold without the overlap's part";
}

TEST(LinkLatencyTest, IsAbsentWhereAPrimitiveHasNoTable) {
  EXPECT_FALSE(
      LatencyOn(primitives::Phase::kOnline, {},
                {.client_to_server_bytes_per_second = 1, .server_to_client_bytes_per_second = 1})
          .has_value());
}

}  // namespace
}  // namespace picost::study
