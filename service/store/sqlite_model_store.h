// Models in one SQLite file: the store that is shipped as default.
//
// One connection behind one lock: writes are rare and short, and a read takes
// microseconds; graphs are cached above. The schema has a version; a file of an
// older one is migrated when it is opened, a newer one is refused.
#ifndef PICOST_SERVICE_STORE_SQLITE_MODEL_STORE_H_
#define PICOST_SERVICE_STORE_SQLITE_MODEL_STORE_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/model_store.h"
#include "service/store/sqlite.h"

namespace picost::service {

class SqliteModelStore : public ModelStore {
 public:
  static absl::StatusOr<std::unique_ptr<SqliteModelStore>> Open(const std::string& path);

  absl::StatusOr<ModelRecord> InsertIfAbsent(const ModelRecord& record) override;
  absl::StatusOr<ModelRecord> Get(std::string_view id) override;
  absl::StatusOr<std::vector<ModelRecord>> List(const ListQuery& query) override;
  absl::Status Delete(std::string_view id, std::string_view etag) override;
  absl::Status Check() override;

 private:
  explicit SqliteModelStore(sqlite::Database database) : database_(std::move(database)) {}

  absl::Status Prepare();
  absl::StatusOr<ModelRecord> GetLocked(std::string_view id);

  std::mutex mutex_;
  sqlite::Database database_;
  sqlite::Statement insert_;
  sqlite::Statement get_;
  sqlite::Statement list_;
  sqlite::Statement list_named_;
  sqlite::Statement delete_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_SQLITE_MODEL_STORE_H_
