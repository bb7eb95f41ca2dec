// Costs of choices add up apart from two things: refills of pools, whose number is the
// rounded-down sum of what all layers draw, and interactions of neighbours (the table's
// error). The knapsack is solved with refills in proportion to what is drawn; the
// answer is evaluated afresh, and the budget given to the knapsack is moved by what it
// was off, until the fresh cost meets the budget as closely as a few rounds get it.
//
// The bound: a fresh cost is at least the proportional one minus one refill of each
// pool minus the table's error, so whatever meets the budget afresh meets
// budget + refills + error in proportion, where the linear program bounds its value.
#include "estimator/whatif/solve_budget.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/whatif/knapsack.h"

namespace picost::whatif {
namespace {

constexpr int kRounds = 8;

}  // namespace

absl::StatusOr<BudgetSolver> BudgetSolver::Create(EditSession* session,
                                                  std::vector<ValuedLayer> layers) {
  std::vector<LayerChoices> choices;
  for (const ValuedLayer& layer : layers) {
    LayerChoices one{.node = layer.node};
    for (const ValuedChoice& choice : layer.choices) one.operations.push_back(choice.operation);
    choices.push_back(std::move(one));
  }
  PICOST_ASSIGN_OR_RETURN(CostTable table, BuildCostTable(*session, choices));
  return BudgetSolver(session, std::move(layers), std::move(table));
}

absl::StatusOr<BudgetAnswer> BudgetSolver::Solve(Metric metric, double budget) {
  const size_t m = static_cast<size_t>(metric);
  if (std::isnan(table_.base[m])) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     absl::StrCat("no table covers ", std::string(MetricName(metric))),
                     {.field = "metric",
                      .mend = "Use a deployment whose tables cover the protocol, or a budget of "
                              "bytes, flights or ReLUs"});
  }
  // The base's refills stay in the base's cost; draws count from there.
  double slack = table_.error[m];
  for (const TablePool& pool : table_.pools) slack += pool.refill[m];
  std::vector<std::vector<Option>> groups;
  for (size_t l = 0; l < layers_.size(); ++l) {
    std::vector<Option>& options = groups.emplace_back();
    for (size_t c = 0; c < layers_[l].choices.size(); ++c) {
      const TableChoice& choice = table_.layers[l].choices[c];
      double cost = choice.cost[m];
      for (size_t p = 0; p < table_.pools.size(); ++p) {
        cost += static_cast<double>(choice.draws[p]) / static_cast<double>(table_.pools[p].yield) *
                table_.pools[p].refill[m];
      }
      options.push_back({.cost = cost, .value = layers_[l].choices[c].value});
    }
  }
  const double room = budget - table_.base[m];
  PICOST_ASSIGN_OR_RETURN(const double bound, ValueBound(groups, room + slack));

  std::optional<BudgetAnswer> best;
  double asked = room;
  double failed = room + slack;  // the least that led beyond the budget
  for (int round = 0; round < kRounds; ++round) {
    const auto selection = SolveMultipleChoice(groups, asked);
    if (!selection.ok()) {
      if (best.has_value() || asked >= room + slack) break;
      // Proportional refills may overstate the cheapest allocation.
      asked = room + slack;
      continue;
    }
    BudgetAnswer answer{.chosen = selection->chosen,
                        .value = selection->value,
                        .value_bound = bound,
                        .budget = budget};
    for (size_t l = 0; l < layers_.size(); ++l) {
      answer.operations.push_back(layers_[l].choices[answer.chosen[l]].operation);
    }
    PICOST_ASSIGN_OR_RETURN(answer.totals, session_->Evaluate(answer.operations));
    const auto cost = MetricValue(answer.totals, metric);
    if (!cost.has_value()) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "an allocation has no seconds",
                       {.field = "metric", .mend = "Use tables that cover every choice"});
    }
    answer.cost = *cost;
    const double over = answer.cost - budget;
    if (over <= 0) {
      if (!best.has_value() || answer.value > best->value) best = std::move(answer);
      // Value beyond the bound's tolerance is not to be had.
      if (best->Gap() <= 1e-6 || -over <= 1e-9 * std::abs(budget)) break;
      const double next = asked - over;
      asked = next < failed ? next : 0.5 * (asked + failed);
    } else {
      failed = std::min(failed, asked);
      asked = asked - over;
    }
  }
  if (best.has_value()) return *std::move(best);
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("no allocation of the choices meets a budget of ", budget, " ",
                                std::string(MetricName(metric))),
                   {.field = "budget", .mend = "Raise the budget, or offer cheaper choices"});
}

absl::StatusOr<std::vector<BudgetAnswer>> BudgetSolver::Frontier(Metric metric, int64_t points) {
  const size_t m = static_cast<size_t>(metric);
  if (points < 2 || points > 1000) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat(points, " points of a frontier"),
                     {.field = "frontier_points", .mend = "Ask for 2 to 1000"});
  }
  // From the cheapest choice of each layer to the costliest one that is worth most.
  double low = table_.base[m];
  double high = table_.base[m];
  for (size_t l = 0; l < layers_.size(); ++l) {
    double least = table_.layers[l].choices.front().cost[m];
    size_t top = 0;
    for (size_t c = 0; c < layers_[l].choices.size(); ++c) {
      least = std::min(least, table_.layers[l].choices[c].cost[m]);
      if (layers_[l].choices[c].value > layers_[l].choices[top].value) top = c;
    }
    low += least;
    high += table_.layers[l].choices[top].cost[m];
  }
  for (const TablePool& pool : table_.pools) {
    // At most one refill more than in proportion.
    high += pool.refill[m];
  }
  std::vector<BudgetAnswer> frontier;
  for (int64_t i = 0; i < points; ++i) {
    const double budget =
        low + (high - low) * static_cast<double>(i) / static_cast<double>(points - 1);
    auto answer = Solve(metric, budget);
    if (!answer.ok()) {
      if (answer.status().code() == absl::StatusCode::kFailedPrecondition) continue;
      return answer.status();
    }
    if (!frontier.empty() && answer->value <= frontier.back().value) continue;
    frontier.push_back(*std::move(answer));
  }
  return frontier;
}

std::vector<ValuedLayer> ValueByCount(const EditSession& session, int64_t levels) {
  std::vector<ValuedLayer> layers;
  for (const LayerChoices& grid : CountGrid(session, levels)) {
    ValuedLayer layer{.node = grid.node};
    for (const EditOperation& operation : grid.operations) {
      layer.choices.push_back(
          {operation, static_cast<double>(std::get<KeepRelus>(operation).count)});
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace picost::whatif
