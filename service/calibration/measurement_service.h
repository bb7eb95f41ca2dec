// The measurements' part of the service Calibrations, without its transport.
#ifndef PICOST_SERVICE_CALIBRATION_MEASUREMENT_SERVICE_H_
#define PICOST_SERVICE_CALIBRATION_MEASUREMENT_SERVICE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "proto/picost/v1/calibrations.pb.h"
#include "proto/picost/v1/question.pb.h"
#include "service/store/resource_store.h"

namespace picost::service {

class MeasurementService {
 public:
  using Predict = std::function<absl::Status(const v1::EstimateRequest&, v1::Estimate&)>;
  // Told once of every measurement that is kept: protocol id, measured by predicted,
  // whether the interval held it.
  using OnMeasured = std::function<void(const std::string&, double, bool)>;

  // store outlives the service.
  MeasurementService(ResourceStore* store, Predict predict, std::function<int64_t()> now,
                     OnMeasured on_measured)
      : store_(store),
        predict_(std::move(predict)),
        now_(std::move(now)),
        on_measured_(std::move(on_measured)) {}

  absl::Status ReportMeasurements(const v1::ReportMeasurementsRequest& request,
                                  v1::ReportMeasurementsResponse& response);
  absl::Status ListMeasurements(const v1::ListMeasurementsRequest& request,
                                v1::ListMeasurementsResponse& response);
  absl::Status EvaluateCalibration(const v1::EvaluateCalibrationRequest& request,
                                   v1::CalibrationEvaluation& response);

 private:
  // under: the deployment to predict under.
  absl::Status Compare(const v1::Measurement& measurement, const v1::DeploymentChoice& under,
                       v1::ComparedMeasurement& to);

  ResourceStore* const store_;
  const Predict predict_;
  const std::function<int64_t()> now_;
  const OnMeasured on_measured_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_CALIBRATION_MEASUREMENT_SERVICE_H_
