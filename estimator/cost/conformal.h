// Split conformal prediction: how wide an interval must be, told by errors on
// rows that the fit has not seen (Vovk, Gammerman, Shafer: Algorithmic Learning
// in a Random World, 2005; normalised scores as in Lei et al., JASA 2018).
//
// The score of a row is its relative error, as a ratio of at least 1 less 1,
// divided by the relative error that the fit predicts for it; negative where the row
// took less than predicted. Rows are the repetitions of each shape against a fit without
// this shape, and layers of whole-network runs, composed over the link that they ran on.
// What disturbs a processor adds time, so that most large scores are positive: each end
// of an interval leaves out half of what both may (equal tails), by a quantile of its own.
//
// Rows whose time is mostly the link's have a quantile of their own (a category of
// Mondrian conformal prediction, ibid. section 4.5): processors that wait most of the
// time are disturbed less than processors that always work.
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

// Factors of both ends that leave out (1 - level) / 2 of signed scores each. With fewer
// scores than that asks for (19 at 90 %) one for both, from the scores' absolute values;
// nothing where these are too few as well.
std::optional<HalfWidths> EqualTails(const std::vector<double>& scores, double level);

// Seconds of each shape of the group as predicted by a fit without it; nothing
// where the others do not cover its work.
std::vector<std::optional<double>> LeaveOneShapeOut(const FitGroup& group);

// max(a / b, b / a) - 1 for positive a and b.
double RatioError(double a, double b);

// Scores of one fitted group.
class ConformalScores {
 public:
  // Starts with the repetitions of the left-out shapes.
  explicit ConformalScores(const FitGroup& group);

  // network: null where the link costs nothing.
  void AddLayer(const std::string& run, const primitives::PrimitiveCall& call, double seconds,
                const NetworkProfile* network);

  const std::vector<double>& layer_scores() const { return layer_scores_; }
  const std::set<std::string>& runs() const { return runs_; }

  // Sets the factor, the counts and the runs of the group. Layers are what will be
  // predicted: where there are enough of them, they alone decide. A group that no
  // run has executed borrows the layers of the table's other groups (`others`):
  // what is measured by itself, warm and repeated, says too little about them.
  void Finish(const ConformalScores& others, FitGroup& group) const;

  // Adds the layers of another group, for `others`.
  void Merge(const ConformalScores& group);

  // No scores at all: the start of `others`.
  ConformalScores() = default;

 private:
  static constexpr size_t kEnoughLayers = 50;
  // As many as a level of 95 % asks for.
  static constexpr size_t kEnoughLinkRows = 19;

  const FitGroup* group_ = nullptr;
  std::vector<double> shape_scores_;
  std::vector<double> layer_scores_;  // rows that the processors decide
  std::vector<double> link_scores_;   // rows that the link decides
  std::set<std::string> runs_;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_CONFORMAL_H_
