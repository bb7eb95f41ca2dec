// Split conformal prediction: how wide an interval must be, told by errors on
// rows that the fit has not seen (Vovk, Gammerman, Shafer: Algorithmic Learning
// in a Random World, 2005; normalised scores as in Lei et al., JASA 2018).
//
// The score of a row is its relative error, as a ratio of at least 1 less 1,
// divided by the relative error that the fit predicts for it. Rows are the
// repetitions of each shape against a fit without this shape, and layers of
// whole-network runs.
#ifndef PICOST_ESTIMATOR_COST_CONFORMAL_H_
#define PICOST_ESTIMATOR_COST_CONFORMAL_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "estimator/cost/cost_model.h"

namespace picost::cost {

// The ceil((n + 1) level)-th smallest of n scores; nothing where n is too small to
// claim the level (under 9 scores at 90 %, under 19 at 95 %).
std::optional<double> ConformalQuantile(std::vector<double> scores, double level);

// Seconds of each shape of the group as predicted by a fit without it; nothing
// where the others do not cover its work.
std::vector<std::optional<double>> LeaveOneShapeOut(const FitGroup& group);

// max(a / b, b / a) - 1 for positive a and b.
double RatioError(double a, double b);

// Gathers the scores of one fitted group.
class ConformalScores {
 public:
  // Starts with the repetitions of the left-out shapes.
  explicit ConformalScores(const FitGroup& group);

  void AddLayer(const std::string& run, const std::vector<int64_t>& usage, double seconds);

  // Sets the factor, the counts and the runs of the group.
  void Finish(FitGroup& group) const;

 private:
  void Add(const std::vector<int64_t>& usage, double predicted, double seconds);

  const FitGroup& group_;
  std::vector<double> scores_;
  std::set<std::string> runs_;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_CONFORMAL_H_
