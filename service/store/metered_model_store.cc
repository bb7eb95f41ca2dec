#include "service/store/metered_model_store.h"

namespace picost::service {

absl::StatusOr<ModelRecord> MeteredModelStore::InsertIfAbsent(const ModelRecord& record) {
  return Metered(report_, "insert", [&] { return store_->InsertIfAbsent(record); });
}

absl::StatusOr<ModelRecord> MeteredModelStore::Get(std::string_view id) {
  return Metered(report_, "get", [&] { return store_->Get(id); });
}

absl::StatusOr<std::vector<ModelRecord>> MeteredModelStore::List(const ListQuery& query) {
  return Metered(report_, "list", [&] { return store_->List(query); });
}

absl::Status MeteredModelStore::Delete(std::string_view id, std::string_view etag) {
  return Metered(report_, "delete", [&] { return store_->Delete(id, etag); });
}

absl::Status MeteredModelStore::Check() {
  return Metered(report_, "check", [&] { return store_->Check(); });
}

}  // namespace picost::service
