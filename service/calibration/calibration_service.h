// The tables' part of the service Calibrations, without its transport.
#ifndef PICOST_SERVICE_CALIBRATION_CALIBRATION_SERVICE_H_
#define PICOST_SERVICE_CALIBRATION_CALIBRATION_SERVICE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/data_directory.h"
#include "proto/picost/v1/calibrations.pb.h"
#include "service/data_source.h"
#include "service/store/resource_store.h"

namespace picost::service {

class CalibrationService {
 public:
  // store and data outlive the service; data loads what is in the store. now:
  // microseconds since the Unix epoch.
  CalibrationService(ResourceStore* store, DataSource* data, std::function<int64_t()> now)
      : store_(store), data_(data), now_(std::move(now)) {}

  absl::Status ListCalibrations(const v1::ListCalibrationsRequest& request,
                                v1::ListCalibrationsResponse& response);
  absl::Status GetCalibration(const v1::GetCalibrationRequest& request, v1::Calibration& response);
  absl::Status ImportCalibration(const v1::ImportCalibrationRequest& request,
                                 v1::Calibration& response);
  absl::Status ListAliases(const v1::ListAliasesRequest& request,
                           v1::ListAliasesResponse& response);
  absl::Status SetAlias(const v1::SetAliasRequest& request, v1::Alias& response);

  // A table that RescaleService made; it need not be kept.
  absl::Status DescribeRescaled(const std::string& id,
                                const std::shared_ptr<const cost::CostModel>& model,
                                const v1::Rescaling& rescaling, v1::Calibration& to);

 private:
  // Also what another daemon of the same store has added since the data were loaded.
  absl::StatusOr<bool> IsKept(const std::string& collection, const std::string& id);
  // Without fits.
  absl::Status Describe(const cost::DataDirectory& data, const cost::NamedTable& table,
                        v1::Calibration& to);
  absl::Status DescribeAlias(const std::string& alias, const std::string& table, v1::Alias& to);

  ResourceStore* const store_;
  DataSource* const data_;
  const std::function<int64_t()> now_;
  // Between a check of names and the change. Daemons that share a store may still cross:
  // then the table stays, and the alias is left out with a warning in the log.
  std::mutex moving_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_CALIBRATION_CALIBRATION_SERVICE_H_
