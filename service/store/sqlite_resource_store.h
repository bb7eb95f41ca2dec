// Resources in one SQLite file, beside the models.
#ifndef PICOST_SERVICE_STORE_SQLITE_RESOURCE_STORE_H_
#define PICOST_SERVICE_STORE_SQLITE_RESOURCE_STORE_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/store/resource_store.h"
#include "service/store/sqlite.h"

namespace picost::service {

class SqliteResourceStore : public ResourceStore {
 public:
  static absl::StatusOr<std::unique_ptr<SqliteResourceStore>> Open(const std::string& path);

  absl::StatusOr<ResourceRecord> InsertIfAbsent(const ResourceRecord& record) override;
  absl::Status Update(const ResourceRecord& record, std::string_view etag) override;
  absl::StatusOr<ResourceRecord> Get(std::string_view collection, std::string_view id) override;
  absl::StatusOr<std::vector<ResourceRecord>> List(const ResourceQuery& query) override;
  absl::StatusOr<std::string> Stamp(std::string_view collection) override;

 private:
  explicit SqliteResourceStore(sqlite::Database database) : database_(std::move(database)) {}

  absl::Status Prepare();
  absl::StatusOr<ResourceRecord> GetLocked(std::string_view collection, std::string_view id);

  std::mutex mutex_;
  sqlite::Database database_;
  sqlite::Statement insert_;
  sqlite::Statement update_;
  sqlite::Statement get_;
  sqlite::Statement list_;
  sqlite::Statement stamp_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_SQLITE_RESOURCE_STORE_H_
