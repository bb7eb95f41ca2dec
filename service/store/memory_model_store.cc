#include "service/store/memory_model_store.h"

#include <utility>

namespace picost::service {

absl::StatusOr<ModelRecord> MemoryModelStore::InsertIfAbsent(const ModelRecord& record) {
  std::lock_guard lock(mutex_);
  return records_.emplace(record.id, record).first->second;
}

absl::StatusOr<ModelRecord> MemoryModelStore::Get(std::string_view id) {
  std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found == records_.end()) return ModelNotFound(id);
  return found->second;
}

absl::StatusOr<std::vector<ModelRecord>> MemoryModelStore::List(const ListQuery& query) {
  std::lock_guard lock(mutex_);
  std::vector<ModelRecord> page;
  for (auto it = records_.upper_bound(query.after_id);
       it != records_.end() && static_cast<int64_t>(page.size()) < query.limit; ++it) {
    const ModelRecord& record = it->second;
    if (!query.display_name.empty() && record.display_name != query.display_name) continue;
    page.push_back({.id = record.id,
                    .display_name = record.display_name,
                    .create_time_micros = record.create_time_micros,
                    .etag = record.etag,
                    .summary = record.summary,
                    .source = ""});
  }
  return page;
}

absl::Status MemoryModelStore::Delete(std::string_view id, std::string_view etag) {
  std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found == records_.end()) return ModelNotFound(id);
  if (!etag.empty() && found->second.etag != etag) {
    return ModelEtagDiffers(id, etag, found->second.etag);
  }
  records_.erase(found);
  return absl::OkStatus();
}

}  // namespace picost::service
