// Models in memory: for tests and for the service inside a command.
#ifndef PICOST_SERVICE_STORE_MEMORY_MODEL_STORE_H_
#define PICOST_SERVICE_STORE_MEMORY_MODEL_STORE_H_

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/model_store.h"

namespace picost::service {

class MemoryModelStore : public ModelStore {
 public:
  absl::StatusOr<ModelRecord> InsertIfAbsent(const ModelRecord& record) override;
  absl::StatusOr<ModelRecord> Get(std::string_view id) override;
  absl::StatusOr<std::vector<ModelRecord>> List(const ListQuery& query) override;
  absl::Status Delete(std::string_view id, std::string_view etag) override;
  absl::Status Check() override { return absl::OkStatus(); }

 private:
  std::mutex mutex_;
  std::map<std::string, ModelRecord, std::less<>> records_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_MEMORY_MODEL_STORE_H_
