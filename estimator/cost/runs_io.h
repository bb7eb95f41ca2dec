// Reader of data/runs: whole networks as they were run, for comparison only.
//
// Nothing in here may enter a fit. Layers may widen the intervals of answers that
// are not scored on the same run (CostModel::Fit).
#ifndef PICOST_ESTIMATOR_COST_RUNS_IO_H_
#define PICOST_ESTIMATOR_COST_RUNS_IO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/base/units.h"
#include "estimator/cost/calibration_table.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// One layer of one repetition, as the client saw it.
struct RunLayer {
  std::string backend;
  std::string run;  // "resnet32"
  int64_t layer = 0;
  Sample sample;
};

// One repetition of a whole network without its set-up.
struct RunTotal {
  std::string backend;
  std::string run;
  std::string network;
  int64_t repeat = 0;
  Seconds wall;
  primitives::Traffic traffic;
};

absl::StatusOr<std::vector<RunLayer>> ReadRunLayers(const std::string& path);
absl::StatusOr<std::vector<RunTotal>> ReadRunTotals(const std::string& path);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_RUNS_IO_H_
