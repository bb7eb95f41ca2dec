#include "estimator/cost/overlap.h"

#include <gtest/gtest.h>

#include "estimator/cost/link_time.h"
#include "estimator/cost/phase_sum.h"
#include "estimator/cost/synthetic_table.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::MakeCall;
using primitives::Parameters;
using primitives::Phase;

const Parameters kTrunc = {{"ring_bits", 37}, {"truncated_bits", 12}};
const NetworkProfile kLink = {.id = "link",
                              .round_trip_seconds = 0.01,
                              .client_to_server_bytes_per_second = 2e5,
                              .server_to_client_bytes_per_second = 2e5};

// Samples on loopback, and over the link with a known overlap.
std::shared_ptr<const CalibrationTable> Table(double overlap) {
  std::vector<Sample> samples;
  for (const int64_t count : {512, 4096, 16384, 65536, 131072, 262144}) {
    Sample sample =
        SyntheticSample("cheetah.trunc", kTrunc, count, Executor::kClient, {1e-3, 1e-5});
    samples.push_back(sample);
    const auto call = *MakeCall("cheetah.trunc", kTrunc, count, Phase::kOnline, Executor::kClient);
    const double work = sample.wall.value();
    const double transfer = TransferSeconds(call.traffic, kLink);
    sample.wall = Seconds(work + transfer + FlightSeconds(call.critical_flights, kLink) -
                          overlap * std::min(work, transfer));
    sample.network = "link";
    samples.push_back(sample);
  }
  return SyntheticTable("overlap", samples);
}

TEST(OverlapTest, IsRecoveredFromSamplesOverALink) {
  for (const double overlap : {0.0, 0.25, 0.5, 1.0}) {
    const auto model = CostModel::Fit(Table(overlap), {}, {kLink});
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_NEAR((*model)->groups().front().overlap, overlap, 1e-6);
    // Samples over links never touch the coefficients.
    EXPECT_NEAR((*model)->groups().front().coefficients[1], 1e-5, 1e-13);
  }
}

TEST(OverlapTest, IsNoneWhereTheLinkIsUnknown) {
  const auto model = CostModel::Fit(Table(0.5));
  ASSERT_TRUE(model.ok());
  EXPECT_EQ((*model)->groups().front().overlap, 0);
}

// Where layers are remembered, a fit may be left without calls: its term goes with them.
TEST(OverlapTest, AFitThatNoCallUsesAnyMoreHasNoTerm) {
  const auto model = CostModel::Fit(Table(0.5), {}, {kLink});
  ASSERT_TRUE(model.ok()) << model.status();
  const auto call = *MakeCall("cheetah.trunc", kTrunc, 4096, Phase::kOnline, Executor::kClient);
  GroupTotal total;
  total.group = &(*model)->groups().front();
  total.Add(call.usage, call.traffic, {});
  PhaseTotals totals;
  totals.groups[static_cast<int>(Executor::kClient)] = {&total};
  totals.traffic = call.traffic;
  const PhaseCost used = FinishPhase(Phase::kOnline, totals, kLink);
  ASSERT_EQ(used.overlaps.size(), 1u);
  EXPECT_EQ(used.overlaps[0].share, (*model)->groups().front().overlap);
  EXPECT_EQ(used.overlaps[0].traffic, call.traffic);
  total.Clear();
  totals.traffic = {};
  EXPECT_TRUE(FinishPhase(Phase::kOnline, totals, kLink).overlaps.empty());
}

}  // namespace
}  // namespace picost::cost
