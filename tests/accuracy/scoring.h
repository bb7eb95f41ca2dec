// Predicted against measured: shapes left out of their fits, whole networks, and
// the layers of these networks. docs/accuracy.md is written from what is here.
#ifndef PICOST_TESTS_ACCURACY_SCORING_H_
#define PICOST_TESTS_ACCURACY_SCORING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "estimator/base/interval.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/runs_io.h"
#include "estimator/primitives/primitive.h"

namespace picost::accuracy {

// Repetitions of one thing, and what was predicted for it without having seen it.
struct Score {
  std::string backend;
  std::string operation;  // primitive id; "network" for whole runs
  std::string run;        // empty for micro-benchmarks
  std::string network;    // "lo", "lan", "wan1"
  std::string shape;
  int64_t layer = 0;
  int64_t elements = 0;  // outputs of a linear layer, inputs of the others
  std::vector<double> measured;
  double median = 0;
  double spread = 0;  // standard deviation of the repetitions, seconds
  double predicted = 0;
  Interval interval;
  // Whole runs: what was metered (medians) and what the forms say.
  primitives::Traffic metered;
  primitives::Traffic planned;

  double Error() const { return predicted / median - 1; }
  // 1.25 standard deviations / sqrt(repetitions): that of a median.
  double MedianStandardError() const;
  int64_t Inside() const;  // repetitions inside the interval
};

// Every shape of every group of the table that the client or a single party
// executes, predicted by a fit without it.
std::vector<Score> ScoreShapes(const cost::CostModel& model);

// One run as the planner would lay it out: the layers that were measured, Ferret
// extensions where a counter passes a boundary, the first division's set-up.
struct RunPlan {
  std::string backend;
  std::string run;
  std::vector<int64_t> layers;                                // numbers in the file
  std::vector<std::vector<primitives::PrimitiveCall>> calls;  // by layer
  int64_t relu_elements = 0;
  int64_t macs = 0;
};
std::vector<RunPlan> PlanRuns(const std::vector<cost::RunLayer>& layers);

struct RunScores {
  std::vector<Score> networks;
  std::vector<Score> layers;
};
// Intervals without the run that is scored.
RunScores ScoreRuns(const std::string& data_path);

// max over runs of |planned / metered - 1| needs these, too.
double Median(std::vector<double> values);
double MeanAbsoluteError(const std::vector<Score>& scores);
double MedianError(const std::vector<Score>& scores);

int64_t Elements(const primitives::PrimitiveSpec& spec, const primitives::Parameters& parameters,
                 int64_t count);

}  // namespace picost::accuracy

#endif  // PICOST_TESTS_ACCURACY_SCORING_H_
