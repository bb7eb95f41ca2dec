#include "service/store/memory_resource_store.h"

#include "absl/strings/str_cat.h"

namespace picost::service {

absl::StatusOr<ResourceRecord> MemoryResourceStore::InsertIfAbsent(const ResourceRecord& record) {
  const std::lock_guard lock(mutex_);
  const auto [entry, added] = records_.emplace(Key{record.collection, record.id}, record);
  if (added) ++changes_[record.collection];
  return entry->second;
}

absl::Status MemoryResourceStore::Update(const ResourceRecord& record, std::string_view etag) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(Key{record.collection, record.id});
  if (found == records_.end()) return ResourceNotFound(record.collection, record.id);
  if (!etag.empty() && found->second.etag != etag) {
    return ResourceEtagDiffers(record.collection, record.id);
  }
  found->second.etag = record.etag;
  found->second.update_time_micros = record.update_time_micros;
  found->second.content = record.content;
  ++changes_[record.collection];
  return absl::OkStatus();
}

absl::StatusOr<ResourceRecord> MemoryResourceStore::Get(std::string_view collection,
                                                        std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(Key{collection, id});
  if (found == records_.end()) return ResourceNotFound(collection, id);
  return found->second;
}

absl::StatusOr<std::vector<ResourceRecord>> MemoryResourceStore::List(const ResourceQuery& query) {
  const std::lock_guard lock(mutex_);
  std::vector<ResourceRecord> page;
  for (auto it = records_.upper_bound(Key{query.collection, query.after_id});
       it != records_.end() && it->first.first == query.collection &&
       static_cast<int64_t>(page.size()) < query.limit;
       ++it) {
    page.push_back(it->second);
  }
  return page;
}

absl::StatusOr<std::string> MemoryResourceStore::Stamp(std::string_view collection) {
  const std::lock_guard lock(mutex_);
  const auto found = changes_.find(collection);
  return absl::StrCat(found == changes_.end() ? 0 : found->second);
}

}  // namespace picost::service
