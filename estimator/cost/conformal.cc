#include "estimator/cost/conformal.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "estimator/cost/link_time.h"
#include "estimator/cost/uncertainty.h"

namespace picost::cost {
namespace {

constexpr HalfWidths kNormal = {kNormalQuantile, kNormalQuantile};

double SignedError(double predicted, double seconds) {
  const double error = RatioError(predicted, seconds);
  return seconds < predicted ? -error : error;
}

}  // namespace

std::optional<double> ConformalQuantile(std::vector<double> scores, double level) {
  const auto count = static_cast<double>(scores.size());
  const double rank = std::ceil((count + 1) * level);
  if (scores.empty() || rank > count) return std::nullopt;
  std::sort(scores.begin(), scores.end());
  return scores[static_cast<size_t>(rank) - 1];
}

std::optional<HalfWidths> EqualTails(const std::vector<double>& scores, double level) {
  std::vector<double> negated, absolute;
  for (const double score : scores) {
    negated.push_back(-score);
    absolute.push_back(std::abs(score));
  }
  const double tail = 1 - (1 - level) / 2;
  const std::optional<double> above = ConformalQuantile(scores, tail);
  const std::optional<double> below = ConformalQuantile(negated, tail);
  // The point itself is always inside.
  if (above.has_value()) return HalfWidths{std::max(*above, 0.0), std::max(*below, 0.0)};
  const std::optional<double> both = ConformalQuantile(absolute, level);
  if (!both.has_value()) return std::nullopt;
  return HalfWidths{*both, *both};
}

double RatioError(double a, double b) { return std::max(a / b, b / a) - 1; }

std::vector<std::optional<double>> LeaveOneShapeOut(const FitGroup& group) {
  std::vector<std::optional<double>> predicted(group.shapes.size());
  if (group.shapes.size() < 2) return predicted;
  for (size_t i = 0; i < group.shapes.size(); ++i) {
    FitGroup rest = group;
    rest.shapes.erase(rest.shapes.begin() + static_cast<std::ptrdiff_t>(i));
    FitCoefficients(rest);
    const std::vector<int64_t>& usage = group.shapes[i].usage;
    const double seconds = rest.Point(usage);
    if (rest.Covers(usage) && seconds > 0) predicted[i] = seconds;
  }
  return predicted;
}

ConformalScores::ConformalScores(const FitGroup& group) : group_(&group) {
  const std::vector<std::optional<double>> predicted = LeaveOneShapeOut(group);
  for (size_t i = 0; i < predicted.size(); ++i) {
    if (!predicted[i].has_value()) continue;
    for (const double seconds : group.shapes[i].seconds) {
      if (!(seconds > 0)) continue;
      const std::vector<int64_t>& usage = group.shapes[i].usage;
      const double expected = std::sqrt(group.CallVariance(usage)) / group.Point(usage);
      shape_scores_.push_back(SignedError(*predicted[i], seconds) / expected);
    }
  }
}

void ConformalScores::AddLayer(const std::string& run, const primitives::PrimitiveCall& call,
                               double seconds, const NetworkProfile* network) {
  const double work = group_->Point(call.usage);
  if (!(work > 0) || !(seconds > 0)) return;
  double link = 0;
  if (network != nullptr) {
    const double transfer = TransferSeconds(call.traffic, *network);
    link = transfer + FlightSeconds(call.critical_flights, *network) -
           group_->overlap * std::min(work, transfer);
  }
  const double total = work + link;
  const double score =
      total * SignedError(total, seconds) / std::sqrt(group_->CallVariance(call.usage));
  (LinkDecides(link, total) ? link_scores_ : layer_scores_).push_back(score);
  runs_.insert(run);
}

void ConformalScores::Merge(const ConformalScores& group) {
  layer_scores_.insert(layer_scores_.end(), group.layer_scores_.begin(), group.layer_scores_.end());
  link_scores_.insert(link_scores_.end(), group.link_scores_.begin(), group.link_scores_.end());
  runs_.insert(group.runs_.begin(), group.runs_.end());
}

void ConformalScores::Finish(const ConformalScores& others, FitGroup& group) const {
  std::vector<double> scores = layer_scores_;
  std::set<std::string> runs = runs_;
  if (scores.size() < kEnoughLayers) {
    scores.insert(scores.end(), shape_scores_.begin(), shape_scores_.end());
  }
  // Nothing was left out: the group has one shape, and borrowing would hide it.
  if (runs_.empty() && !shape_scores_.empty()) {
    scores.insert(scores.end(), others.layer_scores_.begin(), others.layer_scores_.end());
    runs.insert(others.runs_.begin(), others.runs_.end());
  }
  const std::optional<HalfWidths> factors = EqualTails(scores, kIntervalLevel);
  group.score_count = static_cast<int64_t>(scores.size());
  group.interval_claimed = factors.has_value();
  group.conformal = factors.value_or(kNormal);
  // A category with few rows of its own is nearer to other operations over the same
  // links than to the same operation without one.
  const std::vector<double>* link = &link_scores_;
  if (link->size() < kEnoughLinkRows && !shape_scores_.empty()) {
    link = &others.link_scores_;
    runs.insert(others.runs_.begin(), others.runs_.end());
  }
  group.link_conformal = link->size() < kEnoughLinkRows
                             ? group.conformal
                             : EqualTails(*link, kIntervalLevel).value_or(kNormal);
  group.discrepancy_runs.assign(runs.begin(), runs.end());
}

}  // namespace picost::cost
