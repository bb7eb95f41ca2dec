// New tables of old ones, by whole inferences that were measured: a part of the service
// Calibrations, without its transport.
#ifndef PICOST_SERVICE_CALIBRATION_RESCALE_SERVICE_H_
#define PICOST_SERVICE_CALIBRATION_RESCALE_SERVICE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "estimator/cost/rescale.h"
#include "proto/picost/v1/calibrations.pb.h"
#include "service/calibration/calibration_service.h"
#include "service/data_source.h"
#include "service/graph_loader.h"
#include "service/store/resource_store.h"

namespace picost::service {

class RescaleService {
 public:
  // All outlive the service; data loads what is in the store.
  RescaleService(ResourceStore* store, DataSource* data, GraphLoader* loader,
                 CalibrationService* calibrations, std::function<int64_t()> now)
      : store_(store),
        data_(data),
        loader_(loader),
        calibrations_(calibrations),
        now_(std::move(now)) {}

  absl::Status RescaleCalibration(const v1::RescaleCalibrationRequest& request,
                                  v1::RescaleCalibrationResponse& response);

 private:
  // What the measured phases say about the table; or, in the response, why they do not.
  absl::Status Judge(const v1::Measurement& measurement, const cost::CostModel& table,
                     const cost::DataDirectory& data, std::vector<cost::PhaseFactor>& factors,
                     v1::RescaleCalibrationResponse& response);
  absl::Status Keep(const std::string& id, const cost::CostModel& model,
                    const v1::Rescaling& rescaling);

  ResourceStore* const store_;
  DataSource* const data_;
  GraphLoader* const loader_;
  CalibrationService* const calibrations_;
  const std::function<int64_t()> now_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_CALIBRATION_RESCALE_SERVICE_H_
