#include "estimator/cost/rescale.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/cost/calibration_table.h"
#include "estimator/cost/synthetic_table.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {
namespace {

std::shared_ptr<const CostModel> Model() {
  std::vector<Sample> samples;
  for (const int64_t count : {8, 512, 4096, 16384, 65536}) {
    samples.push_back(SyntheticSample("cheetah.trunc", {{"ring_bits", 37}, {"truncated_bits", 12}},
                                      count, primitives::Executor::kClient, {1e-3, 1e-6}));
  }
  return SyntheticModel("base", samples);
}

TEST(RescaleTest, TheFactorIsFoundWhereWorkAndTransferOverlap) {
  // 3 s of the table's work, 2 s of others', and a transfer that half of it hides.
  const auto predict = [](double factor) -> absl::StatusOr<double> {
    const double work = 3 * factor;
    return 2 + std::max(work, 4.0) + 0.5 * std::min(work, 4.0);
  };
  for (const double truth : {0.5, 1.0, 1.3, 2.0, 9.0}) {
    const auto found = SolvePhaseFactor(predict, *predict(truth));
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_NEAR(found->factor / truth, 1, 1e-9);
  }
}

TEST(RescaleTest, APhaseThatTheTableHardlyPricesSaysNothing) {
  const auto predict = [](double factor) -> absl::StatusOr<double> { return 100 + factor; };
  EXPECT_EQ(SolvePhaseFactor(predict, 101).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(RescaleTest, AMeasurementBelowWhatTheOthersTakeSaysNothing) {
  const auto predict = [](double factor) -> absl::StatusOr<double> { return 5 + 5 * factor; };
  EXPECT_EQ(SolvePhaseFactor(predict, 4).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(SolvePhaseFactor(predict, 1000).status().code(), absl::StatusCode::kFailedPrecondition);
  const auto fails = [](double) -> absl::StatusOr<double> { return absl::NotFoundError("gone"); };
  EXPECT_EQ(SolvePhaseFactor(fails, 4).status().code(), absl::StatusCode::kNotFound);
}

TEST(RescaleTest, FactorsThatScatterWidenTheError) {
  const Rescaling agree = SummarizeFactors({{1.5, 0.9}, {1.5, 0.8}, {1.52, 0.9}});
  const Rescaling differ = SummarizeFactors({{1.2, 0.9}, {1.5, 0.8}, {1.9, 0.9}});
  EXPECT_EQ(agree.factor, 1.5);
  EXPECT_LT(agree.relative_stddev, 0.05);
  EXPECT_GT(differ.relative_stddev, 0.2);
  // One says nothing of its error; less, where the table prices less of it.
  EXPECT_GT(SummarizeFactors({{1.5, 0.3}}).relative_stddev,
            SummarizeFactors({{1.5, 0.9}}).relative_stddev);
}

TEST(RescaleTest, ARescaledTableIsANewOneThatKnowsItsOrigin) {
  const auto base = Model();
  const Rescaling rescaling{
      .factor = 2, .relative_stddev = 0.3, .measurements = {"m"}, .machine = "here"};
  const auto model = RescaleModel(*base, "new", rescaling);
  EXPECT_EQ(model->table().name, "new");
  EXPECT_EQ(model->table().scaled_from, base->table().id);
  EXPECT_NE(model->table().id, base->table().id);
  EXPECT_EQ(model->table().environment.machine, "here");
  EXPECT_EQ(RescaleModel(*base, "other name", rescaling)->table().id, model->table().id);
  EXPECT_NE(RescaleModel(*base, "new", {.factor = 3})->table().id, model->table().id);
  const FitGroup& before = base->groups()[0];
  const FitGroup& after = model->groups()[0];
  for (size_t i = 0; i < before.coefficients.size(); ++i) {
    EXPECT_EQ(after.coefficients[i], 2 * before.coefficients[i]);
  }
  EXPECT_GE(after.session_relative_stddev, 0.3);
}

}  // namespace
}  // namespace picost::cost
