// Small things that users give and change: calibration tables, aliases,
// measurements. Each stands in a collection, under an id.
//
// The store knows nothing of what they say. Implementations are safe to use from
// many threads; a call that returned OK has been kept, as ModelStore says.
//
// Laws: resource_store_suite.h runs them over every implementation.
#ifndef PICOST_SERVICE_STORE_RESOURCE_STORE_H_
#define PICOST_SERVICE_STORE_RESOURCE_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace picost::service {

struct ResourceRecord {
  std::string collection;
  std::string id;
  std::string etag;
  int64_t create_time_micros = 0;  // since the Unix epoch
  int64_t update_time_micros = 0;
  std::string content;

  friend bool operator==(const ResourceRecord&, const ResourceRecord&) = default;
};

struct ResourceQuery {
  std::string collection;
  std::string after_id;  // exclusive; empty: from the begin
  int64_t limit = 0;     // >= 1
};

class ResourceStore {
 public:
  virtual ~ResourceStore() = default;

  // Keeps the record unless one of its id exists; returns the one that is kept.
  virtual absl::StatusOr<ResourceRecord> InsertIfAbsent(const ResourceRecord& record) = 0;
  // Changes etag, update time and content of a record that is there. etag empty:
  // any. kNotFound where there is none, kAborted where etags differ.
  virtual absl::Status Update(const ResourceRecord& record, std::string_view etag) = 0;
  // kNotFound where there is none.
  virtual absl::StatusOr<ResourceRecord> Get(std::string_view collection, std::string_view id) = 0;
  // Ordered by id.
  virtual absl::StatusOr<std::vector<ResourceRecord>> List(const ResourceQuery& query) = 0;
  // Changes whenever a record of the collection is added or changed.
  virtual absl::StatusOr<std::string> Stamp(std::string_view collection) = 0;
};

absl::Status ResourceNotFound(std::string_view collection, std::string_view id);
absl::Status ResourceEtagDiffers(std::string_view collection, std::string_view id);

// "memory", "sqlite:PATH" or "postgresql://..."; the same file or database as
// OpenStore, which is opened first.
absl::StatusOr<std::unique_ptr<ResourceStore>> OpenResourceStore(const std::string& address);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_RESOURCE_STORE_H_
