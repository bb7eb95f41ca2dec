// Multiple-choice knapsack: from each group exactly one option, the most value
// within a budget of cost. Costs need not be monotone, nor values concave.
#ifndef PICOST_ESTIMATOR_WHATIF_KNAPSACK_H_
#define PICOST_ESTIMATOR_WHATIF_KNAPSACK_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace picost::whatif {

struct Option {
  double cost = 0;
  double value = 0;
};

struct Selection {
  std::vector<int32_t> chosen;  // by group
  double cost = 0;
  double value = 0;
};

// Groups and options, prepared once for any number of budgets.
class MultipleChoice {
 public:
  // At least one option in each group, all finite: else kInvalidArgument.
  static absl::StatusOr<MultipleChoice> Create(const std::vector<std::vector<Option>>& groups);

  // Of the cheapest options together.
  double least_cost() const { return least_cost_; }

  // No selection within the budget has more value: the optimum of the linear program
  // over the upper convex hulls. kFailedPrecondition where even the cheapest options
  // exceed the budget; the message says what they cost.
  absl::StatusOr<double> Bound(double budget) const;

  // A selection within the budget. Errors as of Bound.
  absl::StatusOr<Selection> Solve(double budget) const;

 private:
  // An option that no other one of its group dominates; cost above the group's least.
  struct Point {
    double cost = 0;
    double value = 0;
    int32_t option = 0;
  };
  // A step from one hull point to the next; cost and value of all steps before it.
  struct Step {
    int32_t group = 0;
    double cost = 0;
    double value = 0;
    int32_t point = 0;  // index into points_[group]
    double cost_before = 0;
    double value_before = 0;
  };
  class Search;

  absl::Status CheckBudget(double budget) const;
  // The first step that does not fit; steps_.size() where all do.
  size_t SplitStep(double room) const;
  double BoundWithin(double room) const;
  std::vector<int32_t> Greedy(double room) const;  // points, by group

  std::vector<std::vector<Option>> groups_;
  std::vector<std::vector<Point>> points_;  // by group: ascending in cost and value
  std::vector<Step> steps_;                 // the most value per cost first
  double least_cost_ = 0;
  double least_value_ = 0;  // of the cheapest options
};

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_KNAPSACK_H_
