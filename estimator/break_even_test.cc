#include "estimator/break_even.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

namespace picost {
namespace {

Curve Line(double offset, double slope) {
  return [=](double at) { return offset + slope * at; };
}

TEST(BreakEvenTest, TheGridHasItsEndsAndRatios) {
  const std::vector<double> grid = DecadeGrid(1e-3, 1e3, 4);
  ASSERT_EQ(grid.size(), 25u);
  EXPECT_EQ(grid.front(), 1e-3);
  EXPECT_EQ(grid.back(), 1e3);
  EXPECT_NEAR(grid[4], 1e-2, 1e-12);
  EXPECT_EQ(DecadeGrid(1, 100, 2).size(), 5u);
  EXPECT_EQ(DecadeGrid(1, 100, 1).size(), 3u);
}

TEST(BreakEvenTest, LinesCrossOnceAndTheFirstIsLowerBelow) {
  const auto crossings = FindCrossings(DecadeGrid(0.01, 100, 4), Line(0, 2), Line(3, 1));
  ASSERT_EQ(crossings.size(), 1u);
  EXPECT_NEAR(crossings[0].value, 3, 3e-5);
  EXPECT_TRUE(crossings[0].first_is_lower_below);
  const auto turned = FindCrossings(DecadeGrid(0.01, 100, 4), Line(3, 1), Line(0, 2));
  ASSERT_EQ(turned.size(), 1u);
  EXPECT_FALSE(turned[0].first_is_lower_below);
}

TEST(BreakEvenTest, CurvesThatCrossTwiceHaveTwoPoints) {
  const Curve bent = [](double at) { return (at - 1) * (at - 10) + 5; };
  const auto crossings = FindCrossings(DecadeGrid(0.01, 100, 4), bent, Line(5, 0));
  ASSERT_EQ(crossings.size(), 2u);
  EXPECT_NEAR(crossings[0].value, 1, 1e-5);
  EXPECT_NEAR(crossings[1].value, 10, 1e-4);
  EXPECT_FALSE(crossings[0].first_is_lower_below);
  EXPECT_TRUE(crossings[1].first_is_lower_below);
}

TEST(BreakEvenTest, EqualCurvesAndTouchingOnesDoNotCross) {
  EXPECT_TRUE(FindCrossings(DecadeGrid(0.1, 10, 4), Line(1, 1), Line(1, 1)).empty());
  const Curve touching = [](double at) { return (at - 1) * (at - 1); };
  EXPECT_TRUE(FindCrossings(DecadeGrid(0.1, 10, 4), touching, Line(0, 0)).empty());
}

TEST(BreakEvenTest, AStepIsFoundAtItsEdge) {
  const Curve stairs = [](double at) { return std::floor(at); };
  const auto crossings = FindCrossings({1, 2, 4, 8, 16}, stairs, Line(5.5, 0));
  ASSERT_EQ(crossings.size(), 1u);
  EXPECT_EQ(std::floor(crossings[0].value), 6);
  EXPECT_NEAR(crossings[0].value, 6, 1e-5);
}

TEST(BreakEvenTest, WhereACurveIsNotKnownNothingIsClaimed) {
  const Curve half = [](double at) -> std::optional<double> {
    if (at < 5) return std::nullopt;
    return at;
  };
  EXPECT_TRUE(FindCrossings({1, 2, 4, 8}, half, Line(3, 0)).empty());
  EXPECT_EQ(FindCrossings({1, 2, 4, 8, 16}, half, Line(10, 0)).size(), 1u);
}

}  // namespace
}  // namespace picost
