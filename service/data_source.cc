#include "service/data_source.h"

#include <utility>

#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/reloads.h"

namespace picost::service {

absl::StatusOr<DataSource::Data> DataSource::Load() {
  cost::LoadOptions options{.skip_broken_tables = true};
  const std::string stamp = FolderStamp(path_);
  const std::string additions = additions_stamp_ != nullptr ? additions_stamp_() : "";
  const absl::Status status = additions_ != nullptr ? additions_(options) : absl::OkStatus();
  absl::StatusOr<Data> loaded =
      status.ok() ? cost::DataDirectory::Load(path_, options) : absl::StatusOr<Data>(status);
  if (loaded.ok() && on_loaded_ != nullptr) on_loaded_(**loaded);
  const std::lock_guard lock(mutex_);
  stamp_ = stamp;
  loaded_additions_ = status.ok() ? additions : "";
  incomplete_ = !loaded.ok() || !(*loaded)->skipped().empty();
  if (loaded.ok()) data_ = *loaded;
  return loaded;
}

absl::StatusOr<DataSource::Data> DataSource::Get() {
  {
    const std::lock_guard lock(mutex_);
    if (data_ != nullptr) return data_;
  }
  if (path_.empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     "this server has no data directory with calibration tables and deployments",
                     {.field = "deployment", .mend = "Start it with --data_dir."});
  }
  const std::lock_guard loading(loading_);
  {
    // Another caller may have loaded it while this one waited.
    const std::lock_guard lock(mutex_);
    if (data_ != nullptr) return data_;
  }
  return Load();
}

absl::Status DataSource::Reload() {
  if (path_.empty()) return absl::OkStatus();
  const std::lock_guard loading(loading_);
  return Load().status();
}

bool DataSource::WantsRetry() const {
  std::string stamp;
  std::string additions;
  bool incomplete = false;
  {
    const std::lock_guard lock(mutex_);
    // What nobody has asked for yet is loaded when somebody does.
    if (data_ == nullptr && !incomplete_) return false;
    incomplete = incomplete_;
    stamp = stamp_;
    additions = loaded_additions_;
  }
  if (additions_stamp_ != nullptr) {
    const std::string now = additions_stamp_();
    if (!now.empty() && now != additions) return true;
  }
  return incomplete && FolderStamp(path_) != stamp;
}

}  // namespace picost::service
