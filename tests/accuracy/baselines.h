// The cost models that papers use, scored on the same runs.
#ifndef PICOST_TESTS_ACCURACY_BASELINES_H_
#define PICOST_TESTS_ACCURACY_BASELINES_H_

#include <string>
#include <vector>

#include "tests/accuracy/scoring.h"

namespace picost::accuracy {

struct Baseline {
  std::string name;
  std::vector<Score> scores;  // of the same networks, with its own predictions
};

// Constant per ReLU; ReLUs and MACs; table lookup without composition. The first
// two take their constants from the runs of the same backend on other networks
// (leave one network out); the third adds up loopback seconds of the layers.
std::vector<Baseline> ScoreBaselines(const std::vector<Score>& networks,
                                     const std::string& data_path);

}  // namespace picost::accuracy

#endif  // PICOST_TESTS_ACCURACY_BASELINES_H_
