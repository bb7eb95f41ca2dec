#include "estimator/protocols/simd_packing.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace picost::protocols {
namespace {

// The worked example of DELPHI's packing: 64 channels of 32 x 32, four to a half.
TEST(PackConvolution, CountsTheWorkedExample) {
  const SimdWork work = PackConvolution({32, 32, 64, 64, 9}, 8192);
  EXPECT_EQ(work.input_ciphertexts, 72);
  EXPECT_EQ(work.output_ciphertexts, 8);
  EXPECT_EQ(work.products, 4608);
  EXPECT_EQ(work.key_switches, 576);
}

TEST(PackConvolution, HoldsOneChannelPerHalfAtTheLimit) {
  const SimdWork work = PackConvolution({64, 64, 3, 5, 1}, 8192);
  EXPECT_EQ(SlotsOfChannel(64, 64), 4096);
  EXPECT_EQ(work.input_ciphertexts, 2);
  EXPECT_EQ(work.output_ciphertexts, 3);
}

// Products do not depend on who rotates: hp hr inp k^2 = k^2 Ci Co / Cn.
TEST(PackGazelle, TakesTheProductsOfDelphisPacking) {
  const SimdConvolution conv = {16, 16, 128, 128, 9};
  EXPECT_EQ(PackGazelle(conv, 8192).products, PackConvolution(conv, 8192).products);
  EXPECT_EQ(PackGazelle(conv, 8192).input_ciphertexts * 9,
            PackConvolution(conv, 8192).input_ciphertexts);
}

TEST(PackElements, FillsSlotsWithoutRotations) {
  const SimdWork work = PackElements(4097, 10, 4097 * 10, 4096);
  EXPECT_EQ(work.input_ciphertexts, 2);
  EXPECT_EQ(work.output_ciphertexts, 1);
  EXPECT_EQ(work.products, 11);
  EXPECT_EQ(work.key_switches, 0);
}

TEST(PackMatrix, SharesACiphertextAmongRowsAndFoldsTheRest) {
  const SimdWork work = PackMatrix(512, 10, 8192);  // 16 rows fit one ciphertext
  EXPECT_EQ(work.products, 1);
  EXPECT_EQ(work.key_switches, 9);  // log2(512)
  const SimdWork wide = PackMatrix(4096, 4096, 8192);
  EXPECT_EQ(wide.products, 2048);
  // Rotations by 1 to 2,047 in steps of powers of two, then one fold.
  EXPECT_EQ(wide.key_switches, 8419 + 1);
}

}  // namespace
}  // namespace picost::protocols
