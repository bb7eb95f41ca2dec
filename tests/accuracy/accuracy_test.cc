// The bounds that estimates are held to. What is not reached stands in the lists
// of known misses with its figure, and fails when it gets worse.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "estimator/cost/data_directory.h"
#include "tests/accuracy/baselines.h"
#include "tests/accuracy/published.h"
#include "tests/accuracy/scoring.h"
#include "tests/accuracy/summary.h"

namespace picost::accuracy {
namespace {

const RunScores& Runs() {
  static const auto* const scores = new RunScores(ScoreRuns("data"));
  return *scores;
}

double RelativeDifference(Bytes a, Bytes b) {
  return std::abs(static_cast<double>(a.value()) / static_cast<double>(b.value()) - 1);
}

TEST(AccuracyTest, WholeNetworksArePredictedWithinTheirBounds) {
  ASSERT_GE(Runs().networks.size(), 10u);
  EXPECT_LE(MeanAbsoluteError(Runs().networks), 0.06);
  EXPECT_LE(std::abs(MedianError(Runs().networks)), 0.03);
  for (const Score& score : Runs().networks) {
    EXPECT_LE(std::abs(score.Error()), score.network == "lo" ? 0.15 : 0.10)
        << score.backend << " " << score.run << " " << score.network;
  }
}

TEST(AccuracyTest, TrafficOfWholeNetworksIsThatOfTheForms) {
  for (const Score& score : Runs().networks) {
    const double bound = score.backend == "cheetah" ? 0.002 : 0.01;
    const std::string name = score.backend + " " + score.run + " " + score.network;
    EXPECT_LE(RelativeDifference(score.planned.client_to_server, score.metered.client_to_server),
              bound)
        << name;
    EXPECT_LE(RelativeDifference(score.planned.server_to_client, score.metered.server_to_client),
              bound)
        << name;
    // The first layer of a run counts one direction switch less: its input is sent
    // without a request.
    EXPECT_NEAR(static_cast<double>(score.planned.flights.value()),
                static_cast<double>(score.metered.flights.value()), 1)
        << name;
  }
}

TEST(AccuracyTest, BaselinesAreWorse) {
  for (const Baseline& baseline : ScoreBaselines(Runs().networks, "data")) {
    ASSERT_FALSE(baseline.scores.empty()) << baseline.name;
    EXPECT_GT(MeanAbsoluteError(baseline.scores), 3 * MeanAbsoluteError(Runs().networks))
        << baseline.name;
  }
}

TEST(AccuracyTest, ShapesLeftOutAreWithinTheLimitOfTheirClass) {
  // Class -> error that is known and not yet met.
  const std::map<std::string, double> misses = {};
  const auto data = cost::DataDirectory::Load("data");
  ASSERT_TRUE(data.ok()) << data.status();
  std::vector<Score> shapes;
  for (const cost::NamedTable& table : (*data)->tables()) {
    for (Score& score : ScoreShapes(*table.model)) shapes.push_back(score);
  }
  const std::vector<ClassSummary> classes = SummariseClasses(shapes);
  ASSERT_EQ(classes.size(), 6u);
  for (const ClassSummary& c : classes) {
    const auto miss = misses.find(c.backend + " " + c.name);
    EXPECT_LE(c.mean_absolute_error, miss == misses.end() ? c.Limit() : miss->second)
        << c.backend << " " << c.name;
    if (miss != misses.end()) {
      EXPECT_GT(c.mean_absolute_error, c.Limit()) << c.name << " is met now: remove it here";
    }
  }
}

TEST(AccuracyTest, IntervalsHoldWhatTheySay) {
  int groups = 0;
  for (const auto& [name, coverage] : SummariseCoverage(Runs().layers)) {
    if (coverage.rows < 200) continue;
    ++groups;
    EXPECT_GE(coverage.Share(), 0.85) << name;
    EXPECT_LE(coverage.Share(), 0.95) << name;
  }
  EXPECT_GE(groups, 5);
}

TEST(AccuracyTest, LayersAndRunsAreOrderedAsMeasured) {
  const Order runs = OrderOf(Runs().networks);
  EXPECT_EQ(runs.correct, runs.pairs);
  const Order layers = OrderOf(Runs().layers);
  EXPECT_GT(layers.pairs, 500);
  EXPECT_GE(static_cast<double>(layers.correct), 0.95 * static_cast<double>(layers.pairs));
}

TEST(AccuracyTest, PublishedDelphiPhasesAreDescribedByOneSetOfConstants) {
  // Phase -> worst error of a network, where more than 3 %.
  const std::map<std::string, double> misses = {
      {"online encoding", 0.22},  // 2.8 to 4.0 microseconds per ReLU, not explained
      {"online linear", 0.33},    // calls and multiply-adds; weights are read, too
  };
  std::map<std::string, double> worst;
  for (const Score& score : ScorePublishedPhases("data")) {
    if (score.run == "8x8 layer of r32") {
      EXPECT_LT(std::abs(score.Error()), 0.13);
      continue;
    }
    double& error = worst[score.operation];
    error = std::max(error, std::abs(score.Error()));
  }
  ASSERT_EQ(worst.size(), 8u);
  for (const auto& [phase, error] : worst) {
    const auto miss = misses.find(phase);
    EXPECT_LE(error, miss == misses.end() ? 0.03 : miss->second) << phase;
  }
}

TEST(AccuracyTest, PublishedEvaluationsOfWholeNetworksAreWithinThreePercent) {
  for (const Score& score : ScorePublishedEvaluations("data")) {
    // ResNet-32's layers of 8 x 8 are 12 % off, half of its time.
    EXPECT_LE(std::abs(score.Error()), score.run == "r32" ? 0.08 : 0.03) << score.run;
  }
}

TEST(AccuracyTest, PackedLayersAreNeverSlowerThanPublishedAndWithinTheContention) {
  for (const Score& score : ScorePublishedMakespans("data")) {
    EXPECT_LE(score.Error(), 0.01) << score.layer;
    // With 9 and 12 threads the published code gave some thread two long layers.
    const bool unbalanced = score.layer == 9 || score.layer == 12;
    EXPECT_GE(score.Error(), unbalanced ? -0.35 : -0.14) << score.layer;
  }
}

// Nothing that is scored on a run may have seen it.
TEST(AccuracyTest, NoFitOrIntervalUsesTheRunItIsScoredOn) {
  const auto layers = cost::ReadRunLayers("data/runs/layers.csv");
  ASSERT_TRUE(layers.ok());
  for (const RunPlan& plan : PlanRuns(*layers)) {
    const auto data = cost::DataDirectory::Load("data", plan.run);
    const auto all = cost::DataDirectory::Load("data");
    ASSERT_TRUE(data.ok() && all.ok());
    for (size_t t = 0; t < (*data)->tables().size(); ++t) {
      const cost::CostModel& without = *(*data)->tables()[t].model;
      const cost::CostModel& with = *(*all)->tables()[t].model;
      // Samples are micro-benchmarks and published figures: none names a run.
      for (const cost::Sample& sample : without.table().samples) {
        EXPECT_NE(sample.network, plan.run);
      }
      for (size_t g = 0; g < without.groups().size(); ++g) {
        const auto& runs = without.groups()[g].discrepancy_runs;
        EXPECT_EQ(std::count(runs.begin(), runs.end(), plan.run), 0) << without.groups()[g].key;
        // Runs never move a coefficient.
        EXPECT_EQ(without.groups()[g].coefficients, with.groups()[g].coefficients);
        EXPECT_EQ(without.groups()[g].overlap, with.groups()[g].overlap);
      }
    }
  }
}

}  // namespace
}  // namespace picost::accuracy
