#include "estimator/base/fingerprint.h"

#include <gtest/gtest.h>

namespace picost {
namespace {

TEST(FingerprintTest, FieldBoundariesCount) {
  EXPECT_NE(Fingerprinter("t").Add("ab").Add("c").Hex(),
            Fingerprinter("t").Add("a").Add("bc").Hex());
  EXPECT_NE(Fingerprinter("t").Add("x").Hex(), Fingerprinter("u").Add("x").Hex());
  EXPECT_NE(Fingerprinter("t").Add(int64_t{0}).Hex(), Fingerprinter("t").Add(0.0).Hex());
}

TEST(FingerprintTest, IsStable) {
  // Pinned: names of stored models and tables depend on it. SHA-256 over
  // 's' <8-byte length> "t", 's' <8-byte length> "x", 'i' <8-byte value>.
  EXPECT_EQ(Fingerprinter("t").Add("x").Add(int64_t{7}).Hex(),
            "0417f1082c2af967ca66a84384e6835bb2f4aa9ae1ec5a7a4a83c1a5a5f05287");
}

}  // namespace
}  // namespace picost
