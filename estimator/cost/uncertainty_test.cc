#include "estimator/cost/uncertainty.h"

#include <gtest/gtest.h>

namespace picost::cost {
namespace {

TEST(UncertaintyTest, BothEndsMissByTheSameRatio) {
  const Interval interval = MakeInterval(10, {2.5, 2.5}, 0.9);
  EXPECT_DOUBLE_EQ(interval.p50, 10);
  EXPECT_DOUBLE_EQ(interval.high, 12.5);
  EXPECT_DOUBLE_EQ(interval.low, 8);
  EXPECT_DOUBLE_EQ(interval.standard_deviation, 2.5 / kNormalQuantile);
  EXPECT_GT(interval.mean, interval.p50);
  EXPECT_LT(interval.mean, interval.high);
  EXPECT_EQ(interval.level, 0.9);
}

TEST(UncertaintyTest, EndsFollowFromTheirOwnHalves) {
  const Interval interval = MakeInterval(10, {.above = 5, .below = 2.5}, 0.9);
  EXPECT_DOUBLE_EQ(interval.high, 15);
  EXPECT_DOUBLE_EQ(interval.low, 8);
  EXPECT_DOUBLE_EQ(interval.standard_deviation, 3.75 / kNormalQuantile);
  EXPECT_DOUBLE_EQ(HalfWidthsOf(interval).above, 5);
  EXPECT_DOUBLE_EQ(HalfWidthsOf(interval).below, 2.5);
}

TEST(UncertaintyTest, IndependentPartsAddUpAsSquares) {
  HalfWidthSum sum;
  sum.Add({.above = 3, .below = 0});
  sum.Add({.above = 4, .below = 2});
  EXPECT_EQ(sum.Root(), (HalfWidths{.above = 5, .below = 2}));
}

TEST(UncertaintyTest, NothingHasNoError) {
  const Interval interval = MakeInterval(0, {}, 0.9);
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 0);
}

TEST(UncertaintyTest, AConstantMovesThePointAndTheEnds) {
  const Interval interval = Shifted(MakeInterval(10, {2.5, 2.5}, 0.9), 5);
  EXPECT_DOUBLE_EQ(interval.p50, 15);
  EXPECT_DOUBLE_EQ(interval.low, 13);
  EXPECT_DOUBLE_EQ(interval.high, 17.5);
  EXPECT_DOUBLE_EQ(interval.standard_deviation, 2.5 / kNormalQuantile);
}

}  // namespace
}  // namespace picost::cost
