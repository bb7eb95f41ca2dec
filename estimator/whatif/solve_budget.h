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
  BudgetSolver(EditSession* session, std::vector<ValuedLayer> layers, CostTable table)
      : session_(session), layers_(std::move(layers)), table_(std::move(table)) {}

  // Beyond the base, with `part` of the refills' cost in proportion to what is drawn.
  double Cost(size_t layer, size_t choice, Metric metric, double part) const;
  std::vector<std::vector<Option>> Groups(Metric metric, double part) const;
  // The base without its refills, and `part` of them in proportion.
  double Base(Metric metric, double part) const;
  // Solves with costs at `part`, and moves the budget until the fresh cost meets it.
  absl::Status Search(Metric metric, double budget, double part, double bound,
                      std::optional<BudgetAnswer>& best);

  EditSession* session_;
  std::vector<ValuedLayer> layers_;
  CostTable table_;
};

// Value: how many elements are kept. The largest ReLU budget that meets a cost.
std::vector<ValuedLayer> ValueByCount(const EditSession& session, int64_t levels);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_SOLVE_BUDGET_H_
