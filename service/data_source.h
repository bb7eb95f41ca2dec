// The data directory in use: loaded once, swapped whole by a reload.
//
// Readers hold a shared pointer, so that a reload never changes an answer that is
// being made. A reload that fails leaves the old data in use. A table that cannot
// be read (half written, perhaps) is left out, and the next reload tries it again.
#ifndef PICOST_SERVICE_DATA_SOURCE_H_
#define PICOST_SERVICE_DATA_SOURCE_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/cost/data_directory.h"

namespace picost::service {

class DataSource {
 public:
  using Data = std::shared_ptr<const cost::DataDirectory>;
  // What to load beside the folder: tables and aliases that users gave.
  using Additions = std::function<absl::Status(cost::LoadOptions& options)>;
  // Differs when Additions would bring something else; empty: unknown.
  using AdditionsStamp = std::function<std::string()>;

  // Nothing is read yet. An empty path has no data: Get fails, saying so.
  explicit DataSource(std::string path, Additions additions = nullptr,
                      AdditionsStamp additions_stamp = nullptr)
      : path_(std::move(path)),
        additions_(std::move(additions)),
        additions_stamp_(std::move(additions_stamp)) {}

  // Loads at the first call.
  absl::StatusOr<Data> Get();
  absl::Status Reload();

  // Whether the folder has changed since a load that failed or left something out,
  // or the additions have (another daemon on the same store).
  bool WantsRetry() const;
  // Called with what has been loaded, before others see it. Set before use.
  void OnLoaded(std::function<void(const cost::DataDirectory&)> on_loaded) {
    on_loaded_ = std::move(on_loaded);
  }
  bool has_path() const { return !path_.empty(); }

 private:
  absl::StatusOr<Data> Load();

  const std::string path_;
  const Additions additions_;
  const AdditionsStamp additions_stamp_;
  std::function<void(const cost::DataDirectory&)> on_loaded_;
  std::mutex loading_;  // one load at a time, without keeping readers waiting
  mutable std::mutex mutex_;
  Data data_;
  bool incomplete_ = false;
  std::string stamp_;             // of the folder at the last load
  std::string loaded_additions_;  // their stamp then
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_DATA_SOURCE_H_
