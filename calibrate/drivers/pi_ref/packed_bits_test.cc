#include "calibrate/drivers/pi_ref/packed_bits.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace picost::pi_ref {
namespace {

TEST(PackedBits, ValuesOfEveryWidthComeBackBitByBit) {
  std::mt19937_64 random(5);
  for (int width = 1; width <= 64; ++width) {
    constexpr int kValues = 33;
    std::vector<uint64_t> values;
    // Not a byte more than the bits need: what writes beyond is caught by the sanitizer.
    std::vector<uint8_t> bytes(static_cast<size_t>(PackedSize(int64_t{kValues} * width)));
    for (int i = 0; i < kValues; ++i) {
      values.push_back(random());  // with bits above the width, which are not taken
      XorBits(bytes.data(), int64_t{i} * width, values.back(), width);
    }
    for (int i = 0; i < kValues; ++i) {
      for (int j = 0; j < width; ++j) {
        ASSERT_EQ(GetBit(bytes.data(), int64_t{i} * width + j), (values[i] >> j) & 1)
            << "width " << width << " value " << i << " bit " << j;
      }
    }
    // Twice is nothing.
    for (int i = 0; i < kValues; ++i) XorBits(bytes.data(), int64_t{i} * width, values[i], width);
    EXPECT_EQ(bytes, std::vector<uint8_t>(bytes.size()));
  }
}

}  // namespace
}  // namespace picost::pi_ref
