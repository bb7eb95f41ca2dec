#include "estimator/whatif/knapsack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace picost::whatif {
namespace {

using Groups = std::vector<std::vector<Option>>;

// The best value by trying everything; less than nothing where nothing fits.
double BruteForce(const Groups& groups, double budget, size_t group = 0, double cost = 0,
                  double value = 0) {
  if (group == groups.size()) return cost <= budget ? value : -1e300;
  double best = -1e300;
  for (const Option& option : groups[group]) {
    best = std::max(
        best, BruteForce(groups, budget, group + 1, cost + option.cost, value + option.value));
  }
  return best;
}

absl::StatusOr<Selection> Solve(const Groups& groups, double budget) {
  const auto problem = MultipleChoice::Create(groups);
  if (!problem.ok()) return problem.status();
  return problem->Solve(budget);
}

// Costs that jump up and down, as packing makes them.
Groups RandomGroups(std::mt19937& random, int count, int options) {
  std::uniform_real_distribution<double> unit(0, 1);
  Groups groups(count);
  for (auto& group : groups) {
    const double slope = 0.2 + unit(random);
    for (int i = 0; i < options; ++i) {
      group.push_back(
          {.cost = slope * i + unit(random) - 0.3, .value = std::min(i, 6) + unit(random)});
    }
    std::shuffle(group.begin(), group.end(), random);
  }
  return groups;
}

TEST(KnapsackTest, SmallCasesEqualBruteForce) {
  std::mt19937 random(11);
  int feasible = 0;
  for (int i = 0; i < 60; ++i) {
    const Groups groups = RandomGroups(random, 5, 6);
    const double budget = std::uniform_real_distribution<double>(0, 12)(random);
    const double best = BruteForce(groups, budget);
    const auto selection = Solve(groups, budget);
    if (best < -1e200) {
      EXPECT_EQ(selection.status().code(), absl::StatusCode::kFailedPrecondition);
      continue;
    }
    ++feasible;
    ASSERT_TRUE(selection.ok()) << selection.status();
    EXPECT_LE(selection->cost, budget + 1e-12);
    EXPECT_GE(selection->value, best - 0.001 * std::abs(best));
    EXPECT_LE(selection->value, best + 1e-9);
    const auto bound = MultipleChoice::Create(groups)->Bound(budget);
    ASSERT_TRUE(bound.ok());
    EXPECT_GE(*bound, best - 1e-9);
  }
  EXPECT_GE(feasible, 30);
}

TEST(KnapsackTest, LargeCasesAreWithinHalfAPercentOfTheBound) {
  std::mt19937 random(12);
  for (const double share : {0.1, 0.3, 0.6, 0.9}) {
    const Groups groups = RandomGroups(random, 50, 64);
    double least = 0, most = 0;
    for (const auto& group : groups) {
      const auto [low, high] = std::minmax_element(
          group.begin(), group.end(), [](auto& a, auto& b) { return a.cost < b.cost; });
      least += low->cost;
      most += high->cost;
    }
    const double budget = least + share * share * (most - least);
    const auto selection = Solve(groups, budget);
    const auto bound = MultipleChoice::Create(groups)->Bound(budget);
    ASSERT_TRUE(selection.ok() && bound.ok());
    EXPECT_LE(selection->cost, budget);
    EXPECT_GE(selection->value, 0.995 * *bound) << share;
  }
}

TEST(KnapsackTest, ExactFitsAreTaken) {
  const auto selection = Solve({{{0, 0}, {3, 5}}, {{0, 0}, {2, 3}}}, 5);
  ASSERT_TRUE(selection.ok());
  EXPECT_EQ(selection->chosen, (std::vector<int32_t>{1, 1}));
}

TEST(KnapsackTest, DearerChoicesOfLessValueAreNeverTaken) {
  const auto selection = Solve({{{4, 1}, {2, 2}}}, 10);
  ASSERT_TRUE(selection.ok());
  EXPECT_EQ(selection->chosen, std::vector<int32_t>{1});
}

TEST(KnapsackTest, NoRoomAtAllStillTakesTheCheapest) {
  const auto selection = Solve({{{1, 1}, {2, 2}}, {{-1, 0}}}, 0);
  ASSERT_TRUE(selection.ok()) << selection.status();
  EXPECT_EQ(selection->cost, 0);
}

TEST(KnapsackTest, BadInputIsRefused) {
  EXPECT_EQ(Solve({{}}, 1).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Solve({{{0.0 / 0.0, 1}}}, 1).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace picost::whatif
