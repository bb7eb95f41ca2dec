#include "service/data_source.h"

#include <utility>

#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service {

absl::StatusOr<std::shared_ptr<const cost::DataDirectory>> DataSource::Get() {
  std::lock_guard lock(mutex_);
  if (data_ != nullptr) return data_;
  if (path_.empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     "this server has no data directory with calibration tables and deployments",
                     {.field = "deployment", .mend = "Start it with --data_dir."});
  }
  PICOST_ASSIGN_OR_RETURN(data_, cost::DataDirectory::Load(path_));
  return data_;
}

absl::Status DataSource::Reload() {
  // Fits take a while: readers go on with the old data meanwhile.
  PICOST_ASSIGN_OR_RETURN(auto fresh, cost::DataDirectory::Load(path_));
  std::lock_guard lock(mutex_);
  data_ = std::move(fresh);
  return absl::OkStatus();
}

}  // namespace picost::service
