#include "calibrate/drivers/pi_ref/shares.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "calibrate/drivers/pi_ref/two_parties.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

using calibrate::Channel;

struct Split {
  Elements plain, share[2];
};

Split RandomShares(const Modulus& modulus, int64_t n, uint64_t seed) {
  std::mt19937_64 random(seed);
  Split split;
  for (int64_t i = 0; i < n; ++i) {
    split.plain.push_back(modulus.Reduce(random()));
    split.share[1].push_back(modulus.Reduce(random()));
    split.share[0].push_back(modulus.Subtract(split.plain.back(), split.share[1].back()));
  }
  return split;
}

// Runs party(p, channel) for p = 0, 1.
absl::Status Both(const std::function<absl::Status(int, Channel&)>& party) {
  return RunTwoParties([&](Channel& c) { return party(0, c); },
                       [&](Channel& c) { return party(1, c); });
}

class SharesTest : public testing::TestWithParam<int> {
 protected:
  // Positive: a ring of that width; negative: a field.
  Modulus modulus() const {
    return *(GetParam() > 0 ? Modulus::Ring(GetParam()) : Modulus::Field(-GetParam()));
  }
  static constexpr int64_t n = 10'000;
};

TEST_P(SharesTest, ProductsAreRightAndOpenTwoElements) {
  const Modulus m = modulus();
  const Split x = RandomShares(m, n, 1), y = RandomShares(m, n, 2);
  Elements z[2];
  int64_t sent = 0, received = 0, flights = 0;
  const absl::Status status = Both([&](int p, Channel& c) -> absl::Status {
    PICOST_ASSIGN_OR_RETURN(Dealer dealer, Dealer::Create(c, p, m));
    const Triples triples = dealer.MakeTriples(n);
    c.meter().Reset();
    ShareArithmetic arithmetic(c, p, m);
    PICOST_ASSIGN_OR_RETURN(z[p], arithmetic.Multiply(x.share[p], y.share[p], triples));
    if (p == 0) {
      sent = c.meter().bytes_sent();
      received = c.meter().bytes_received();
      flights = c.meter().flights();
    }
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  for (int64_t i = 0; i < n; ++i) {
    ASSERT_EQ(m.Add(z[0][i], z[1][i]), m.Multiply(x.plain[i], y.plain[i])) << i;
  }
  EXPECT_EQ(sent, 2 * 8 * n);
  EXPECT_EQ(received, 2 * 8 * n);
  EXPECT_EQ(flights, 1);
}

// Around the pieces of 2,048 elements that are opened together.
TEST(ShareArithmetic, ProductsAreRightWhateverTheNumberOfPieces) {
  const Modulus m = *Modulus::Ring(64);
  for (const int64_t count : {0, 1, 2047, 2048, 2049, 4096}) {
    const Split x = RandomShares(m, count, 7), y = RandomShares(m, count, 8);
    Elements z[2];
    const absl::Status status = Both([&](int p, Channel& c) -> absl::Status {
      PICOST_ASSIGN_OR_RETURN(Dealer dealer, Dealer::Create(c, p, m));
      ShareArithmetic arithmetic(c, p, m);
      PICOST_ASSIGN_OR_RETURN(
          z[p], arithmetic.Multiply(x.share[p], y.share[p], dealer.MakeTriples(count)));
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(static_cast<int64_t>(z[0].size()), count);
    for (int64_t i = 0; i < count; ++i) {
      ASSERT_EQ(m.Add(z[0][i], z[1][i]), m.Multiply(x.plain[i], y.plain[i])) << i;
    }
  }
}

TEST_P(SharesTest, PowersAreRightInBothFormsAndOpenWhatTheySay) {
  const Modulus m = modulus();
  const Split x = RandomShares(m, n, 3);
  for (const int degree : {2, 3, 4}) {
    std::vector<Elements> one[2], espn[2];
    int64_t one_bytes = 0, espn_bytes = 0;
    const absl::Status status = Both([&](int p, Channel& c) -> absl::Status {
      PICOST_ASSIGN_OR_RETURN(Dealer dealer, Dealer::Create(c, p, m));
      const Powers powers = dealer.MakePowers(n, degree);
      const Triples triples = dealer.MakeTriples(n * EspnProducts(degree));
      ShareArithmetic arithmetic(c, p, m);
      c.meter().Reset();
      PICOST_ASSIGN_OR_RETURN(one[p], arithmetic.PowersOf(x.share[p], powers, degree));
      if (p == 1) one_bytes = c.meter().bytes_sent();
      c.meter().Reset();
      PICOST_ASSIGN_OR_RETURN(espn[p], arithmetic.EspnPowers(x.share[p], triples, degree));
      if (p == 1) espn_bytes = c.meter().bytes_sent();
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    for (int64_t i = 0; i < n; ++i) {
      uint64_t power = x.plain[i];
      for (int k = 2; k <= degree; ++k) {
        power = m.Multiply(power, x.plain[i]);
        ASSERT_EQ(m.Add(one[0][k - 2][i], one[1][k - 2][i]), power) << k << " " << i;
        ASSERT_EQ(m.Add(espn[0][k - 2][i], espn[1][k - 2][i]), power) << k << " " << i;
      }
    }
    EXPECT_EQ(one_bytes, 8 * n);
    EXPECT_EQ(espn_bytes, 2 * 8 * n * ((degree + 1) * (degree + 2) / 2 - 3));
  }
}

TEST_P(SharesTest, SquaresAreRight) {
  const Modulus m = modulus();
  const Split x = RandomShares(m, n, 4);
  Elements z[2];
  const absl::Status status = Both([&](int p, Channel& c) -> absl::Status {
    PICOST_ASSIGN_OR_RETURN(Dealer dealer, Dealer::Create(c, p, m));
    const Powers powers = dealer.MakePowers(n, 2);
    PICOST_ASSIGN_OR_RETURN(z[p], ShareArithmetic(c, p, m).Square(x.share[p], powers));
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  for (int64_t i = 0; i < n; ++i) {
    ASSERT_EQ(m.Add(z[0][i], z[1][i]), m.Multiply(x.plain[i], x.plain[i])) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Moduli, SharesTest, testing::Values(32, 37, 64, -41, -60),
                         [](const auto& info) {
                           return (info.param > 0 ? "Ring" : "Field") +
                                  std::to_string(std::abs(info.param));
                         });

}  // namespace
}  // namespace picost::pi_ref
