#include "estimator/compare.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/cost/data_directory.h"
#include "estimator/count/op_counts.h"
#include "estimator/whatif/graph_edit.h"
#include "tests/support/graphs.h"

namespace picost {
namespace {

const std::vector<ProtocolChoice> kBackends = {{.id = "cheetah"}, {.id = "cryptflow2-he"}};

const cost::DataDirectory& Data() {
  static const auto* const data =
      new std::shared_ptr<const cost::DataDirectory>(*cost::DataDirectory::Load("data"));
  return **data;
}

cost::Deployment Over(const std::string& network) {
  cost::Deployment deployment = *Data().FindDeployment("lan");
  deployment.network = *Data().FindNetwork(network);
  return deployment;
}

Comparison Compare(const graph::Graph& graph, const std::vector<ProtocolChoice>& protocols,
                   const std::vector<cost::Deployment>& deployments,
                   CompareMetric metric = CompareMetric::kOfflineAndOnline) {
  auto comparison = CompareDeployments(graph, protocols, deployments, metric);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *std::move(comparison);
}

double Gap(const graph::Graph& graph, const std::vector<ProtocolChoice>& protocols,
           const BreakEven& point, const cost::Deployment& deployment) {
  const Comparison there = Compare(graph, protocols, {deployment}, CompareMetric::kOnline);
  return there.cells[point.second].seconds->p50 / there.cells[point.first].seconds->p50 - 1;
}

TEST(CompareTest, EachCellIsTheEstimateOfItsProtocolAndDeployment) {
  const graph::Graph graph = testing_support::MiniOnnCifar();
  const Comparison comparison = Compare(graph, kBackends, {Over("lan"), Over("wan1")});
  ASSERT_EQ(comparison.cells.size(), 4u);
  for (const ComparedCell& cell : comparison.cells) {
    const auto estimate =
        EstimateModel(graph, kBackends[cell.protocol], Over(cell.deployment == 0 ? "lan" : "wan1"));
    ASSERT_TRUE(estimate.ok());
    const cost::PhaseCost& online = estimate->phases[2];
    EXPECT_EQ(cell.phases[2].traffic, online.traffic);
    EXPECT_EQ(cell.seconds->p50,
              online.latency_seconds->p50 + estimate->phases[1].latency_seconds->p50);
    EXPECT_GT(cell.seconds->high, cell.seconds->p50);
    EXPECT_EQ(cell.bottleneck, estimate->bottleneck);
  }
  EXPECT_EQ(comparison.fastest[0], 0u);
}

TEST(CompareTest, AtEachBreakEvenPointTheEstimatesAreEqualAndTheOrderFlips) {
  // Garbled circuits send much and wait little, Cheetah the other way round.
  const graph::Graph graph = testing_support::MiniOnnCifar();
  const std::vector<ProtocolChoice> protocols = {{.id = "delphi"}, {.id = "cheetah"}};
  int round_trips = 0;
  int bandwidths = 0;
  const Comparison comparison =
      Compare(graph, protocols, {Over("lan"), Over("wan1")}, CompareMetric::kOnline);
  const std::vector<std::string> networks = {"lan", "wan1"};
  for (const BreakEven& point : comparison.break_evens) {
    const auto at = [&](double factor) {
      cost::Deployment deployment = Over(networks[point.deployment]);
      if (point.quantity == BreakEvenQuantity::kRoundTripSeconds) {
        deployment.network.round_trip_seconds = point.value * factor;
      } else {
        deployment.network.client_to_server_bytes_per_second *= point.value * factor;
        deployment.network.server_to_client_bytes_per_second *= point.value * factor;
      }
      return Gap(graph, protocols, point, deployment);
    };
    if (point.quantity == BreakEvenQuantity::kReluElements) continue;
    ++(point.quantity == BreakEvenQuantity::kRoundTripSeconds ? round_trips : bandwidths);
    EXPECT_NEAR(at(1), 0, 1e-4);
    EXPECT_GT(at(0.9), 0);  // below: the first is faster
    EXPECT_LT(at(1.1), 0);
  }
  EXPECT_GT(round_trips, 0);
}

TEST(CompareTest, TheReluBreakEvenIsWhereTheEditedNetworksCross) {
  const graph::Graph graph = testing_support::MiniOnnCifar();
  const count::OpCounts counts = count::CountOps(graph);
  const std::vector<ProtocolChoice> protocols = {{.id = "delphi"}, {.id = "cheetah"}};
  const Comparison comparison = Compare(graph, protocols, {Over("wan1")}, CompareMetric::kOnline);
  int found = 0;
  for (const BreakEven& point : comparison.break_evens) {
    if (point.quantity != BreakEvenQuantity::kReluElements) continue;
    ++found;
    const auto gap = [&](double share) {
      whatif::GraphEdit edit{.base = graph.fingerprint()};
      for (size_t id = 0; id < graph.nodes().size(); ++id) {
        if (counts.by_node[id].relu_elements == 0) continue;
        edit.operations.push_back(whatif::KeepRelus{
            .node = graph.nodes()[id].name,
            .count = static_cast<int64_t>(share *
                                          static_cast<double>(counts.by_node[id].relu_elements))});
      }
      const auto thinner = whatif::ApplyEdit(graph, edit);
      EXPECT_TRUE(thinner.ok()) << thinner.status();
      const Comparison there = Compare(*thinner, protocols, {Over("wan1")}, CompareMetric::kOnline);
      return there.cells[point.second].seconds->p50 - there.cells[point.first].seconds->p50;
    };
    const double share = point.value / static_cast<double>(counts.total.relu_elements);
    ASSERT_GT(share, 0);
    ASSERT_LT(share, 0.9);
    EXPECT_GT(gap(0.9 * share), 0);
    EXPECT_LT(gap(1.1 * share), 0);
  }
  EXPECT_GT(found, 0);
}

TEST(CompareTest, AProtocolThatRefusesLeavesTheOthersAlone) {
  const graph::Graph graph = testing_support::MiniOnnCifar();
  const Comparison comparison = Compare(
      graph, {{.id = "no-such"}, {.id = "cheetah"}, {.id = "cheetah", .parameters = {{"x", 1}}}},
      {Over("lan")});
  EXPECT_FALSE(comparison.cells[0].status.ok());
  EXPECT_TRUE(comparison.cells[1].status.ok());
  EXPECT_FALSE(comparison.cells[2].status.ok());
  EXPECT_TRUE(comparison.cells[1].seconds.has_value());
  EXPECT_EQ(comparison.fastest[0], 1u);
  EXPECT_TRUE(comparison.break_evens.empty());
}

TEST(CompareTest, WithoutATableACellHasTrafficAndNoSeconds) {
  cost::Deployment bare = Over("lan");
  bare.client.tables.clear();
  bare.server.tables.clear();
  const Comparison comparison = Compare(testing_support::MiniOnnCifar(), kBackends, {bare});
  for (const ComparedCell& cell : comparison.cells) {
    EXPECT_TRUE(cell.status.ok());
    EXPECT_FALSE(cell.seconds.has_value());
    EXPECT_FALSE(cell.missing.empty());
    EXPECT_GT(cell.phases[2].traffic.server_to_client.value(), 0);
  }
  EXPECT_FALSE(comparison.fastest[0].has_value());
  EXPECT_TRUE(comparison.break_evens.empty());
}

TEST(CompareTest, NothingToCompareIsRefused) {
  const graph::Graph graph = testing_support::MiniOnnCifar();
  const auto code = [&](const std::vector<ProtocolChoice>& protocols,
                        const std::vector<cost::Deployment>& deployments) {
    return CompareDeployments(graph, protocols, deployments, CompareMetric::kOnline)
        .status()
        .code();
  };
  EXPECT_EQ(code({}, {Over("lan")}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(kBackends, {}), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace picost
