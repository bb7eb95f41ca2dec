#include "estimator/cost/uncertainty.h"

#include <gtest/gtest.h>

#include <cmath>

namespace picost::cost {
namespace {

TEST(UncertaintyTest, FollowsTheLogNormalToSecondOrder) {
  for (const double relative : {0.01, 0.05, 0.2}) {
    const Interval interval = MakeInterval(10, 100 * relative * relative, 0.9);
    const double exponent = 1.6448536269514722 * relative;
    EXPECT_NEAR(interval.high, 10 * std::exp(exponent), 10 * exponent * exponent * exponent);
    EXPECT_NEAR(interval.low, 10 / std::exp(exponent), 10 * exponent * exponent * exponent);
    EXPECT_NEAR(interval.mean, 10 * std::exp(relative * relative / 2),
                relative * relative * relative);
    EXPECT_LE(interval.low, interval.p50);
    EXPECT_LE(interval.p50, interval.high);
    EXPECT_EQ(interval.level, 0.9);
  }
}

TEST(UncertaintyTest, NothingHasNoError) {
  const Interval interval = MakeInterval(0, 0, 0.9);
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 0);
}

}  // namespace
}  // namespace picost::cost
