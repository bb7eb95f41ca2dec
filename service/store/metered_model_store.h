// A store that reports how long its calls take and which fail.
#ifndef PICOST_SERVICE_STORE_METERED_MODEL_STORE_H_
#define PICOST_SERVICE_STORE_METERED_MODEL_STORE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/metered.h"
#include "service/store/model_store.h"

namespace picost::service {

class MeteredModelStore : public ModelStore {
 public:
  MeteredModelStore(std::unique_ptr<ModelStore> store, StoreReport report)
      : store_(std::move(store)), report_(std::move(report)) {}

  absl::StatusOr<ModelRecord> InsertIfAbsent(const ModelRecord& record) override;
  absl::StatusOr<ModelRecord> Get(std::string_view id) override;
  absl::StatusOr<std::vector<ModelRecord>> List(const ListQuery& query) override;
  absl::Status Delete(std::string_view id, std::string_view etag) override;
  absl::Status Check() override;

 private:
  const std::unique_ptr<ModelStore> store_;
  const StoreReport report_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_METERED_MODEL_STORE_H_
