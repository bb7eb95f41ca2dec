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
