#include "estimator/cost/scale.h"

#include <cmath>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/robust_factor.h"

namespace picost::cost {
namespace {

using primitives::Family;

// Two probes or one say little about their own scatter.
constexpr double kFewProbesRelativeStddev = 0.15;
absl::Status Refuse(size_t probe, const std::string& what, const std::string& mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat("probe ", probe, ": ", what),
                   {.field = "probes", .mend = mend});
}

}  // namespace

absl::StatusOr<std::shared_ptr<const CostModel>> ScaleModel(const CostModel& model,
                                                            const std::vector<Sample>& probes,
                                                            const std::string& machine,
                                                            const CostModel* reference) {
  const CostModel& predicts = reference != nullptr ? *reference : model;
  if (probes.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "no probes",
                     {.field = "probes", .mend = "Measure at least one primitive there."});
  }
  std::vector<double> all;
  std::map<Family, std::vector<double>> by_family;
  Fingerprinter id("scaled_table/2");
  id.Add(model.table().id).Add(reference != nullptr ? reference->table().id : "");
  for (size_t i = 0; i < probes.size(); ++i) {
    const Sample& probe = probes[i];
    PICOST_ASSIGN_OR_RETURN(const primitives::PrimitiveCall call,
                            primitives::MakeCall(probe.primitive, probe.parameters, probe.count,
                                                 primitives::Phase::kOnline, probe.executor));
    const FitGroup* group = predicts.Find(call);
    if (group == nullptr || !group->Covers(call.usage) || !(group->Point(call.usage) > 0)) {
      return Refuse(
          i, absl::StrCat("the table ", predicts.table().name, " does not cover ", probe.primitive),
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
  const RobustFactor common = FactorOf(all, kFewProbesRelativeStddev);
  CalibrationTable table = model.table();
  table.scaled_from = table.id;
  table.id = id.Hex();
  table.title = absl::StrCat(table.title, ", scaled by ", probes.size(),
                             probes.size() == 1 ? " probe to " : " probes to ", machine);
  table.environment.machine = machine;
  table.probes = probes;
  table.probes_predicted_by = reference != nullptr ? reference->table().name : "";

  std::vector<FitGroup> groups = model.groups();
  for (FitGroup& group : groups) {
    const auto ratios = by_family.find(group.spec->family);
    const RobustFactor factor = ratios != by_family.end() && ratios->second.size() >= kEnoughRatios
                                    ? FactorOf(ratios->second, kFewProbesRelativeStddev)
                                    : common;
    for (double& coefficient : group.coefficients) coefficient *= factor.value;
    for (std::vector<double>& row : group.covariance) {
      for (double& value : row) value *= factor.value * factor.value;
    }
    const double transfer = ratios == by_family.end() ? kTransferRelativeStddev : 0;
    group.session_relative_stddev =
        std::sqrt(group.session_relative_stddev * group.session_relative_stddev +
                  factor.relative_stddev * factor.relative_stddev + transfer * transfer);
  }
  return CostModel::FromGroups(std::make_shared<const CalibrationTable>(std::move(table)),
                               std::move(groups));
}

}  // namespace picost::cost
