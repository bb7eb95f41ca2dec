// The most value under a budget, on the real costs of layers: steps, packing, shared
// refills and all.
#ifndef PICOST_ESTIMATOR_WHATIF_SOLVE_BUDGET_H_
#define PICOST_ESTIMATOR_WHATIF_SOLVE_BUDGET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/whatif/cost_table.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/knapsack.h"
#include "estimator/whatif/metric.h"
#include "estimator/whatif/session.h"

namespace picost::whatif {

struct ValuedChoice {
  EditOperation operation;
  double value = 0;
};

struct ValuedLayer {
  std::string node;
  std::vector<ValuedChoice> choices;
};

struct BudgetAnswer {
  std::vector<int32_t> chosen;  // by layer: index of its choice
  std::vector<EditOperation> operations;
  double value = 0;
  double value_bound = 0;  // nothing within the budget is worth more
  double cost = 0;         // of a fresh evaluation of `operations`; <= budget
  double budget = 0;
  EditTotals totals;

  // (bound - value) / bound; 0 where the bound is 0.
  double Gap() const { return value_bound > value ? (value_bound - value) / value_bound : 0; }
};

class BudgetSolver {
 public:
  // Evaluates every choice of every layer once.
  static absl::StatusOr<BudgetSolver> Create(EditSession* session, std::vector<ValuedLayer> layers);

  // kFailedPrecondition where nothing meets the budget, or seconds are asked for and
  // tables are missing.
  absl::StatusOr<BudgetAnswer> Solve(Metric metric, double budget);
  // As many budgets, from the cheapest allocation to the most valuable one.
  absl::StatusOr<std::vector<BudgetAnswer>> Frontier(Metric metric, int64_t points);

  // What the network costs with the cheapest choice of each layer, by the table.
  double LeastCost(Metric metric) const;

  const CostTable& table() const { return table_; }

 private:
  // How often each pool is refilled: index as in CostTable::pools.
  using Refills = std::vector<int64_t>;
  // One way to see all constraints as one: choices priced at own_price x their own cost
  // + draw_prices x what they draw, and the limit that the constraints set to the sum.
  struct View {
    double own_price = 0;
    std::vector<double> draw_prices;  // by pool
    MultipleChoice problem;
  };
  // Where a pool is refilled so often at most.
  struct Case {
    Refills refills;
    bool counted = true;         // false: any number of refills, for networks with very many
    double bound = 0;            // on the value
    std::vector<double> limits;  // by view
  };
  class Search;

  BudgetSolver(EditSession* session, std::vector<ValuedLayer> layers, CostTable table)
      : session_(session), layers_(std::move(layers)), table_(std::move(table)) {}

  // The fewest and the most refills of a pool that any selection leads to.
  std::pair<int64_t, int64_t> RefillRange(size_t pool) const;
  // Whether what is chosen decides how often a pool is refilled, and that costs something.
  bool Varies(size_t pool, size_t metric) const;
  absl::StatusOr<View> MakeView(Metric metric, double own_price,
                                std::vector<double> draw_prices) const;
  absl::StatusOr<std::vector<View>> MakeViews(Metric metric) const;
  // Those in which some selection may meet the budget, the most promising one first.
  std::vector<Case> Cases(Metric metric, double budget, const std::vector<View>& views) const;

  EditSession* session_;
  std::vector<ValuedLayer> layers_;
  CostTable table_;
};

// Value: how many elements are kept. The largest ReLU budget that meets a cost.
std::vector<ValuedLayer> ValueByCount(const EditSession& session, int64_t levels);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_SOLVE_BUDGET_H_
