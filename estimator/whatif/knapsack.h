// Multiple-choice knapsack: from each group exactly one option, the most value
// within a budget of cost. Costs need not be monotone, nor values concave.
#ifndef PICOST_ESTIMATOR_WHATIF_KNAPSACK_H_
#define PICOST_ESTIMATOR_WHATIF_KNAPSACK_H_

#include <cstdint>
#include <vector>

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

// At least one option in each group, all finite. kFailedPrecondition where even the
// cheapest options exceed the budget; the message says what they cost.
absl::StatusOr<Selection> SolveMultipleChoice(const std::vector<std::vector<Option>>& groups,
                                              double budget);

// No selection within the budget has more value: the optimum of the linear program
// over the upper convex hulls. Same preconditions.
absl::StatusOr<double> ValueBound(const std::vector<std::vector<Option>>& groups, double budget);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_KNAPSACK_H_
