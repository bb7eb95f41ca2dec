// Costs of choices add up apart from two things: refills of pools that layers share, and
// interactions of neighbours (the table's error).
//
// The number of refills of each pool is enumerated outside: if pool p is refilled n_p
// times, then
//
//   own cost <= budget - sum of n_p x refill_p    and    draws_p <= (n_p + 1) x yield_p - 1.
//
// Each of these is a knapsack, and so is every sum of them with prices >= 0; the sum with
// refill / yield for each draw is the one where both count. The linear programs of these
// views bound the value of the case, the smallest one counts, and cases are taken in the
// order of their bounds until none can be better than what was found. What a view's
// knapsack selects is evaluated afresh, which alone decides whether it meets the budget;
// where it does not (an interaction), the limit is moved by what it was off.
#include "estimator/whatif/solve_budget.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/whatif/knapsack.h"

namespace picost::whatif {
namespace {

constexpr int kRounds = 4;
// Nearer to the bound is not worth another round.
constexpr double kGoodGap = 0.001;
// Cases that are enumerated; with more, refills are only bounded.
constexpr int64_t kMostCases = 20'000;

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

absl::StatusOr<BudgetSolver::View> BudgetSolver::MakeView(Metric metric, double own_price,
                                                          std::vector<double> draw_prices) const {
  const size_t m = static_cast<size_t>(metric);
  std::vector<std::vector<Option>> groups;
  for (size_t l = 0; l < layers_.size(); ++l) {
    std::vector<Option>& options = groups.emplace_back();
    for (size_t c = 0; c < layers_[l].choices.size(); ++c) {
      const TableChoice& row = table_.layers[l].choices[c];
      double cost = own_price * row.cost[m];
      for (size_t p = 0; p < draw_prices.size(); ++p) {
        cost += draw_prices[p] * static_cast<double>(row.draws[p]);
      }
      options.push_back({.cost = cost, .value = layers_[l].choices[c].value});
    }
  }
  PICOST_ASSIGN_OR_RETURN(MultipleChoice problem, MultipleChoice::Create(groups));
  return View{
      .own_price = own_price, .draw_prices = std::move(draw_prices), .problem = std::move(problem)};
}

std::pair<int64_t, int64_t> BudgetSolver::RefillRange(size_t pool) const {
  int64_t low = table_.pools[pool].base_draws, high = low;
  for (const TableLayer& layer : table_.layers) {
    const auto [least, most] = std::minmax_element(
        layer.choices.begin(), layer.choices.end(),
        [pool](const auto& a, const auto& b) { return a.draws[pool] < b.draws[pool]; });
    low += least->draws[pool];
    high += most->draws[pool];
  }
  const int64_t yield = table_.pools[pool].yield;
  return {low / yield, high / yield};
}

bool BudgetSolver::Varies(size_t pool, size_t metric) const {
  if (!(table_.pools[pool].refill[metric] > 0)) return false;
  const auto [fewest, most] = RefillRange(pool);
  return fewest != most;
}

absl::StatusOr<std::vector<BudgetSolver::View>> BudgetSolver::MakeViews(Metric metric) const {
  const size_t m = static_cast<size_t>(metric);
  std::vector<View> views;
  const std::vector<double> none(table_.pools.size(), 0);
  PICOST_ASSIGN_OR_RETURN(View own, MakeView(metric, 1, none));
  views.push_back(std::move(own));
  std::vector<double> proportional = none;
  for (size_t p = 0; p < table_.pools.size(); ++p) {
    if (!Varies(p, m)) continue;
    proportional[p] = table_.pools[p].refill[m] / static_cast<double>(table_.pools[p].yield);
    std::vector<double> alone = none;
    alone[p] = 1;
    PICOST_ASSIGN_OR_RETURN(View draws, MakeView(metric, 0, std::move(alone)));
    views.push_back(std::move(draws));
  }
  if (views.size() == 1) return views;  // no refill costs anything
  PICOST_ASSIGN_OR_RETURN(View both, MakeView(metric, 1, std::move(proportional)));
  views.push_back(std::move(both));
  return views;
}

std::vector<BudgetSolver::Case> BudgetSolver::Cases(Metric metric, double budget,
                                                    const std::vector<View>& views) const {
  const size_t m = static_cast<size_t>(metric);
  const size_t pools = table_.pools.size();
  // The fewest and the most refills that any selection leads to.
  Refills fewest(pools, 0), most(pools, 0);
  double own_base = table_.base[m];
  double cases = 1;
  for (size_t p = 0; p < pools; ++p) {
    const TablePool& pool = table_.pools[p];
    own_base -= static_cast<double>(pool.base_draws / pool.yield) * pool.refill[m];
    std::tie(fewest[p], most[p]) = RefillRange(p);
    if (!Varies(p, m)) most[p] = fewest[p];
    cases *= static_cast<double>(most[p] - fewest[p] + 1);
  }
  const bool counted = cases <= static_cast<double>(kMostCases);
  std::vector<Case> found;
  for (Refills at = fewest;;) {
    Case one{.refills = at, .counted = counted};
    bool possible = true;
    one.bound = std::numeric_limits<double>::infinity();
    for (const View& view : views) {
      double limit = view.own_price * (budget - own_base);
      for (size_t p = 0; p < pools; ++p) {
        const TablePool& pool = table_.pools[p];
        limit -= view.own_price * static_cast<double>(at[p]) * pool.refill[m];
        if (view.draw_prices[p] == 0) continue;
        const int64_t refills = counted ? at[p] : most[p];
        limit += view.draw_prices[p] *
                 static_cast<double>((refills + 1) * pool.yield - 1 - pool.base_draws);
      }
      one.limits.push_back(limit);
      const auto bound = view.problem.Bound(limit + view.own_price * table_.error[m]);
      possible = possible && bound.ok();
      if (bound.ok()) one.bound = std::min(one.bound, *bound);
    }
    if (possible) found.push_back(std::move(one));
    if (!counted) break;
    size_t p = 0;
    while (p < pools && at[p] == most[p]) at[p] = fewest[p], ++p;
    if (p == pools) break;
    ++at[p];
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Case& a, const Case& b) { return a.bound > b.bound; });
  return found;
}

// Keeps the best answer over all cases.
class BudgetSolver::Search {
 public:
  Search(const BudgetSolver& solver, Metric metric, double budget, double bound)
      : solver_(solver), metric_(metric), budget_(budget), bound_(bound) {}

  std::optional<BudgetAnswer>& best() { return best_; }
  bool GoodFor(double bound) const {
    return best_.has_value() && bound - best_->value <= kGoodGap * std::abs(bound);
  }

  // Solves the view at the limit, and moves the limit until the fresh cost meets the budget.
  absl::Status Try(const Case& one, const View& view, double limit) {
    double failed = std::numeric_limits<double>::infinity();  // least that led beyond
    for (int round = 0; round < kRounds; ++round) {
      const auto selection = view.problem.Solve(std::max(limit, view.problem.least_cost()));
      if (!selection.ok()) return selection.status();
      if (best_.has_value() && selection->value <= best_->value) return absl::OkStatus();
      if (!DrawsFit(one, selection->chosen)) return absl::OkStatus();  // another case, or view
      PICOST_ASSIGN_OR_RETURN(BudgetAnswer answer, Afresh(*selection));
      const double over = answer.cost - budget_;
      if (over <= 0) {
        best_ = std::move(answer);
        if (round == 0 || GoodFor(one.bound)) return absl::OkStatus();
        limit = 0.5 * (limit + failed);
        continue;
      }
      if (limit <= view.problem.least_cost() || view.own_price == 0) return absl::OkStatus();
      failed = std::min(failed, limit);
      limit -= over;
    }
    return absl::OkStatus();
  }

 private:
  bool DrawsFit(const Case& one, const std::vector<int32_t>& chosen) const {
    if (!one.counted) return true;
    const CostTable& table = solver_.table_;
    for (size_t p = 0; p < table.pools.size(); ++p) {
      if (!solver_.Varies(p, static_cast<size_t>(metric_))) continue;
      int64_t draws = table.pools[p].base_draws;
      for (size_t l = 0; l < chosen.size(); ++l) {
        draws += table.layers[l].choices[chosen[l]].draws[p];
      }
      if (draws / table.pools[p].yield > one.refills[p]) return false;
    }
    return true;
  }

  absl::StatusOr<BudgetAnswer> Afresh(const Selection& selection) const {
    BudgetAnswer answer{.chosen = selection.chosen,
                        .value = selection.value,
                        .value_bound = bound_,
                        .budget = budget_};
    for (size_t l = 0; l < solver_.layers_.size(); ++l) {
      answer.operations.push_back(solver_.layers_[l].choices[answer.chosen[l]].operation);
    }
    PICOST_ASSIGN_OR_RETURN(answer.totals, solver_.session_->Evaluate(answer.operations));
    const auto cost = MetricValue(answer.totals, metric_);
    if (!cost.has_value()) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "an allocation has no seconds",
                       {.field = "metric", .mend = "Use tables that cover every choice"});
    }
    answer.cost = *cost;
    return answer;
  }

  const BudgetSolver& solver_;
  const Metric metric_;
  const double budget_;
  const double bound_;
  std::optional<BudgetAnswer> best_;
};

double BudgetSolver::LeastCost(Metric metric) const {
  const size_t m = static_cast<size_t>(metric);
  std::vector<int32_t> cheapest;
  for (const TableLayer& layer : table_.layers) {
    const auto cost = [&](const TableChoice& choice) {
      double sum = choice.cost[m];
      for (size_t p = 0; p < table_.pools.size(); ++p) {
        sum += static_cast<double>(choice.draws[p]) / static_cast<double>(table_.pools[p].yield) *
               table_.pools[p].refill[m];
      }
      return sum;
    };
    const auto least =
        std::min_element(layer.choices.begin(), layer.choices.end(),
                         [&](const auto& a, const auto& b) { return cost(a) < cost(b); });
    cheapest.push_back(static_cast<int32_t>(least - layer.choices.begin()));
  }
  return table_.Total({.layers = cheapest})[m];
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
  PICOST_ASSIGN_OR_RETURN(const std::vector<View> views, MakeViews(metric));
  const std::vector<Case> cases = Cases(metric, budget, views);
  if (!cases.empty()) {
    Search search(*this, metric, budget, cases.front().bound);
    for (const Case& one : cases) {
      if (search.GoodFor(one.bound)) break;
      // The view whose bound is the smallest says the most; the others may still fit.
      for (size_t v = 0; v < views.size() && !search.GoodFor(one.bound); ++v) {
        PICOST_RETURN_IF_ERROR(search.Try(one, views[v], one.limits[v]));
      }
    }
    if (search.best().has_value()) return *std::move(search.best());
  }
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("no allocation of the choices meets a budget of ", budget, " ",
                                std::string(MetricName(metric)), "; the cheapest one takes about ",
                                LeastCost(metric)),
                   {.field = "budget", .mend = "Raise the budget, or offer cheaper choices"});
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
  const double high = table_.Total({.layers = top})[m] + table_.error[m];
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
