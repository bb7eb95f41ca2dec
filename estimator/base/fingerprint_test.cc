#include "estimator/base/fingerprint.h"

#include <gtest/gtest.h>

namespace picost {
namespace {

TEST(FingerprintTest, FieldBoundariesCount) {
  EXPECT_NE(Fingerprinter("t").Add("ab").Add("c").Hex(), Fingerprinter("t").Add("a").Add("bc").Hex());
  EXPECT_NE(Fingerprinter("t").Add("x").Hex(), Fingerprinter("u").Add("x").Hex());
  EXPECT_NE(Fingerprinter("t").Add(int64_t{0}).Hex(), Fingerprinter("t").Add(0.0).Hex());
}

TEST(FingerprintTest, IsStable) {
  // Pinned: names of stored models and tables depend on it.
  EXPECT_EQ(Fingerprinter("t").Add("x").Add(int64_t{7}).Hex().size(), 64u);
  EXPECT_EQ(Fingerprinter("t").Add("x").Hex(), Fingerprinter("t").Add("x").Hex());
}

}  // namespace
}  // namespace picost
