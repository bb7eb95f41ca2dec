// Costs of choices add up apart from two things: refills of pools, whose number is the
// rounded-down sum of what all layers draw, and interactions of neighbours (the table's
// error). The knapsack is solved with all, half and none of the refills in proportion
// to what is drawn; each answer is evaluated afresh, and the budget given to the
// knapsack is moved by what it was off, until the fresh cost meets the budget.
//
// The bound: a fresh cost is at least the proportional one minus one refill of each
// pool, and at least the one without refills, each minus the table's error. Whatever
// meets the budget afresh meets those relaxed ones, where the linear program bounds
// its value; the smaller bound counts.
#include "estimator/whatif/solve_budget.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/whatif/knapsack.h"

namespace picost::whatif {
namespace {

constexpr int kRounds = 5;
// Nearer to the bound is not worth another round.
constexpr double kGoodGap = 0.002;

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

double BudgetSolver::Cost(size_t layer, size_t choice, Metric metric, double part) const {
  const size_t m = static_cast<size_t>(metric);
  const TableChoice& row = table_.layers[layer].choices[choice];
  double cost = row.cost[m];
  for (size_t p = 0; p < table_.pools.size(); ++p) {
    cost += part * static_cast<double>(row.draws[p]) / static_cast<double>(table_.pools[p].yield) *
            table_.pools[p].refill[m];
  }
  return cost;
}

double BudgetSolver::Base(Metric metric, double part) const {
  const size_t m = static_cast<size_t>(metric);
  double base = table_.base[m];
  for (const TablePool& pool : table_.pools) {
    base += (part * static_cast<double>(pool.base_draws) / static_cast<double>(pool.yield) -
             static_cast<double>(pool.base_draws / pool.yield)) *
            pool.refill[m];
  }
  return base;
}

std::vector<std::vector<Option>> BudgetSolver::Groups(Metric metric, double part) const {
  std::vector<std::vector<Option>> groups;
  for (size_t l = 0; l < layers_.size(); ++l) {
    std::vector<Option>& options = groups.emplace_back();
    for (size_t c = 0; c < layers_[l].choices.size(); ++c) {
      options.push_back({.cost = Cost(l, c, metric, part), .value = layers_[l].choices[c].value});
    }
  }
  return groups;
}

double BudgetSolver::LeastCost(Metric metric) const {
  std::vector<int32_t> cheapest;
  for (size_t l = 0; l < layers_.size(); ++l) {
    size_t least = 0;
    for (size_t c = 1; c < layers_[l].choices.size(); ++c) {
      if (Cost(l, c, metric, 1) < Cost(l, least, metric, 1)) least = c;
    }
    cheapest.push_back(static_cast<int32_t>(least));
  }
  return table_.Total(cheapest)[static_cast<size_t>(metric)];
}

absl::Status BudgetSolver::Search(Metric metric, double budget, double part, double bound,
                                  std::optional<BudgetAnswer>& best) {
  const std::vector<std::vector<Option>> groups = Groups(metric, part);
  const double slack = budget - Base(metric, part);
  double asked = slack;
  double failed = std::numeric_limits<double>::infinity();  // least that led beyond
  for (int round = 0; round < kRounds; ++round) {
    const auto selection = SolveMultipleChoice(groups, asked);
    if (!selection.ok()) {
      if (selection.status().code() != absl::StatusCode::kFailedPrecondition) {
        return selection.status();
      }
      // Proportional refills may overstate the cheapest allocation: try it once.
      double least = 0;
      for (const std::vector<Option>& options : groups) {
        least += std::min_element(options.begin(), options.end(), [](auto& a, auto& b) {
                   return a.cost < b.cost;
                 })->cost;
      }
      if (round > 0) return absl::OkStatus();
      asked = least;
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
      if (best->Gap() <= kGoodGap) return absl::OkStatus();
      const double next = asked - over;
      asked = next < failed ? next : 0.5 * (asked + failed);
    } else {
      failed = std::min(failed, asked);
      asked -= over;
    }
  }
  return absl::OkStatus();
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
  const absl::Status impossible =
      MakeError(absl::StatusCode::kFailedPrecondition,
                absl::StrCat("no allocation of the choices meets a budget of ", budget, " ",
                             std::string(MetricName(metric)), "; the cheapest one takes about ",
                             LeastCost(metric)),
                {.field = "budget", .mend = "Raise the budget, or offer cheaper choices"});
  double refills = 0;
  for (const TablePool& pool : table_.pools) refills += pool.refill[m];
  const absl::StatusOr<double> relaxed =
      ValueBound(Groups(metric, 0), budget - Base(metric, 0) + table_.error[m]);
  if (relaxed.status().code() == absl::StatusCode::kFailedPrecondition) return impossible;
  if (!relaxed.ok()) return relaxed.status();
  double bound = *relaxed;
  std::optional<BudgetAnswer> best;
  if (refills > 0) {
    const absl::StatusOr<double> proportional =
        ValueBound(Groups(metric, 1), budget - Base(metric, 1) + table_.error[m] + refills);
    if (!proportional.ok()) return impossible;
    bound = std::min(bound, *proportional);
  }
  for (const double part : {1.0, 0.5, 0.0}) {
    PICOST_RETURN_IF_ERROR(Search(metric, budget, part, bound, best));
    if (refills == 0 || (best.has_value() && best->Gap() <= kGoodGap)) break;
  }
  if (best.has_value()) return *std::move(best);
  return impossible;
}

absl::StatusOr<std::vector<BudgetAnswer>> BudgetSolver::Frontier(Metric metric, int64_t points) {
  const size_t m = static_cast<size_t>(metric);
  if (points < 2 || points > 1000) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat(points, " points of a frontier"),
                     {.field = "frontier_points", .mend = "Ask for 2 to 1000"});
  }
  // From the cheapest choice of each layer to the one that is worth most.
  const double low = LeastCost(metric) + table_.error[m];
  std::vector<int32_t> top;
  for (size_t l = 0; l < layers_.size(); ++l) {
    const std::vector<ValuedChoice>& choices = layers_[l].choices;
    top.push_back(static_cast<int32_t>(
        std::max_element(choices.begin(), choices.end(),
                         [](const auto& a, const auto& b) { return a.value < b.value; }) -
        choices.begin()));
  }
  const double high = table_.Total(top)[m] + table_.error[m];
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
