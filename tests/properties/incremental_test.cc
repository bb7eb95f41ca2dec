// Remembered layers and the whole path give the same bits.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "estimator/base/interval.h"
#include "estimator/cost/data_directory.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"
#include "estimator/count/op_counts.h"
#include "estimator/estimator.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/protocols/protocol.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/session.h"
#include "tests/support/graphs.h"

namespace picost::whatif {
namespace {

using graph::Graph;

void ExpectSameBits(double a, double b, const char* what) {
  EXPECT_EQ(std::bit_cast<uint64_t>(a), std::bit_cast<uint64_t>(b))
      << what << ": " << a << " and " << b;
}

void ExpectSame(const std::optional<Interval>& a, const std::optional<Interval>& b,
                const char* what) {
  ASSERT_EQ(a.has_value(), b.has_value()) << what;
  if (!a.has_value()) return;
  ExpectSameBits(a->p50, b->p50, what);
  ExpectSameBits(a->mean, b->mean, what);
  ExpectSameBits(a->standard_deviation, b->standard_deviation, what);
  ExpectSameBits(a->low, b->low, what);
  ExpectSameBits(a->high, b->high, what);
  ExpectSameBits(a->level, b->level, what);
}

void ExpectSame(const EditTotals& edited, const cost::Estimate& estimate) {
  for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
    SCOPED_TRACE(std::string(primitives::PhaseName(static_cast<primitives::Phase>(phase))));
    const cost::PhaseCost& a = edited.phases[phase];
    const cost::PhaseCost& b = estimate.phases[phase];
    EXPECT_EQ(a.traffic, b.traffic);
    ExpectSameBits(a.traffic_relative_bound, b.traffic_relative_bound, "bound");
    ExpectSameBits(a.transfer_seconds, b.transfer_seconds, "transfer");
    ExpectSameBits(a.flight_seconds, b.flight_seconds, "flights");
    ExpectSame(a.client_compute_seconds, b.client_compute_seconds, "client");
    ExpectSame(a.server_compute_seconds, b.server_compute_seconds, "server");
    ExpectSame(a.joint_compute_seconds, b.joint_compute_seconds, "joint");
    ExpectSame(a.latency_seconds, b.latency_seconds, "latency");
  }
  EXPECT_EQ(edited.client_storage, estimate.client_storage);
  EXPECT_EQ(edited.server_storage, estimate.server_storage);
  EXPECT_EQ(edited.extrapolated, estimate.extrapolated);
}

// A random operation on a random activation. Squares are the polynomials that most
// protocols know; some refuse them, which both paths must do alike.
EditOperation RandomOperation(const Graph& graph, const std::vector<graph::NodeId>& activations,
                              std::mt19937& random) {
  const graph::Node& node = graph.node(activations[random() % activations.size()]);
  const int64_t elements = std::get<graph::Activation>(node.attributes).elements;
  switch (random() % 8) {
    case 0:
      return RemoveActivation{node.name};
    case 1:
      return ReplaceActivation{.node = node.name, .degree = 2};
    case 2:
      return KeepRelus{.node = node.name, .count = random() % 2 == 0 ? 0 : elements};
    default:
      return KeepRelus{.node = node.name, .count = static_cast<int64_t>(random() % (elements + 1))};
  }
}

struct Case {
  std::string name;
  std::shared_ptr<const Graph> graph;
  std::string protocol;
  cost::Deployment deployment;
};

std::vector<Case> Cases() {
  const auto data = cost::DataDirectory::Load("data");
  if (!data.ok()) {
    ADD_FAILURE() << data.status();
    return {};
  }
  const std::vector<std::pair<std::string, std::shared_ptr<const Graph>>> graphs = {
      {"minionn", std::make_shared<const Graph>(testing_support::MiniOnnCifar())},
      {"resnet18", std::make_shared<const Graph>(testing_support::ResNet18Cifar())},
      {"resnet18 half kept",
       std::make_shared<const Graph>(testing_support::ResNet18Cifar(100, 1, 2))},
      {"delphi resnet32", std::make_shared<const Graph>(testing_support::DelphiResNet32())},
  };
  std::vector<Case> cases;
  for (const auto& [name, graph] : graphs) {
    for (const protocols::Protocol* protocol : protocols::AllProtocols()) {
      for (const cost::Deployment& deployment : (*data)->deployments()) {
        // One link: what is remembered are tables and calls.
        if (deployment.network.id != "lan") continue;
        cases.push_back({name + " " + protocol->info().id + " " + deployment.id, graph,
                         protocol->info().id, deployment});
      }
    }
  }
  return cases;
}

// Law 5 of protocols/protocol.h, for every protocol and table: a layer with any number
// of elements costs what its template says.
TEST(IncrementalTest, CountsThatWereNeverPlannedGiveTheBitsOfTheWholePath) {
  std::mt19937 random(5);
  int compared = 0;
  for (const Case& one : Cases()) {
    SCOPED_TRACE(one.name);
    auto session = EditSession::Create(one.graph, {.id = one.protocol}, one.deployment);
    if (!session.ok()) continue;
    int64_t planned = 0;
    for (int step = 0; step < 6; ++step) {
      std::vector<EditOperation> operations;
      for (const graph::NodeId id : (*session)->activations()) {
        const graph::Node& node = one.graph->node(id);
        const int64_t elements = std::get<graph::Activation>(node.attributes).elements;
        operations.push_back(KeepRelus{
            .node = node.name,
            .count = 1 + static_cast<int64_t>(random() % static_cast<uint32_t>(elements - 1))});
      }
      const auto totals = (*session)->Evaluate(operations);
      ASSERT_TRUE(totals.ok()) << totals.status();
      // The base, then what the templates are learnt from.
      if (step == 1) planned = (*session)->networks_planned();
      if (step % 2 == 1 && step > 1) {
        const auto graph = ApplyEdit(*one.graph, {one.graph->fingerprint(), operations});
        ASSERT_TRUE(graph.ok()) << graph.status();
        const auto estimate = EstimateModel(*graph, {.id = one.protocol}, one.deployment);
        ASSERT_TRUE(estimate.ok()) << estimate.status();
        ExpectSame(*totals, *estimate);
        EXPECT_EQ(totals->relu_elements, count::CountOps(*graph).total.relu_elements);
        ++compared;
      }
    }
    EXPECT_EQ((*session)->networks_planned(), planned) << "a new count was planned";
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(compared, 100);
}

TEST(IncrementalTest, RandomEditsGiveTheBitsOfTheWholePath) {
  std::mt19937 random(20261121);
  int compared = 0;
  int planned = 0;
  for (const Case& one : Cases()) {
    SCOPED_TRACE(one.name);
    auto session = EditSession::Create(one.graph, {.id = one.protocol}, one.deployment);
    if (!session.ok()) continue;  // the protocol does not plan this network
    ++planned;
    std::vector<EditOperation> operations;
    for (int step = 0; step < 14; ++step) {
      // Each edit adds to the last one, until a new start.
      if (step % 7 == 0) operations.clear();
      for (int i = 0; i < 3; ++i) {
        operations.push_back(RandomOperation(*one.graph, (*session)->activations(), random));
      }
      const GraphEdit edit{one.graph->fingerprint(), operations};
      const auto totals = (*session)->Evaluate(edit);
      const auto graph = ApplyEdit(*one.graph, edit);
      ASSERT_TRUE(graph.ok()) << graph.status();
      const auto estimate = EstimateModel(*graph, {.id = one.protocol}, one.deployment);
      ASSERT_EQ(totals.ok(), estimate.ok()) << totals.status() << " against " << estimate.status();
      if (!totals.ok()) {
        EXPECT_EQ(totals.status().code(), estimate.status().code());
        operations.clear();
        continue;
      }
      ExpectSame(*totals, *estimate);
      EXPECT_EQ(totals->relu_elements, count::CountOps(*graph).total.relu_elements);
      ++compared;
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GE(planned, 4);
  EXPECT_GE(compared, 40);
}

TEST(IncrementalTest, TheOrderOfQuestionsDoesNotMatter) {
  const auto graph = std::make_shared<const Graph>(testing_support::ResNet18Cifar());
  const auto data = cost::DataDirectory::Load("data");
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_FALSE((*data)->deployments().empty());
  const cost::Deployment& deployment = (*data)->deployments().front();
  auto one = EditSession::Create(graph, {.id = "cheetah"}, deployment);
  auto other = EditSession::Create(graph, {.id = "cheetah"}, deployment);
  ASSERT_TRUE(one.ok() && other.ok()) << one.status() << other.status();
  std::mt19937 random(7);
  std::vector<std::vector<EditOperation>> edits(20);
  for (auto& edit : edits) {
    for (int i = 0; i < 5; ++i) {
      // No squares: Cheetah refuses them.
      EditOperation operation = RandomOperation(*graph, (*one)->activations(), random);
      if (!std::holds_alternative<ReplaceActivation>(operation)) edit.push_back(operation);
    }
  }
  std::vector<EditTotals> forward;
  for (const auto& edit : edits) {
    const auto totals = (*one)->Evaluate(edit);
    ASSERT_TRUE(totals.ok()) << totals.status();
    forward.push_back(*totals);
  }
  for (size_t i = edits.size(); i-- > 0;) {
    const auto totals = (*other)->Evaluate(edits[i]);
    ASSERT_TRUE(totals.ok());
    for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
      ExpectSame(totals->phases[phase].latency_seconds, forward[i].phases[phase].latency_seconds,
                 "latency");
    }
  }
}

}  // namespace
}  // namespace picost::whatif
