// Resources in memory: for tests and for the service inside a command.
#ifndef PICOST_SERVICE_STORE_MEMORY_RESOURCE_STORE_H_
#define PICOST_SERVICE_STORE_MEMORY_RESOURCE_STORE_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/store/resource_store.h"

namespace picost::service {

class MemoryResourceStore : public ResourceStore {
 public:
  absl::StatusOr<ResourceRecord> InsertIfAbsent(const ResourceRecord& record) override;
  absl::Status Update(const ResourceRecord& record, std::string_view etag) override;
  absl::StatusOr<ResourceRecord> Get(std::string_view collection, std::string_view id) override;
  absl::StatusOr<std::vector<ResourceRecord>> List(const ResourceQuery& query) override;
  absl::StatusOr<std::string> Stamp(std::string_view collection) override;

 private:
  using Key = std::pair<std::string, std::string>;  // collection, id

  std::mutex mutex_;
  std::map<Key, ResourceRecord> records_;
  std::map<std::string, int64_t, std::less<>> changes_;  // by collection
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_MEMORY_RESOURCE_STORE_H_
