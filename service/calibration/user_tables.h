// Tables and aliases that users gave, in the store: how they join those of the
// data directory.
#ifndef PICOST_SERVICE_CALIBRATION_USER_TABLES_H_
#define PICOST_SERVICE_CALIBRATION_USER_TABLES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/cost/data_directory.h"
#include "estimator/cost/rescale.h"
#include "proto/picost/v1/calibrations.pb.h"
#include "service/store/resource_store.h"

namespace picost::service {

inline constexpr char kCalibrations[] = "calibrations";  // content: ImportCalibrationRequest
inline constexpr char kAliases[] = "aliases";            // content: id of the table
inline constexpr char kRescaled[] = "rescaled";          // content: Rescaling
inline constexpr char kMeasurements[] = "measurements";  // content: Measurement

v1::Rescaling ToProto(const cost::Rescaling& from);

// Every record of a collection, in order of ids.
absl::Status ForEachRecord(ResourceStore& store, const std::string& collection,
                           const std::function<absl::Status(const ResourceRecord&)>& visit);

// What DataSource loads beside the folder.
absl::Status AddUserTables(ResourceStore& store, cost::LoadOptions& options);

// Changes when a load would find other tables or aliases. Empty where the store
// does not answer: then nothing is known to have changed.
std::string UserTablesStamp(ResourceStore& store);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CALIBRATION_USER_TABLES_H_
