// Models in PostgreSQL: several daemons may share one database.
//
// The schema has a version; whichever daemon comes first migrates it, the others
// wait. Rows are immutable, so that replicas never see each other's half work.
#ifndef PICOST_SERVICE_STORE_POSTGRES_MODEL_STORE_H_
#define PICOST_SERVICE_STORE_POSTGRES_MODEL_STORE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/model_store.h"
#include "service/store/postgres.h"

namespace picost::service {

class PostgresModelStore : public ModelStore {
 public:
  // address: "postgresql://...".
  static absl::StatusOr<std::unique_ptr<PostgresModelStore>> Open(const std::string& address);

  absl::StatusOr<ModelRecord> InsertIfAbsent(const ModelRecord& record) override;
  absl::StatusOr<ModelRecord> Get(std::string_view id) override;
  absl::StatusOr<std::vector<ModelRecord>> List(const ListQuery& query) override;
  absl::Status Delete(std::string_view id, std::string_view etag) override;
  absl::Status Check() override;

 private:
  explicit PostgresModelStore(std::unique_ptr<postgres::Pool> pool) : pool_(std::move(pool)) {}

  std::unique_ptr<postgres::Pool> pool_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_POSTGRES_MODEL_STORE_H_
