#include "estimator/cost/scale.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/cost/synthetic_table.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::MakeCall;
using primitives::Parameters;
using primitives::Phase;

const Parameters kTrunc = {{"ring_bits", 37}, {"truncated_bits", 12}};
const std::vector<double> kCost = {1e-3, 1e-6};

Sample Trunc(int64_t count, double factor) {
  return SyntheticSample("cheetah.trunc", kTrunc, count, Executor::kClient, kCost, factor);
}

std::shared_ptr<const CostModel> Model() {
  std::vector<Sample> samples;
  for (const int64_t count : {8, 512, 4096, 16384, 65536}) samples.push_back(Trunc(count, 1));
  return SyntheticModel("base", samples);
}

std::vector<int64_t> Usage() {
  return MakeCall("cheetah.trunc", kTrunc, 4096, Phase::kOnline, Executor::kClient)->usage;
}

TEST(ScaleTest, AMachineOfHalfTheSpeedTakesTwice) {
  const auto base = Model();
  const auto slow = ScaleModel(*base, {Trunc(64, 2), Trunc(1024, 2), Trunc(32768, 2)}, "old");
  ASSERT_TRUE(slow.ok()) << slow.status();
  EXPECT_NEAR((*slow)->groups()[0].Point(Usage()), 2 * base->groups()[0].Point(Usage()), 1e-9);
  EXPECT_NE((*slow)->table().id, base->table().id);
  EXPECT_EQ((*slow)->table().environment.machine, "old");
}

TEST(ScaleTest, ProbesThatDisagreeWidenTheInterval) {
  const auto base = Model();
  const auto agree = ScaleModel(*base, {Trunc(64, 2), Trunc(1024, 2), Trunc(4096, 2)}, "m");
  const auto differ = ScaleModel(*base, {Trunc(64, 1.6), Trunc(1024, 2), Trunc(4096, 2.6)}, "m");
  const auto one = ScaleModel(*base, {Trunc(1024, 2)}, "m");
  ASSERT_TRUE(agree.ok() && differ.ok() && one.ok());
  const double base_session = base->groups()[0].session_relative_stddev;
  EXPECT_GT((*agree)->groups()[0].session_relative_stddev, base_session);
  EXPECT_GT((*differ)->groups()[0].session_relative_stddev, 0.2);
  // One probe cannot tell its own error: one is assumed.
  EXPECT_GT((*one)->groups()[0].session_relative_stddev,
            (*agree)->groups()[0].session_relative_stddev);
}

// A table of the same machine as Model(), of another family.
std::shared_ptr<const CostModel> Reference() {
  std::vector<Sample> samples;
  for (const int64_t count : {1'000'000, 4'000'000, 16'000'000}) {
    samples.push_back(SyntheticSample("plaintext.field_macs", {{"field_bits", 41}}, count,
                                      Executor::kServer, {0, 2e-9}));
  }
  return SyntheticModel("reference", samples);
}

Sample Macs(int64_t count, double factor) {
  return SyntheticSample("plaintext.field_macs", {{"field_bits", 41}}, count, Executor::kServer,
                         {0, 2e-9}, factor);
}

TEST(ScaleTest, ProbesOfAnotherFamilyAreHeldAgainstTheReference) {
  const auto base = Model();
  const auto reference = Reference();
  const std::vector<Sample> probes = {Macs(2'000'000, 3), Macs(3'000'000, 3), Macs(8'000'000, 3)};
  const auto scaled = ScaleModel(*base, probes, "m", reference.get());
  ASSERT_TRUE(scaled.ok()) << scaled.status();
  EXPECT_NEAR((*scaled)->groups()[0].Point(Usage()) / base->groups()[0].Point(Usage()), 3, 1e-6);
  // The probes agree; that they are of other work is an error by itself.
  EXPECT_GE((*scaled)->groups()[0].session_relative_stddev, kTransferRelativeStddev);
  const auto own = ScaleModel(*base, {Trunc(64, 3), Trunc(1024, 3), Trunc(4096, 3)}, "m");
  ASSERT_TRUE(own.ok());
  EXPECT_LT((*own)->groups()[0].session_relative_stddev, kTransferRelativeStddev);
  // What it was made of is kept.
  const CalibrationTable& table = (*scaled)->table();
  EXPECT_EQ(table.scaled_from, base->table().id);
  EXPECT_EQ(table.probes.size(), 3u);
  EXPECT_EQ(table.probes_predicted_by, reference->table().name);
  // Without the reference nothing predicts the probes.
  EXPECT_EQ(ScaleModel(*base, probes, "m").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ScaleTest, ProbesThatCannotScaleAreRefused) {
  const auto base = Model();
  Sample relu = SyntheticSample("cheetah.relu", {{"ring_bits", 37}, {"ignored_bits", 12}}, 8,
                                Executor::kClient, {1e-3, 0, 0, 0, 0});
  Sample nothing = Trunc(8, 0);
  for (const std::vector<Sample>& probes :
       {std::vector<Sample>{}, std::vector<Sample>{relu}, std::vector<Sample>{nothing}}) {
    EXPECT_EQ(ScaleModel(*base, probes, "m").status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace picost::cost
