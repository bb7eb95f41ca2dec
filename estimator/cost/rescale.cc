#include "estimator/cost/rescale.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/robust_factor.h"

namespace picost::cost {
namespace {

constexpr double kMostFactor = 64;
constexpr double kLeastShare = 0.1;
constexpr double kFewRelativeStddev = 0.15;  // as of few probes (scale.cc)

absl::Status Silent(std::string why) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, std::move(why),
      {.field = "measurements", .mend = "Measure what the table prices most of, where it runs."});
}

}  // namespace

absl::StatusOr<PhaseFactor> SolvePhaseFactor(
    const std::function<absl::StatusOr<double>(double factor)>& predict, double measured_seconds) {
  double low = 1 / kMostFactor;
  double high = kMostFactor;
  PICOST_ASSIGN_OR_RETURN(const double as_it_is, predict(1));
  PICOST_ASSIGN_OR_RETURN(const double least, predict(low));
  PICOST_ASSIGN_OR_RETURN(const double most, predict(high));
  // What is left at the least factor is, but for 1/64, everything else.
  const double share =
      as_it_is > 0 ? std::clamp((as_it_is - least) / (1 - low) / as_it_is, 0.0, 1.0) : 0;
  if (share < kLeastShare) {
    return Silent(absl::StrFormat("the table prices %.1f %% of the phase", 100 * share));
  }
  if (measured_seconds < least || measured_seconds > most) {
    return Silent(absl::StrFormat(
        "%.6g s were measured; no factor of the table from 1/64 to 64 predicts that (%.6g to "
        "%.6g s)",
        measured_seconds, least, most));
  }
  // Halving: where work and transfer overlap, seconds are not linear in the factor. After
  // 60 steps nothing of a range of 64 is left that a double shows.
  constexpr int kSteps = 60;
  for (int step = 0; step < kSteps; ++step) {
    const double middle = 0.5 * (low + high);
    PICOST_ASSIGN_OR_RETURN(const double seconds, predict(middle));
    (seconds < measured_seconds ? low : high) = middle;
  }
  return PhaseFactor{.factor = 0.5 * (low + high), .share = share};
}

Rescaling SummarizeFactors(const std::vector<PhaseFactor>& factors) {
  std::vector<double> values;
  std::vector<double> shares;
  for (const PhaseFactor& one : factors) {
    values.push_back(one.factor);
    shares.push_back(one.share);
  }
  const RobustFactor factor = FactorOf(values, kFewRelativeStddev / Median(shares));
  return {.factor = factor.value, .relative_stddev = factor.relative_stddev};
}

std::shared_ptr<const CostModel> RescaleModel(const CostModel& model, const std::string& name,
                                              const Rescaling& rescaling) {
  CalibrationTable table = model.table();
  Fingerprinter id("rescaled_table");
  id.Add(table.id).Add(rescaling.factor).Add(rescaling.relative_stddev).Add(rescaling.machine);
  for (const std::string& measurement : rescaling.measurements) id.Add(measurement);
  table.scaled_from = table.id;
  table.id = id.Hex();
  table.name = name;
  table.title = absl::StrCat(
      table.title, absl::StrFormat(", times %.4g after %d measured inferences", rescaling.factor,
                                   static_cast<int>(rescaling.measurements.size())));
  if (!rescaling.machine.empty()) table.environment.machine = rescaling.machine;
  std::vector<FitGroup> groups = model.groups();
  for (FitGroup& group : groups) {
    for (double& coefficient : group.coefficients) coefficient *= rescaling.factor;
    for (std::vector<double>& row : group.covariance) {
      for (double& value : row) value *= rescaling.factor * rescaling.factor;
    }
    group.session_relative_stddev =
        std::sqrt(group.session_relative_stddev * group.session_relative_stddev +
                  rescaling.relative_stddev * rescaling.relative_stddev);
  }
  return CostModel::FromGroups(std::make_shared<const CalibrationTable>(std::move(table)),
                               std::move(groups));
}

}  // namespace picost::cost
