#include "tests/accuracy/baselines.h"

#include <cstdlib>
#include <map>
#include <utility>

namespace picost::accuracy {
namespace {

// Least squares on relative errors: seconds = x . b, one or two columns.
std::vector<double> Solve(const std::vector<std::vector<double>>& rows,
                          const std::vector<double>& seconds) {
  double aa = 0, ab = 0, bb = 0, ay = 0, by = 0;
  const bool two = rows.front().size() == 2;
  for (size_t i = 0; i < rows.size(); ++i) {
    const double a = rows[i][0] / seconds[i];
    const double b = two ? rows[i][1] / seconds[i] : 0;
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ay += a;
    by += b;
  }
  if (!two) return {ay / aa};
  const double determinant = aa * bb - ab * ab;
  // One known network: its two columns are proportional.
  if (determinant <= 1e-9 * aa * bb) return {ay / aa, 0};
  double x = (ay * bb - by * ab) / determinant;
  double y = (by * aa - ay * ab) / determinant;
  // A negative constant is none: the better of the two alone.
  if (x < 0) return {0, by / bb};
  if (y < 0) return {ay / aa, 0};
  return {x, y};
}

}  // namespace

std::vector<Baseline> ScoreBaselines(const std::vector<Score>& networks,
                                     const std::string& data_path) {
  const auto layers = cost::ReadRunLayers(data_path + "/runs/layers.csv");
  if (!layers.ok()) std::abort();
  std::map<std::pair<std::string, std::string>, RunPlan> plans;
  for (RunPlan& plan : PlanRuns(*layers)) plans[{plan.backend, plan.run}] = plan;

  std::vector<Baseline> baselines = {
      {"constant per ReLU", {}}, {"ReLUs and MACs", {}}, {"table lookup without composition", {}}};
  std::map<std::pair<std::string, std::string>, double> loopback;
  for (const Score& score : networks) {
    if (score.network == "lo") loopback[{score.backend, score.run}] = score.predicted;
  }
  for (const Score& score : networks) {
    const RunPlan& plan = plans.at({score.backend, score.run});
    std::vector<std::vector<double>> relus, both;
    std::vector<double> seconds;
    for (const Score& other : networks) {
      if (other.backend != score.backend || other.run == score.run) continue;
      const RunPlan& known = plans.at({other.backend, other.run});
      relus.push_back({static_cast<double>(known.relu_elements)});
      both.push_back({static_cast<double>(known.relu_elements), static_cast<double>(known.macs)});
      seconds.push_back(other.median);
    }
    const auto predict = [&](Baseline& baseline, double value) {
      baseline.scores.push_back(score);
      baseline.scores.back().predicted = value;
    };
    if (!seconds.empty()) {
      predict(baselines[0], Solve(relus, seconds)[0] * static_cast<double>(plan.relu_elements));
      if (seconds.size() > 1) {
        const std::vector<double> b = Solve(both, seconds);
        predict(baselines[1], b[0] * static_cast<double>(plan.relu_elements) +
                                  b[1] * static_cast<double>(plan.macs));
      }
    }
    if (loopback.count({score.backend, score.run}) > 0) {
      predict(baselines[2], loopback[{score.backend, score.run}]);
    }
  }
  return baselines;
}

}  // namespace picost::accuracy
