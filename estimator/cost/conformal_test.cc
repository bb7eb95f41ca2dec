#include "estimator/cost/conformal.h"

#include <gtest/gtest.h>

#include <vector>

#include "estimator/cost/synthetic_table.h"
#include "estimator/cost/uncertainty.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::Parameters;

const Parameters kTrunc = {{"ring_bits", 37}, {"truncated_bits", 12}};

TEST(ConformalTest, TakesTheRankThatCoversTheLevel) {
  std::vector<double> scores;
  for (int i = 19; i >= 1; --i) scores.push_back(i);
  EXPECT_EQ(ConformalQuantile(scores, 0.9), 18);   // ceil(20 x 0.9)
  EXPECT_EQ(ConformalQuantile(scores, 0.95), 19);  // ceil(20 x 0.95)
}

TEST(ConformalTest, TooFewScoresClaimNothing) {
  EXPECT_FALSE(ConformalQuantile(std::vector<double>(18, 1.0), 0.95).has_value());
  EXPECT_TRUE(ConformalQuantile(std::vector<double>(19, 1.0), 0.95).has_value());
  EXPECT_FALSE(ConformalQuantile(std::vector<double>(8, 1.0), 0.9).has_value());
  EXPECT_TRUE(ConformalQuantile(std::vector<double>(9, 1.0), 0.9).has_value());
  EXPECT_FALSE(ConformalQuantile({}, 0.9).has_value());
}

TEST(ConformalTest, EachEndLeavesOutHalfOfWhatBothMay) {
  std::vector<double> scores;
  for (int i = 1; i <= 100; ++i) scores.push_back(i <= 80 ? i : -i);  // -81 .. -100
  const auto tails = EqualTails(scores, 0.9);
  ASSERT_TRUE(tails.has_value());
  EXPECT_EQ(tails->above, 76);  // the 96th of 100, ceil(101 x 0.95): four are above it
  EXPECT_EQ(tails->below, 96);
}

TEST(ConformalTest, AnEndIsNeverBeyondThePoint) {
  std::vector<double> scores;
  for (int i = 1; i <= 40; ++i) scores.push_back(i);  // all took longer
  const auto tails = EqualTails(scores, 0.9);
  ASSERT_TRUE(tails.has_value());
  EXPECT_EQ(tails->below, 0);
}

TEST(ConformalTest, FewScoresGiveBothEndsOneQuantile) {
  std::vector<double> scores;
  for (int i = 1; i <= 19; ++i) scores.push_back(i % 2 == 0 ? i : -i);
  EXPECT_EQ(*EqualTails(scores, 0.9), (HalfWidths{18, 19}));  // enough for two
  scores.pop_back();
  const auto tails = EqualTails(scores, 0.9);
  ASSERT_TRUE(tails.has_value());
  EXPECT_EQ(*tails, (HalfWidths{18, 18}));  // ceil(19 x 0.9)
  EXPECT_FALSE(EqualTails({1, 2, 3}, 0.9).has_value());
}

// Ten shapes, one of them 40 % slower than the others say.
std::shared_ptr<const CalibrationTable> Table() {
  std::vector<Sample> samples;
  for (const int64_t count : {8, 64, 512, 1024, 4096, 8192, 16384, 32768, 65536, 131072}) {
    const double factor = count == 4096 ? 1.4 : 1 + (count % 3) * 0.004;
    for (int repeat = 0; repeat < 3; ++repeat) {
      samples.push_back(SyntheticSample("cheetah.trunc", kTrunc, count, Executor::kClient,
                                        {2e-4, 1e-7}, factor * (1 + 0.01 * (repeat - 1))));
    }
  }
  return SyntheticTable("conformal", samples);
}

TEST(ConformalTest, AShapeThatIsLeftOutDoesNotPredictItself) {
  const auto model = CostModel::Fit(Table());
  ASSERT_TRUE(model.ok());
  const FitGroup& group = (*model)->groups().front();
  const auto predicted = LeaveOneShapeOut(group);
  for (size_t i = 0; i < group.shapes.size(); ++i) {
    ASSERT_TRUE(predicted[i].has_value());
    const double error = RatioError(*predicted[i], group.shapes[i].median_seconds);
    if (group.shapes[i].count == 4096) {
      EXPECT_GT(error, 0.35);
    } else {
      EXPECT_LT(error, 0.15);
    }
  }
}

TEST(ConformalTest, LayersOfOtherRunsWidenTheIntervalAndAreNamed) {
  const auto alone = CostModel::Fit(Table());
  std::vector<Discrepancy> layers;
  for (int i = 0; i < 200; ++i) {
    layers.push_back({.run = "some_network",
                      .sample = SyntheticSample("cheetah.trunc", kTrunc, 2048, Executor::kClient,
                                                {2e-4, 1e-7}, 2.0)});
  }
  const auto widened = CostModel::Fit(Table(), layers);
  ASSERT_TRUE(alone.ok() && widened.ok());
  const FitGroup& a = (*alone)->groups().front();
  const FitGroup& b = (*widened)->groups().front();
  EXPECT_TRUE(a.interval_claimed);
  EXPECT_EQ(a.score_count, 30);
  EXPECT_TRUE(a.discrepancy_runs.empty());
  EXPECT_EQ(b.score_count, 200);  // layers alone: there are enough
  EXPECT_EQ(b.discrepancy_runs, std::vector<std::string>{"some_network"});
  EXPECT_GT(b.conformal.above, a.conformal.above);
  // Runs never touch the fit itself.
  EXPECT_EQ(a.coefficients, b.coefficients);
}

TEST(ConformalTest, RowsThatTheLinkDecidesHaveAQuantileOfTheirOwn) {
  const NetworkProfile wan = {.id = "wan",
                              .round_trip_seconds = 0.04,
                              .client_to_server_bytes_per_second = 40e12,
                              .server_to_client_bytes_per_second = 40e12};
  std::vector<Discrepancy> layers;
  for (int i = 0; i < 100; ++i) {
    Sample local = SyntheticSample("cheetah.trunc", kTrunc, 2048, Executor::kClient, {2e-4, 1e-7},
                                   1 + 0.005 * i);
    Sample remote = SyntheticSample("cheetah.trunc", kTrunc, 2048, Executor::kClient, {2e-4, 1e-7},
                                    1 + 0.0005 * i);
    remote.network = "wan";
    remote.wall += Seconds(0.08);  // four flights
    layers.push_back({.run = "some_network", .sample = local});
    layers.push_back({.run = "some_network", .sample = remote});
  }
  const auto model = CostModel::Fit(Table(), layers, {wan});
  ASSERT_TRUE(model.ok());
  const FitGroup& group = (*model)->groups().front();
  EXPECT_EQ(group.score_count, 100);  // of the processors
  EXPECT_GT(group.link_conformal.above, 0);
  EXPECT_LT(group.link_conformal.above, 0.7 * group.conformal.above);
  // Without the link's profile nobody knows how much of the time is the link's.
  const auto blind = CostModel::Fit(Table(), layers);
  ASSERT_TRUE(blind.ok());
  EXPECT_EQ((*blind)->groups().front().link_conformal, (*blind)->groups().front().conformal);
}

TEST(ConformalTest, OneShapeClaimsNoInterval) {
  const auto model = CostModel::Fit(SyntheticTable(
      "one", {SyntheticSample("cheetah.trunc", kTrunc, 8, Executor::kClient, {2e-4, 1e-7})}));
  ASSERT_TRUE(model.ok());
  EXPECT_FALSE((*model)->groups().front().interval_claimed);
  EXPECT_EQ((*model)->groups().front().conformal, (HalfWidths{kNormalQuantile, kNormalQuantile}));
}

}  // namespace
}  // namespace picost::cost
