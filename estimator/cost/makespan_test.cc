#include "estimator/cost/makespan.h"

#include <gtest/gtest.h>

#include <vector>

namespace picost::cost {
namespace {

TEST(MakespanTest, OneLaneTakesTheSum) {
  EXPECT_DOUBLE_EQ(Makespan({3, 1, 2}, 1), 6);
  EXPECT_EQ(Makespan({}, 1), 0);
}

TEST(MakespanTest, LanesBeyondTheJobsChangeNothing) {
  EXPECT_EQ(Makespan({3, 1, 2}, 3), 3);
  EXPECT_EQ(Makespan({3, 1, 2}, 1'000'000'000'000), 3);
}

TEST(MakespanTest, TheLongestJobIsAFloor) { EXPECT_EQ(Makespan({1, 1, 1, 10, 1}, 2), 10); }

TEST(MakespanTest, LongJobsGoFirst) {
  // Graham's worst case for two lanes: 7 where 6 is the best.
  EXPECT_EQ(Makespan({2, 2, 2, 3, 3}, 2), 7);
  EXPECT_EQ(Makespan({3, 2, 3, 2, 2}, 2), 7);
}

TEST(MakespanTest, MoreLanesAreNeverSlower) {
  const std::vector<double> jobs = {5, 3, 8, 1, 1, 4, 2.5, 6, 7, 0.5};
  for (int64_t lanes = 1; lanes < 12; ++lanes) {
    EXPECT_GE(Makespan(jobs, lanes), Makespan(jobs, lanes + 1)) << lanes;
  }
}

}  // namespace
}  // namespace picost::cost
