// Exported tables and solved budgets against fresh estimates, on shipped tables.
#include "estimator/whatif/cost_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/cost/data_directory.h"
#include "estimator/cost/deployment.h"
#include "estimator/estimator.h"
#include "estimator/graph/graph.h"
#include "estimator/whatif/metric.h"
#include "estimator/whatif/session.h"
#include "estimator/whatif/solve_budget.h"
#include "estimator/whatif/width_table.h"
#include "tests/support/graphs.h"

namespace picost::whatif {
namespace {

using graph::Graph;

// The first shipped deployment under which the protocol has seconds.
std::unique_ptr<EditSession> SessionOf(const std::string& protocol, Graph graph) {
  const auto shared = std::make_shared<const Graph>(std::move(graph));
  // Fitting all tables takes most of the time: once for all tests.
  static const auto* const loaded = new absl::StatusOr<std::shared_ptr<const cost::DataDirectory>>(
      cost::DataDirectory::Load("data"));
  const auto& data = *loaded;
  if (!data.ok()) {
    ADD_FAILURE() << data.status();
    return nullptr;
  }
  for (const cost::Deployment& deployment : (*data)->deployments()) {
    auto session = EditSession::Create(shared, {.id = protocol}, deployment);
    if (!session.ok()) {
      ADD_FAILURE() << session.status();
      return nullptr;
    }
    const auto totals = (*session)->Evaluate(std::vector<EditOperation>{});
    if (totals.ok() && MetricValue(*totals, Metric::kTotalSeconds).has_value()) {
      return *std::move(session);
    }
  }
  ADD_FAILURE() << "no deployment prices " << protocol;
  return nullptr;
}

struct Case {
  const char* protocol;
  Graph (*graph)();
};

class CostTableTest : public testing::TestWithParam<Case> {};

TEST_P(CostTableTest, ReproducesFreshEvaluationsWithinItsStatedError) {
  const auto session = SessionOf(GetParam().protocol, GetParam().graph());
  ASSERT_NE(session, nullptr);
  const auto table = BuildCostTable(*session, CountGrid(*session, 9));
  ASSERT_TRUE(table.ok()) << table.status();
  std::mt19937 random(3);
  double worst = 0;
  for (int i = 0; i < 30; ++i) {
    std::vector<int32_t> chosen;
    std::vector<EditOperation> operations;
    for (const TableLayer& layer : table->layers) {
      // Extremes come up often: they change what neighbours do.
      const uint32_t last = static_cast<uint32_t>(layer.choices.size()) - 1;
      const uint32_t draw = random() % 4;
      chosen.push_back(static_cast<int32_t>(draw == 0   ? 0
                                            : draw == 1 ? last
                                                        : random() % (last + 1)));
      operations.push_back(layer.choices[chosen.back()].operation);
    }
    const auto totals = session->Evaluate(operations);
    ASSERT_TRUE(totals.ok()) << totals.status();
    const MetricValues rule = table->Total({.layers = chosen});
    for (const Metric metric : kMetrics) {
      const size_t m = static_cast<size_t>(metric);
      const auto value = MetricValue(*totals, metric);
      ASSERT_EQ(value.has_value(), !std::isnan(rule[m]));
      if (!value.has_value()) continue;
      EXPECT_LE(std::abs(rule[m] - *value), table->error[m])
          << MetricName(metric) << ": " << rule[m] << " by the table, " << *value << " afresh";
      if (metric == Metric::kTotalSeconds) worst = std::max(worst, std::abs(rule[m] / *value - 1));
    }
  }
  EXPECT_LT(worst, 0.25);
}

TEST_P(CostTableTest, WidthsAddUpWithActivationsWithinTheStatedError) {
  const auto session = SessionOf(GetParam().protocol, GetParam().graph());
  ASSERT_NE(session, nullptr);
  auto table = BuildCostTable(*session, CountGrid(*session, 3));
  ASSERT_TRUE(table.ok()) << table.status();
  const MetricValues before = table->error;
  const absl::Status added = AddWidths(*session, {0.75, 0.5}, *table);
  ASSERT_TRUE(added.ok()) << added;
  ASSERT_FALSE(table->widths.empty());
  std::mt19937 random(5);
  for (int i = 0; i < 20; ++i) {
    TableChoices chosen;
    std::vector<EditOperation> operations;
    for (const TableLayer& layer : table->layers) {
      chosen.layers.push_back(static_cast<int32_t>(random() % layer.choices.size()));
      operations.push_back(layer.choices[chosen.layers.back()].operation);
    }
    for (const TableWidth& width : table->widths) {
      chosen.widths.push_back(static_cast<int32_t>(random() % width.choices.size()));
      const auto& resizes = width.choices[chosen.widths.back()].operations;
      operations.insert(operations.end(), resizes.begin(), resizes.end());
    }
    const auto totals = session->Evaluate(operations);
    ASSERT_TRUE(totals.ok()) << totals.status();
    const MetricValues rule = table->Total(chosen);
    for (const Metric metric : kMetrics) {
      const size_t m = static_cast<size_t>(metric);
      const auto value = MetricValue(*totals, metric);
      if (!value.has_value()) continue;
      EXPECT_LE(std::abs(rule[m] - *value), table->error[m])
          << MetricName(metric) << ": " << rule[m] << " by the table, " << *value << " afresh; "
          << before[m] << " before widths";
    }
  }
  // The error says something: widths and activations at random cost what the rule says.
  const size_t bytes = static_cast<size_t>(Metric::kTotalBytes);
  EXPECT_LT(table->error[bytes], 0.1 * table->base[bytes]);
}

TEST_P(CostTableTest, SharesThatAreNoneAreRefusedByIndex) {
  const auto session = SessionOf(GetParam().protocol, GetParam().graph());
  ASSERT_NE(session, nullptr);
  auto table = BuildCostTable(*session, CountGrid(*session, 2));
  ASSERT_TRUE(table.ok()) << table.status();
  const absl::Status refused = AddWidths(*session, {0.5, 1.5}, *table);
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(refused.message().find("1.5"), std::string::npos) << refused;
}

TEST_P(CostTableTest, SolvedBudgetsAreMetAfresh) {
  const auto session = SessionOf(GetParam().protocol, GetParam().graph());
  ASSERT_NE(session, nullptr);
  auto solver = BudgetSolver::Create(session.get(), ValueByCount(*session, 16));
  ASSERT_TRUE(solver.ok()) << solver.status();
  for (const Metric metric : {Metric::kTotalSeconds, Metric::kOnlineBytes, Metric::kReluElements}) {
    const double base = solver->table().base[static_cast<size_t>(metric)];
    const double least = solver->LeastCost(metric);
    ASSERT_LT(least, base);
    double last = -1;
    for (const double share : {0.4, 0.7, 0.95}) {
      const double budget = least + share * (base - least);
      const auto answer = solver->Solve(metric, budget);
      ASSERT_TRUE(answer.ok()) << MetricName(metric) << " " << answer.status();
      EXPECT_LE(answer->cost, budget);
      const auto fresh = session->Evaluate(answer->operations);
      ASSERT_TRUE(fresh.ok());
      EXPECT_EQ(*MetricValue(*fresh, metric), answer->cost);
      EXPECT_EQ(answer->value, static_cast<double>(fresh->relu_elements));
      EXPECT_GE(answer->value_bound, answer->value);
      EXPECT_GE(answer->value, last) << "a larger budget is never worth less";
      last = answer->value;
    }
  }
}

TEST_P(CostTableTest, MarginalsPredictASmallStep) {
  const auto session = SessionOf(GetParam().protocol, GetParam().graph());
  ASSERT_NE(session, nullptr);
  const auto marginals = Marginals(*session, {});
  ASSERT_TRUE(marginals.ok()) << marginals.status();
  for (const Marginal& marginal : *marginals) {
    EXPECT_GT(marginal.per_element[static_cast<size_t>(Metric::kTotalBytes)], 0) << marginal.node;
    EXPECT_DOUBLE_EQ(marginal.per_element[static_cast<size_t>(Metric::kReluElements)], 1)
        << marginal.node;
  }
}

TEST_P(CostTableTest, FrontiersRiseAndRespectTheirBudgets) {
  const auto session = SessionOf(GetParam().protocol, GetParam().graph());
  ASSERT_NE(session, nullptr);
  auto solver = BudgetSolver::Create(session.get(), ValueByCount(*session, 8));
  ASSERT_TRUE(solver.ok()) << solver.status();
  const auto frontier = solver->Frontier(Metric::kTotalSeconds, 6);
  ASSERT_TRUE(frontier.ok()) << frontier.status();
  ASSERT_GE(frontier->size(), 3u);
  for (size_t i = 0; i < frontier->size(); ++i) {
    EXPECT_LE((*frontier)[i].cost, (*frontier)[i].budget);
    if (i == 0) continue;
    EXPECT_GT((*frontier)[i].value, (*frontier)[i - 1].value);
  }
}

TEST_P(CostTableTest, ImpossibleBudgetsAreRefused) {
  const auto session = SessionOf(GetParam().protocol, GetParam().graph());
  ASSERT_NE(session, nullptr);
  auto solver = BudgetSolver::Create(session.get(), ValueByCount(*session, 4));
  ASSERT_TRUE(solver.ok());
  EXPECT_EQ(solver->Solve(Metric::kTotalSeconds, 1e-6).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

INSTANTIATE_TEST_SUITE_P(
    Protocols, CostTableTest,
    testing::Values(Case{"delphi", testing_support::DelphiResNet32},
                    Case{"cheetah", [] { return testing_support::ResNet18Cifar(); }},
                    Case{"cheetah", testing_support::MiniOnnCifar}),
    [](const auto& info) { return info.param.protocol + std::to_string(info.index); });

}  // namespace
}  // namespace picost::whatif
