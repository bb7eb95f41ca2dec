// The data directory in use: loaded once, swapped whole by a reload.
//
// Readers hold a shared pointer, so that a reload never changes an answer that is
// being made. A reload that fails leaves the old data in use.
#ifndef PICOST_SERVICE_DATA_SOURCE_H_
#define PICOST_SERVICE_DATA_SOURCE_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/cost/data_directory.h"

namespace picost::service {

class DataSource {
 public:
  // Nothing is read yet. An empty path has no data: Get fails, saying so.
  explicit DataSource(std::string path) : path_(std::move(path)) {}

  // Loads at the first call.
  absl::StatusOr<std::shared_ptr<const cost::DataDirectory>> Get();
  absl::Status Reload();

 private:
  const std::string path_;
  std::mutex mutex_;
  std::shared_ptr<const cost::DataDirectory> data_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_DATA_SOURCE_H_
