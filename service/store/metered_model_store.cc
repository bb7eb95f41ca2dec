#include "service/store/metered_model_store.h"

#include <chrono>

namespace picost::service {
namespace {

const absl::Status& StatusOf(const absl::Status& status) { return status; }

template <typename Value>
absl::Status StatusOf(const absl::StatusOr<Value>& value) {
  return value.status();
}

template <typename Call>
auto Metered(const MeteredModelStore::Report& report, const char* operation, Call call) {
  const auto begin = std::chrono::steady_clock::now();
  auto result = call();
  const absl::Status status = StatusOf(result);
  const bool failed = !status.ok() && !absl::IsNotFound(status) && !absl::IsAborted(status);
  report(operation, failed,
         std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return result;
}

}  // namespace

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
