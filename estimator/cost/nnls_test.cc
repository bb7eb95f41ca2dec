#include "estimator/cost/nnls.h"

#include <gtest/gtest.h>

#include <vector>

namespace picost::cost {
namespace {

TEST(NnlsTest, RecoversPositiveCoefficientsExactly) {
  const std::vector<std::vector<double>> a = {{1, 1}, {1, 2}, {1, 5}, {1, 9}};
  const NnlsSolution s = SolveNnls(a, {5, 8, 17, 29});  // 2 + 3 n
  EXPECT_NEAR(s.x[0], 2, 1e-12);
  EXPECT_NEAR(s.x[1], 3, 1e-12);
  EXPECT_EQ(s.positive_count, 2);
  EXPECT_NEAR(s.residual_sum_of_squares, 0, 1e-20);
}

TEST(NnlsTest, HoldsAtZeroWhatWouldBeNegative) {
  const std::vector<std::vector<double>> a = {{1, 1}, {1, 2}, {1, 5}, {1, 9}};
  const NnlsSolution s = SolveNnls(a, {1, 3, 9, 17});  // -1 + 2 n
  EXPECT_EQ(s.x[0], 0);
  EXPECT_NEAR(s.x[1], 205.0 / 111.0, 1e-12);  // sum(n y) / sum(n n)
  EXPECT_EQ(s.positive_count, 1);
  EXPECT_EQ(s.inverse_gram[0][0], 0);
  EXPECT_NEAR(s.inverse_gram[1][1], 1.0 / 111.0, 1e-14);
}

TEST(NnlsTest, SolvesColumnsOfVeryDifferentSize) {
  const std::vector<std::vector<double>> a = {{1, 1e6, 3}, {1, 2e6, 1}, {1, 5e6, 4}, {1, 3e6, 9}};
  std::vector<double> b;
  for (const auto& row : a) b.push_back(0.5 * row[0] + 2e-6 * row[1] + 0.25 * row[2]);
  const NnlsSolution s = SolveNnls(a, b);
  EXPECT_NEAR(s.x[0], 0.5, 1e-9);
  EXPECT_NEAR(s.x[1], 2e-6, 1e-14);
  EXPECT_NEAR(s.x[2], 0.25, 1e-9);
}

TEST(NnlsTest, ColumnsThatNobodyUsesGetZero) {
  const NnlsSolution s = SolveNnls({{1, 0}, {2, 0}}, {3, 6});
  EXPECT_NEAR(s.x[0], 3, 1e-12);
  EXPECT_EQ(s.x[1], 0);
}

TEST(NnlsTest, IsOptimalByTheKuhnTuckerConditions) {
  // A dense example with correlated columns and a solution on the boundary.
  std::vector<std::vector<double>> a;
  std::vector<double> b;
  for (int i = 1; i <= 12; ++i) {
    const double t = i;
    a.push_back({1, t, t * t / 10, (i % 3) * 1.0, 12.5 - t});
    b.push_back(4 + 0.7 * t - 0.02 * t * t + (i % 2) * 0.3);
  }
  const NnlsSolution s = SolveNnls(a, b);
  for (size_t j = 0; j < 5; ++j) {
    double gradient = 0;  // of half the squared residual, by x_j
    for (size_t i = 0; i < a.size(); ++i) {
      double predicted = 0;
      for (size_t k = 0; k < 5; ++k) predicted += a[i][k] * s.x[k];
      gradient += a[i][j] * (predicted - b[i]);
    }
    EXPECT_GE(s.x[j], 0);
    if (s.x[j] > 0) {
      EXPECT_NEAR(gradient, 0, 1e-7) << j;
    } else {
      EXPECT_GE(gradient, -1e-7) << j;
    }
  }
}

}  // namespace
}  // namespace picost::cost
