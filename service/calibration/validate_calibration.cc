#include "service/calibration/validate_calibration.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/calibration/measured_phases.h"
#include "service/validate.h"

namespace picost::service {
namespace {

constexpr int kMostMeasurements = 1000;
constexpr size_t kMaxLabelBytes = 256;
constexpr double kMaxSeconds = 1e9;
constexpr int kMaxParameters = 64;

absl::Status Invalid(std::string what, std::string field, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = std::move(field), .mend = std::move(mend)});
}

}  // namespace

absl::Status ValidateMeasurement(const v1::Measurement& measurement) {
  PICOST_RETURN_IF_ERROR(ParseModelName(measurement.model(), "model").status());
  PICOST_RETURN_IF_ERROR(
      ParseResourceName(measurement.protocol(), "protocols", "protocol").status());
  if (measurement.protocol_parameters_size() > kMaxParameters) {
    return Invalid("too many parameters", "protocol_parameters",
                   absl::StrCat("Set at most ", kMaxParameters, "."));
  }
  PICOST_RETURN_IF_ERROR(ValidateDeploymentChoice(measurement.deployment(), "deployment"));
  if (measurement.label().size() > kMaxLabelBytes) {
    return Invalid(absl::StrCat("label has ", measurement.label().size(), " bytes"), "label",
                   absl::StrCat("Use at most ", kMaxLabelBytes, "."));
  }
  bool any = false;
  for (const MeasuredPhase& phase : PhasesOf(measurement)) {
    if (!phase.seconds.has_value()) continue;
    any = true;
    if (!(*phase.seconds > 0 && *phase.seconds <= kMaxSeconds)) {
      return Invalid(absl::StrCat(phase.field, " is ", *phase.seconds), phase.field,
                     "Give seconds above 0, at most 1e9.");
    }
  }
  if (any) return absl::OkStatus();
  return Invalid("a measurement measures no phase", "online_seconds",
                 "Set setup_seconds, offline_seconds or online_seconds.");
}

absl::Status Validate(const v1::ReportMeasurementsRequest& request) {
  if (request.measurements().empty() || request.measurements_size() > kMostMeasurements) {
    return Invalid(absl::StrCat("measurements holds ", request.measurements_size(), " entries"),
                   "measurements", absl::StrCat("Send 1 to ", kMostMeasurements, " in one call."));
  }
  for (int i = 0; i < request.measurements_size(); ++i) {
    const absl::Status status = ValidateMeasurement(request.measurements(i));
    if (!status.ok()) return AtElement(status, absl::StrCat("measurements[", i, "]"));
  }
  return absl::OkStatus();
}

absl::Status Validate(const v1::EvaluateCalibrationRequest& request) {
  if (!request.model().empty()) {
    PICOST_RETURN_IF_ERROR(ParseModelName(request.model(), "model").status());
  }
  if (!request.protocol().empty()) {
    PICOST_RETURN_IF_ERROR(ParseResourceName(request.protocol(), "protocols", "protocol").status());
  }
  if (!request.has_deployment()) return absl::OkStatus();
  return ValidateDeploymentChoice(request.deployment(), "deployment");
}

absl::Status Validate(const v1::ImportCalibrationRequest& request) {
  // What is in the files is checked where they are read.
  if (request.calibration_id().empty()) return absl::OkStatus();
  return ParseResourceName(absl::StrCat("calibrations/", request.calibration_id()), "calibrations",
                           "calibration_id")
      .status();
}

}  // namespace picost::service
