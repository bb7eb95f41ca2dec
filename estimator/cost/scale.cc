#include "estimator/cost/scale.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"

namespace picost::cost {
namespace {

using primitives::Family;

// Two probes or one say little about their own scatter.
constexpr double kFewProbesRelativeStddev = 0.15;
constexpr size_t kEnoughProbes = 3;
constexpr double kMedianToDeviation = 1.4826;  // of a normal distribution

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

struct Factor {
  double value = 1;
  double relative_stddev = 0;
};

Factor FactorOf(const std::vector<double>& ratios) {
  Factor factor{.value = Median(ratios), .relative_stddev = kFewProbesRelativeStddev};
  if (ratios.size() >= kEnoughProbes) {
    std::vector<double> deviations;
    for (const double ratio : ratios) deviations.push_back(std::abs(ratio / factor.value - 1));
    factor.relative_stddev = std::max(0.01, kMedianToDeviation * Median(deviations));
  }
  return factor;
}

absl::Status Refuse(size_t probe, const std::string& what, const std::string& mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat("probe ", probe, ": ", what),
                   {.field = "probes", .mend = mend});
}

}  // namespace

absl::StatusOr<std::shared_ptr<const CostModel>> ScaleModel(const CostModel& model,
                                                            const std::vector<Sample>& probes,
                                                            const std::string& machine) {
  if (probes.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "no probes",
                     {.field = "probes", .mend = "Measure at least one primitive there."});
  }
  std::vector<double> all;
  std::map<Family, std::vector<double>> by_family;
  Fingerprinter id("scaled_table");
  id.Add(model.table().id);
  for (size_t i = 0; i < probes.size(); ++i) {
    const Sample& probe = probes[i];
    PICOST_ASSIGN_OR_RETURN(const primitives::PrimitiveCall call,
                            primitives::MakeCall(probe.primitive, probe.parameters, probe.count,
                                                 primitives::Phase::kOnline, probe.executor));
    const FitGroup* group = model.Find(call);
    if (group == nullptr || !(group->Point(call.usage) > 0)) {
      return Refuse(i, absl::StrCat("the table does not cover ", probe.primitive),
                    "Probe what the table has samples of.");
    }
    if (!(probe.wall.value() > 0)) {
      return Refuse(i, "its time is not positive", "Give the seconds that it took.");
    }
    const double ratio = probe.wall.value() / group->Point(call.usage);
    all.push_back(ratio);
    by_family[call.spec->family].push_back(ratio);
    id.Add(probe.primitive).Add(probe.parameters.DebugString()).Add(probe.count);
    id.Add(probe.wall.value()).Add(static_cast<int64_t>(probe.executor));
  }
  const Factor common = FactorOf(all);
  CalibrationTable table = model.table();
  table.scaled_from = table.id;
  table.id = id.Hex();
  table.title = absl::StrCat(table.title, ", scaled by ", probes.size(), " probes to ", machine);
  table.environment.machine = machine;

  std::vector<FitGroup> groups = model.groups();
  for (FitGroup& group : groups) {
    const auto ratios = by_family.find(group.spec->family);
    const Factor factor = ratios != by_family.end() && ratios->second.size() >= kEnoughProbes
                              ? FactorOf(ratios->second)
                              : common;
    for (double& coefficient : group.coefficients) coefficient *= factor.value;
    for (std::vector<double>& row : group.covariance) {
      for (double& value : row) value *= factor.value * factor.value;
    }
    group.session_relative_stddev =
        std::sqrt(group.session_relative_stddev * group.session_relative_stddev +
                  factor.relative_stddev * factor.relative_stddev);
  }
  return CostModel::FromGroups(std::make_shared<const CalibrationTable>(std::move(table)),
                               std::move(groups));
}

}  // namespace picost::cost
