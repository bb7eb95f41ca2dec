// Checks of what the service Calibrations is asked, before anything is done with it:
// kInvalidArgument, naming the field.
#ifndef PICOST_SERVICE_CALIBRATION_VALIDATE_CALIBRATION_H_
#define PICOST_SERVICE_CALIBRATION_VALIDATE_CALIBRATION_H_

#include "absl/status/status.h"
#include "proto/picost/v1/calibrations.pb.h"

namespace picost::service {

// What is wrong with an entry is at "measurements[i]".
absl::Status ValidateMeasurement(const v1::Measurement& measurement);
absl::Status Validate(const v1::ReportMeasurementsRequest& request);
absl::Status Validate(const v1::EvaluateCalibrationRequest& request);
absl::Status Validate(const v1::ImportCalibrationRequest& request);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CALIBRATION_VALIDATE_CALIBRATION_H_
