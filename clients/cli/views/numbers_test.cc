#include "clients/cli/views/numbers.h"

#include <cstdint>
#include <cstdlib>
#include <limits>

#include "gtest/gtest.h"

namespace picost::cli {
namespace {

TEST(NumbersTest, SeparatorsStandAtThousands) {
  EXPECT_EQ(WithSeparators(0), "0");
  EXPECT_EQ(WithSeparators(999), "999");
  EXPECT_EQ(WithSeparators(1000), "1,000");
  EXPECT_EQ(WithSeparators(557056), "557,056");
  EXPECT_EQ(WithSeparators(-1234567), "-1,234,567");
  EXPECT_EQ(WithSeparators(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(NumbersTest, SecondsHaveThreeDigitsAndAUnit) {
  EXPECT_EQ(HumanSeconds(0), "0 s");
  EXPECT_EQ(HumanSeconds(1.5e-9), "0.00 us");
  EXPECT_EQ(HumanSeconds(12.34e-6), "12.3 us");
  EXPECT_EQ(HumanSeconds(0.0999), "99.9 ms");
  EXPECT_EQ(HumanSeconds(0.9999), "1.00 s");
  EXPECT_EQ(HumanSeconds(36.84), "36.8 s");
  EXPECT_EQ(HumanSeconds(999.4), "999 s");
  EXPECT_EQ(HumanSeconds(1500), "25 min");
  EXPECT_EQ(HumanSeconds(2 * 3600 + 300), "2 h 5 min");
}

TEST(NumbersTest, BytesAndRatesUsePowersOfAThousand) {
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(1000), "1.00 kB");
  EXPECT_EQ(HumanBytes(999'600), "1.00 MB");
  EXPECT_EQ(HumanBytes(10'200'000'000), "10.2 GB");
  EXPECT_EQ(HumanRate(40.6e6), "40.6 MB/s");
}

TEST(NumbersTest, ExactNumbersReadBackTheSame) {
  for (const double number : {0.1, 1.0 / 3, 1e-300, 12345678.9, 5e-324}) {
    EXPECT_EQ(std::strtod(ExactNumber(number).c_str(), nullptr), number);
  }
  EXPECT_EQ(ExactNumber(0.5), "0.5");
}

}  // namespace
}  // namespace picost::cli
