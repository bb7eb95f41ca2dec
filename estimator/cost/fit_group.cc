#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "estimator/cost/cost_model.h"
#include "estimator/cost/nnls.h"

namespace picost::cost {
namespace {

// Error assumed where the samples cannot tell it (one figure of a paper).
constexpr double kAssumedRelativeStddev = 0.10;
// Repetitions on shared hardware are never better than this.
constexpr double kLeastRelativeStddev = 0.005;

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

// Roots of Huber's weights from the relative residuals of the fit so far.
void ReweightShapes(const FitGroup& group, int coefficients, std::vector<double>& weight) {
  std::vector<double> residuals;
  for (const ShapePoint& shape : group.shapes) {
    const double fitted = group.Point(shape.usage);
    residuals.push_back(
        fitted > 0 ? std::max(fitted / shape.median_seconds, shape.median_seconds / fitted) - 1
                   : 0);
  }
  if (static_cast<int>(residuals.size()) < coefficients + 3) return;  // all are needed
  constexpr double kMedianToDeviation = 1.4826;                       // of a normal distribution
  const double limit = 1.5 * std::max(kLeastRelativeStddev, kMedianToDeviation * Median(residuals));
  for (size_t i = 0; i < residuals.size(); ++i) {
    weight[i] = residuals[i] > limit ? std::sqrt(limit / residuals[i]) : 1.0;
  }
}

// A refining item that some of the samples do not state stays inside the others for all.
void LeaveOutWhatIsNotToldThroughout(FitGroup& group) {
  for (size_t j = 0; j < group.spec->usage.size(); ++j) {
    if (!group.spec->usage[j].refines) continue;
    const bool untold = std::any_of(group.shapes.begin(), group.shapes.end(),
                                    [j](const ShapePoint& shape) { return shape.usage[j] == 0; });
    if (!untold) continue;
    for (ShapePoint& shape : group.shapes) shape.usage[j] = 0;
  }
}

}  // namespace

void FitCoefficients(FitGroup& group) {
  const size_t items = group.spec->usage.size();
  LeaveOutWhatIsNotToldThroughout(group);
  group.usage_minimum.assign(items, 0);
  group.usage_maximum.assign(items, 0);
  for (size_t j = 0; j < items; ++j) {
    group.usage_minimum[j] = group.usage_maximum[j] = group.shapes.front().usage[j];
    for (const ShapePoint& shape : group.shapes) {
      const std::vector<int64_t>& least =
          shape.least_call_usage.empty() ? shape.usage : shape.least_call_usage;
      group.usage_minimum[j] = std::min(group.usage_minimum[j], least[j]);
      group.usage_maximum[j] = std::max(group.usage_maximum[j], shape.usage[j]);
    }
  }

  // Relative errors: row and target are divided by the scale of the row. The
  // scale starts at the measured value and then is the geometric mean of
  // measured and fitted value: the squared error relative to it is, to second
  // order, the squared logarithm of their ratio, which shrinks nothing.
  const auto count = static_cast<double>(group.shapes.size());
  std::vector<double> scale;
  for (const ShapePoint& shape : group.shapes) scale.push_back(shape.median_seconds);
  // Shapes that disagree with the rest by much more than the rest among themselves
  // (a slow minute of a shared machine) pull with bounded force: Huber's weights
  // (Robust Estimation of a Location Parameter, 1964), k = 1.5 robust deviations.
  std::vector<double> weight(group.shapes.size(), 1.0);
  NnlsSolution solution;
  constexpr int kReweightings = 6;
  for (int round = 0; round <= kReweightings; ++round) {
    std::vector<std::vector<double>> rows;
    std::vector<double> target;
    for (size_t i = 0; i < group.shapes.size(); ++i) {
      std::vector<double> row(items);
      for (size_t j = 0; j < items; ++j) {
        row[j] = weight[i] * static_cast<double>(group.shapes[i].usage[j]) / scale[i];
      }
      rows.push_back(std::move(row));
      target.push_back(weight[i] * group.shapes[i].median_seconds / scale[i]);
    }
    solution = SolveNnls(rows, target);
    group.coefficients = solution.x;
    for (size_t i = 0; i < group.shapes.size(); ++i) {
      const double fitted = group.Point(group.shapes[i].usage);
      if (fitted > 0) scale[i] = std::sqrt(group.shapes[i].median_seconds * fitted);
    }
    ReweightShapes(group, solution.positive_count, weight);
  }

  const double degrees = count - solution.positive_count;
  std::vector<double> spreads;
  for (const ShapePoint& shape : group.shapes) {
    if (shape.repetitions > 1) spreads.push_back(shape.relative_spread);
  }
  const double pooled = spreads.empty() ? 0 : Median(spreads);
  group.repetition_relative_stddev = pooled;
  group.residual_known = degrees >= 1;
  double variance = kAssumedRelativeStddev * kAssumedRelativeStddev;
  if (group.residual_known) variance = solution.residual_sum_of_squares / degrees;
  const double floor = std::max(kLeastRelativeStddev, group.residual_known ? 0.0 : pooled);
  variance = std::max(variance, floor * floor);
  group.residual_relative_stddev = std::sqrt(variance);
  group.covariance = solution.inverse_gram;
  for (std::vector<double>& row : group.covariance) {
    for (double& value : row) value *= variance;
  }
}

double FitGroup::Point(const std::vector<int64_t>& usage) const {
  double seconds = 0;
  for (size_t j = 0; j < coefficients.size(); ++j) {
    seconds += static_cast<double>(usage[j]) * coefficients[j];
  }
  return seconds;
}

double FitGroup::Variance(const std::vector<int64_t>& usage) const {
  double variance = 0;
  for (size_t i = 0; i < covariance.size(); ++i) {
    double row = 0;
    for (size_t j = 0; j < covariance.size(); ++j) {
      row += covariance[i][j] * static_cast<double>(usage[j]);
    }
    variance += row * static_cast<double>(usage[i]);
  }
  return std::max(variance, 0.0);
}

double FitGroup::OwnRelativeStddev() const {
  return std::sqrt(residual_relative_stddev * residual_relative_stddev +
                   repetition_relative_stddev * repetition_relative_stddev);
}

double FitGroup::CallVariance(const std::vector<int64_t>& usage) const {
  const double point = Point(usage);
  const double own = OwnRelativeStddev() * point;
  const double session = session_relative_stddev * point;
  return Variance(usage) + own * own + session * session;
}

bool FitGroup::Covers(const std::vector<int64_t>& usage) const {
  for (size_t j = 0; j < usage.size(); ++j) {
    const bool measured = usage_maximum[j] > 0;
    // Where a table tells a refining item apart, a call that does not state it has a share
    // of its time missing; where none does, the other items hold it.
    if (spec->usage[j].refines ? measured && usage[j] == 0 : !measured && usage[j] > 0) {
      return false;
    }
  }
  return true;
}

bool FitGroup::Extrapolates(const std::vector<int64_t>& usage) const {
  for (size_t j = 0; j < usage.size(); ++j) {
    if (spec->usage[j].refines && usage_maximum[j] == 0) continue;
    if (usage[j] < usage_minimum[j] || usage[j] > usage_maximum[j]) return true;
  }
  return false;
}

}  // namespace picost::cost
