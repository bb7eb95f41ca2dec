// The whole chain, from a driver process to fitted unit costs, on the synthetic
// driver whose coefficients are known: sweep, journal, table, reader, fit.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "calibrate/driver_pair.h"
#include "calibrate/drivers/synthetic/synthetic_driver.h"
#include "calibrate/run.h"
#include "calibrate/sweep.h"
#include "calibrate/table_file.h"
#include "estimator/base/units.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/cost_model.h"

namespace picost::calibrate {
namespace {

const std::vector<std::string> kSynthetic = {"calibrate/drivers/synthetic/synthetic"};

RunOptions Options(const std::string& name) {
  return {.drivers = {{"synthetic", kSynthetic}},
          .out = testing::TempDir(),
          .name = name,
          .probe_network = false,
          .repetitions = 2,
          .command_line = "test"};
}

TEST(DriverChain, TheFitRecoversTheCoefficientsOfTheSyntheticDriver) {
  ASSERT_TRUE(calibrate::Run(Options("chain")).ok());
  auto table = cost::ReadCalibrationTable(testing::TempDir() + "/chain-synthetic");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->origin, cost::Origin::kSynthetic);
  const auto model =
      cost::CostModel::Fit(std::make_shared<const cost::CalibrationTable>(*std::move(table)));
  ASSERT_TRUE(model.ok()) << model.status();
  int recovered = 0;
  for (const cost::FitGroup& group : (*model)->groups()) {
    for (const cost::ShapePoint& shape : group.shapes) {
      double expected = 0;
      for (size_t j = 0; j < shape.usage.size(); ++j) {
        expected += static_cast<double>(shape.usage[j]) * SyntheticCoefficient(static_cast<int>(j));
      }
      EXPECT_NEAR(group.Point(shape.usage) / expected, 1, 1e-6) << group.key;
    }
    // Unit costs themselves, where the sweep tells the items apart.
    for (size_t j = 0; j < group.coefficients.size(); ++j) {
      const double expected = SyntheticCoefficient(static_cast<int>(j));
      if (std::abs(group.coefficients[j] / expected - 1) < 1e-6) ++recovered;
    }
  }
  EXPECT_GE(recovered, 10);
}

TEST(DriverChain, ATableIsNeverOverwritten) {
  RunOptions options = Options("immutable");
  options.repetitions = 1;
  ASSERT_TRUE(calibrate::Run(options).ok());
  EXPECT_EQ(calibrate::Run(options).code(), absl::StatusCode::kAlreadyExists);
}

TEST(DriverChain, ABrokenSweepGoesOnWhereItStopped) {
  const std::string journal = testing::TempDir() + "/resumed.journal";
  auto pair = DriverPair::Open("synthetic", kSynthetic, Parties{});
  ASSERT_TRUE(pair.ok()) << pair.status();
  const SweepOptions options{.repetitions = 1, .journal = journal};
  const auto nothing = [](const SweepProgress&) {};
  const auto first = RunSweep(**pair, options, nothing);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->resumed, 0);

  // As if it had been killed in the middle of the last but one point.
  std::ifstream in(journal);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const size_t last = text.rfind("# done");
  text.resize(text.rfind("# done", last - 1));
  std::ofstream(journal) << text;
  const auto second = RunSweep(**pair, options, nothing);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->resumed, second->points - 2);
  ASSERT_EQ(second->samples.size(), first->samples.size());
  for (size_t i = 0; i < first->samples.size(); ++i) {
    EXPECT_EQ(SampleRow(first->samples[i]), SampleRow(second->samples[i]));
  }
}

// Repeats of each shape in the samples.
std::map<std::string, std::set<int64_t>> Repeats(const std::vector<cost::Sample>& samples) {
  std::map<std::string, std::set<int64_t>> repeats;
  for (const cost::Sample& sample : samples) {
    EXPECT_TRUE(repeats[absl::StrCat(sample.primitive, sample.parameters.DebugString(),
                                     sample.count, static_cast<int>(sample.executor))]
                    .insert(sample.repeat)
                    .second);
  }
  return repeats;
}

TEST(DriverChain, AJournalOfAnotherReleaseIsSetAside) {
  const std::string journal = testing::TempDir() + "/foreign.journal";
  auto pair = DriverPair::Open("synthetic", kSynthetic, Parties{});
  ASSERT_TRUE(pair.ok()) << pair.status();
  const SweepOptions options{.quick = true, .repetitions = 2, .journal = journal};
  const auto nothing = [](const SweepProgress&) {};
  ASSERT_TRUE(RunSweep(**pair, options, nothing).ok());
  const auto resumed = RunSweep(**pair, options, nothing);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_EQ(resumed->resumed, resumed->measurements);
  for (const auto& [shape, seen] : Repeats(resumed->samples)) {
    EXPECT_EQ(seen, (std::set<int64_t>{0, 1})) << shape;
  }

  std::ifstream in(journal);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  // Earlier releases wrote no first line.
  std::ofstream(journal) << text.substr(text.find('\n') + 1);
  const auto anew = RunSweep(**pair, options, nothing);
  ASSERT_TRUE(anew.ok()) << anew.status();
  EXPECT_EQ(anew->resumed, 0);
  EXPECT_TRUE(std::ifstream(journal + ".old").good());
}

TEST(DriverChain, EveryPassTakesOneRepetitionOfEveryPoint) {
  auto pair = DriverPair::Open("synthetic", kSynthetic, Parties{});
  ASSERT_TRUE(pair.ok()) << pair.status();
  std::vector<std::string> order;
  const auto result =
      RunSweep(**pair, {.quick = true, .repetitions = 3},
               [&](const SweepProgress& progress) { order.push_back(progress.what); });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->measurements, 3 * result->points);
  // All points once before any of them a second time.
  for (int i = 0; i < result->points; ++i) {
    const auto at = static_cast<size_t>(i);
    EXPECT_EQ(order[at] + " pass 2", order[at + static_cast<size_t>(result->points)]);
  }
  for (const auto& [shape, seen] : Repeats(result->samples)) {
    EXPECT_EQ(seen, (std::set<int64_t>{0, 1, 2})) << shape;
  }
}

TEST(DriverChain, WhatSpreadsIsMeasuredAsOftenAgainWhileThereIsTime) {
  auto pair = DriverPair::Open("synthetic", kSynthetic, Parties{});
  ASSERT_TRUE(pair.ok()) << pair.status();
  // Every spread is more than that.
  SweepOptions options{.quick = true, .repetitions = 2, .noisy_spread = -1};
  const auto nothing = [](const SweepProgress&) {};
  const auto again = RunSweep(**pair, options, nothing);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->measurements, 4 * again->points);
  EXPECT_EQ(static_cast<int>(again->noisy.size()), again->points);
  for (const auto& [shape, seen] : Repeats(again->samples)) {
    EXPECT_EQ(seen, (std::set<int64_t>{0, 1, 2, 3})) << shape;
  }
  options.most_seconds = 0;
  const auto no_time = RunSweep(**pair, options, nothing);
  ASSERT_TRUE(no_time.ok()) << no_time.status();
  EXPECT_EQ(no_time->measurements, 2 * no_time->points);
  options.repetitions = 5;
  const auto few = RunSweep(**pair, options, nothing);
  ASSERT_TRUE(few.ok()) << few.status();
  EXPECT_EQ(few->measurements, 3 * few->points);
  EXPECT_EQ(few->repetitions, 3) << "what the table's note tells";
}

TEST(DriverChain, ProgressCountsUpToTheEndWithTheTimeLeft) {
  auto pair = DriverPair::Open("synthetic", kSynthetic, Parties{});
  ASSERT_TRUE(pair.ok()) << pair.status();
  int last = -1, calls = 0;
  double left_at_end = -1;
  const auto result =
      RunSweep(**pair, {.quick = true, .repetitions = 1}, [&](const SweepProgress& progress) {
        EXPECT_GT(progress.done, last);
        last = progress.done;
        left_at_end = progress.seconds_left;
        ++calls;
      });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(last, result->points);
  EXPECT_EQ(calls, result->points + 1);
  EXPECT_EQ(left_at_end, 0);
}

}  // namespace
}  // namespace picost::calibrate
