#include "estimator/cost/cost_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "estimator/cost/synthetic_table.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::MakeCall;
using primitives::Parameters;
using primitives::Phase;
using primitives::PrimitiveCall;

const Parameters kTrunc = {{"ring_bits", 37}, {"truncated_bits", 12}};
constexpr double kPerCall = 3e-4;
constexpr double kPerElement = 2.5e-8;

std::vector<Sample> TruncSamples(double noise, Executor executor = Executor::kClient) {
  std::vector<Sample> samples;
  int i = 0;
  for (const int64_t count : {8, 512, 4096, 16384, 65536, 262144}) {
    for (int repeat = 0; repeat < 5; ++repeat, ++i) {
      // Noise that averages out: the same magnitudes with both signs.
      const double factor = 1 + noise * ((i * 7) % 5 - 2) / 2.0;
      samples.push_back(SyntheticSample("cheetah.trunc", kTrunc, count, executor,
                                        {kPerCall, kPerElement}, factor));
      samples.back().repeat = repeat;
    }
  }
  return samples;
}

PrimitiveCall Trunc(int64_t count, Executor executor = Executor::kJoint) {
  return *MakeCall("cheetah.trunc", kTrunc, count, Phase::kOnline, executor);
}

TEST(CostModelTest, RecoversTheCoefficientsOfASyntheticTable) {
  const auto model = SyntheticModel("exact", TruncSamples(0));
  const FitGroup* group = model->Find(Trunc(1000));
  ASSERT_NE(group, nullptr);
  EXPECT_NEAR(group->coefficients[0], kPerCall, 1e-9 * kPerCall);
  EXPECT_NEAR(group->coefficients[1], kPerElement, 1e-9 * kPerElement);
  EXPECT_EQ(group->shapes.size(), 6u);
  EXPECT_EQ(group->sample_count, 30);
  EXPECT_TRUE(group->residual_known);
}

TEST(CostModelTest, MediansHoldAgainstNoiseAndOutliers) {
  std::vector<Sample> samples = TruncSamples(0.05);
  samples[2].wall = Seconds(30.0);  // the machine slept
  const auto model = SyntheticModel("noisy", samples);
  const FitGroup* group = model->Find(Trunc(1000));
  ASSERT_NE(group, nullptr);
  EXPECT_NEAR(group->coefficients[0], kPerCall, 0.03 * kPerCall);
  EXPECT_NEAR(group->coefficients[1], kPerElement, 0.03 * kPerElement);
}

TEST(CostModelTest, OnlyComputeOnlyLinksEnterTheFit) {
  std::vector<Sample> samples = TruncSamples(0);
  for (Sample wan : TruncSamples(0)) {
    wan.network = "wan1";
    wan.wall = Seconds(wan.wall.value() + 0.1);
    samples.push_back(wan);
  }
  const auto model = SyntheticModel("links", samples);
  const FitGroup* group = model->Find(Trunc(1000));
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->sample_count, 30);
  EXPECT_NEAR(group->coefficients[0], kPerCall, 1e-9 * kPerCall);
}

TEST(CostModelTest, NestedWorkIsPricedByWhatIsLeft) {
  std::vector<Sample> samples = TruncSamples(0);
  const Parameters extension = {{"reversed", 0}};
  for (const double step : {1.2, 1.3, 1.6}) {
    Sample sample =
        SyntheticSample("cheetah.trunc", kTrunc, 65536, Executor::kClient, {kPerCall, kPerElement});
    sample.wall = Seconds(sample.wall.value() + step);
    sample.nested.push_back({"cheetah.ferret_extension", extension, 1});
    samples.push_back(sample);
  }
  const auto model = SyntheticModel("nested", samples);
  const FitGroup* group = model->Find(
      *MakeCall("cheetah.ferret_extension", extension, 1, Phase::kOnline, Executor::kJoint));
  ASSERT_NE(group, nullptr);
  EXPECT_NEAR(group->Point({1}), 1.3, 1e-6);
  EXPECT_FALSE(group->residual_known);  // one shape says nothing about another
  // The steps did not spoil the host's own fit.
  EXPECT_NEAR(model->Find(Trunc(8))->coefficients[0], kPerCall, 1e-9 * kPerCall);
}

TEST(CostModelTest, FurtherCallsOfTheSamePrimitiveAddUp) {
  // A network's phase: three calls in one figure, with two different sums.
  std::vector<Sample> samples;
  for (const int64_t count : {1024, 8192, 65536}) {
    Sample sample =
        SyntheticSample("cheetah.trunc", kTrunc, count, Executor::kClient, {kPerCall, kPerElement});
    for (const int64_t more : {512, 64}) {
      sample.nested.push_back({"cheetah.trunc", kTrunc, more});
      sample.wall = Seconds(sample.wall.value() + kPerCall + kPerElement * more);
    }
    samples.push_back(sample);
  }
  const auto model = SyntheticModel("sums", samples);
  const FitGroup* group = model->Find(Trunc(1024));
  ASSERT_NE(group, nullptr);
  EXPECT_NEAR(group->coefficients[0], kPerCall, 1e-9 * kPerCall);
  EXPECT_NEAR(group->coefficients[1], kPerElement, 1e-9 * kPerElement);
}

TEST(CostModelTest, WorkThatNoSampleHasIsNotCovered) {
  const Parameters products = {{"ring_degree", 8192},   {"data_primes", 4},
                               {"products", 100},       {"key_switches", 0},
                               {"encodings", 0},        {"output_ciphertexts", 0},
                               {"ciphertext_bytes", 0}, {"message_bytes", 0}};
  const auto model = SyntheticModel("holes", {SyntheticSample("he.linear_evaluation", products, 1,
                                                              Executor::kServer, {2e-3, 0, 0, 0})});
  const auto call = [](const Parameters& parameters) {
    return *MakeCall("he.linear_evaluation", parameters, 1, Phase::kOffline, Executor::kServer);
  };
  EXPECT_NE(model->Find(call(products)), nullptr);
  Parameters rotated = products;
  rotated.Set("key_switches", 1);
  EXPECT_EQ(model->Find(call(rotated)), nullptr);
  Parameters degree = products;
  degree.Set("ring_degree", 4096);
  EXPECT_EQ(model->Find(call(degree)), nullptr);
}

// Evaluations of four circuits at 22 ns a gate and 3 ns an input label: half a label for a
// gate in a ReLU over a field, one in a ReLU over a ring, more in a truncation.
std::shared_ptr<const CostModel> EvaluationModel(bool labels_stated) {
  std::vector<Sample> samples;
  for (const int64_t count : {256, 1024, 4096, 16384, 65536}) {
    for (const auto& [gates, labels] : {std::pair{242, 123}, {93, 96}, {347, 288}, {72, 111}}) {
      const Parameters stated = {{"and_gates", gates},
                                 {"returned_bits", 0},
                                 {"garbler_is_client", 0},
                                 {"input_labels", labels}};
      Sample sample =
          SyntheticSample("gc.evaluate", stated, count, Executor::kClient, {0, 22e-9, 3e-9});
      if (!labels_stated) {
        sample.parameters = {{"and_gates", gates}, {"returned_bits", 0}, {"garbler_is_client", 0}};
      }
      samples.push_back(sample);
    }
  }
  return SyntheticModel("evaluation", samples);
}

TEST(CostModelTest, AnItemThatRefinesOthersMayBeToldByNoSample) {
  const PrimitiveCall call = *MakeCall(
      "gc.evaluate",
      {{"and_gates", 120}, {"returned_bits", 0}, {"garbler_is_client", 0}, {"input_labels", 123}},
      4096, Phase::kOnline, Executor::kClient);
  const double seconds = 4096 * (120 * 22e-9 + 123 * 3e-9);
  const auto told = EvaluationModel(true);
  ASSERT_NE(told->Find(call), nullptr);
  EXPECT_NEAR(told->Find(call)->Point(call.usage), seconds, 1e-6 * seconds);
  // Labels are inside the gates: less exact, but covered, and inside what was measured.
  const auto untold = EvaluationModel(false);
  ASSERT_NE(untold->Find(call), nullptr);
  EXPECT_EQ(untold->Find(call)->coefficients[2], 0);
  EXPECT_NEAR(untold->Find(call)->Point(call.usage), seconds, 0.05 * seconds);
  EXPECT_FALSE(untold->Find(call)->Extrapolates(call.usage));
}

TEST(CostModelTest, ACallThatDoesNotTellARefiningItemNeedsATableThatDoesNot) {
  const PrimitiveCall call =
      *MakeCall("gc.evaluate", {{"and_gates", 120}, {"returned_bits", 0}, {"garbler_is_client", 0}},
                4096, Phase::kOnline, Executor::kClient);
  EXPECT_EQ(EvaluationModel(true)->Find(call), nullptr);
  EXPECT_NE(EvaluationModel(false)->Find(call), nullptr);
  // One table with both kinds of samples tells it apart for none.
  const auto told = EvaluationModel(true);
  const auto untold = EvaluationModel(false);
  std::vector<Sample> both = told->table().samples;
  for (const Sample& sample : untold->table().samples) both.push_back(sample);
  const auto mixed = SyntheticModel("mixed", both);
  ASSERT_NE(mixed->Find(call), nullptr);
  EXPECT_EQ(mixed->Find(call)->coefficients[2], 0);
}

TEST(CostModelTest, OutsideTheMeasuredRangeIsExtrapolated) {
  const auto model = SyntheticModel("hull", TruncSamples(0));
  const FitGroup* group = model->Find(Trunc(8));
  EXPECT_FALSE(group->Extrapolates(Trunc(8).usage));
  EXPECT_FALSE(group->Extrapolates(Trunc(262144).usage));
  EXPECT_TRUE(group->Extrapolates(Trunc(262152).usage));
}

TEST(CostModelTest, AFigureThatIsASumCoversTheCallsInside) {
  std::vector<Sample> samples = TruncSamples(0);
  const auto single = SyntheticModel("single", {samples.back()});
  EXPECT_TRUE(single->Find(Trunc(8))->Extrapolates(Trunc(8).usage));
  samples.back().sum = true;
  const auto sum = SyntheticModel("sum", {samples.back()});
  EXPECT_FALSE(sum->Find(Trunc(8))->Extrapolates(Trunc(8).usage));
  // Calls that are listed tell their own sizes.
  samples.back().sum = false;
  samples.back().nested = {{"cheetah.trunc", samples.back().parameters, 512}};
  const auto listed = SyntheticModel("listed", {samples.back()});
  EXPECT_TRUE(listed->Find(Trunc(8))->Extrapolates(Trunc(8).usage));
  EXPECT_FALSE(listed->Find(Trunc(512))->Extrapolates(Trunc(512).usage));
}

TEST(CostModelTest, WhatWasNotMeasuredHasNoGroup) {
  const auto model = SyntheticModel("absent", TruncSamples(0));
  const PrimitiveCall relu = *MakeCall("cheetah.relu", {{"ring_bits", 37}, {"ignored_bits", 12}}, 8,
                                       Phase::kOnline, Executor::kJoint);
  EXPECT_EQ(model->Find(relu), nullptr);
}

TEST(CostModelTest, ServerSamplesNeverPriceAJointCall) {
  const auto model = SyntheticModel("server", TruncSamples(0, Executor::kServer));
  EXPECT_EQ(model->Find(Trunc(8)), nullptr);
  EXPECT_NE(model->Find(Trunc(8, Executor::kClient)), nullptr);
}

TEST(CostModelTest, UnknownPrimitivesAreRefused) {
  std::vector<Sample> samples = TruncSamples(0);
  samples[3].primitive = "cheetah.teleport";
  const auto model = CostModel::Fit(SyntheticTable("unknown", samples));
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument);
}

// Fully correlated errors: the variance of k equal layers grows with k squared,
// but for the residuals.
TEST(CostModelTest, VarianceOfASumIsThatOfTheSummedUsage) {
  const auto model = SyntheticModel("variance", TruncSamples(0.05));
  const FitGroup* group = model->Find(Trunc(8));
  const std::vector<int64_t> one = Trunc(4096).usage;
  std::vector<int64_t> fifty;
  for (const int64_t item : one) fifty.push_back(50 * item);
  EXPECT_GT(group->Variance(one), 0);
  EXPECT_NEAR(group->Variance(fifty), 2500 * group->Variance(one), 1e-9 * group->Variance(fifty));
}

}  // namespace
}  // namespace picost::cost
