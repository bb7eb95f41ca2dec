#include "estimator/base/checked_math.h"

#include <gtest/gtest.h>

#include <limits>

namespace picost {
namespace {

TEST(CheckedMathTest, OverflowGivesNothing) {
  EXPECT_EQ(CheckedMultiply(6, 7), 42);
  EXPECT_FALSE(CheckedMultiply(int64_t{1} << 40, int64_t{1} << 40).has_value());
  EXPECT_FALSE(CheckedAdd(std::numeric_limits<int64_t>::max(), 1).has_value());
}

TEST(CheckedMathTest, RoundsUp) {
  EXPECT_EQ(CeilDiv(7, 2), 4);
  EXPECT_EQ(CeilDiv(8, 2), 4);
  EXPECT_EQ(CeilDiv(0, 2), 0);
  EXPECT_EQ(RoundUp(9, 8), 16);
}

TEST(CheckedMathTest, PowersOfTwo) {
  EXPECT_EQ(CeilLog2(1), 0);
  EXPECT_EQ(CeilLog2(9), 4);
  EXPECT_EQ(NextPowerOfTwo(1), 1);
  EXPECT_EQ(NextPowerOfTwo(1024), 1024);
  EXPECT_EQ(NextPowerOfTwo(1025), 2048);
}

TEST(CheckedMathTest, NafWeightCountsSignedDigits) {
  EXPECT_EQ(NafWeight(0), 0);
  EXPECT_EQ(NafWeight(1), 1);
  EXPECT_EQ(NafWeight(3), 2);   // 4 - 1
  EXPECT_EQ(NafWeight(7), 2);   // 8 - 1
  EXPECT_EQ(NafWeight(11), 3);  // 8 + 4 - 1
  EXPECT_EQ(NafWeight(-7), 2);
}

}  // namespace
}  // namespace picost
