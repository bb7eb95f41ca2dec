// Resources in a PostgreSQL that daemons share.
#ifndef PICOST_SERVICE_STORE_POSTGRES_RESOURCE_STORE_H_
#define PICOST_SERVICE_STORE_POSTGRES_RESOURCE_STORE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/store/postgres.h"
#include "service/store/resource_store.h"

namespace picost::service {

class PostgresResourceStore : public ResourceStore {
 public:
  static absl::StatusOr<std::unique_ptr<PostgresResourceStore>> Open(const std::string& address);

  absl::StatusOr<ResourceRecord> InsertIfAbsent(const ResourceRecord& record) override;
  absl::Status Update(const ResourceRecord& record, std::string_view etag) override;
  absl::StatusOr<ResourceRecord> Get(std::string_view collection, std::string_view id) override;
  absl::StatusOr<std::vector<ResourceRecord>> List(const ResourceQuery& query) override;
  absl::StatusOr<std::string> Stamp(std::string_view collection) override;

 private:
  explicit PostgresResourceStore(std::unique_ptr<postgres::Pool> pool) : pool_(std::move(pool)) {}

  const std::unique_ptr<postgres::Pool> pool_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_POSTGRES_RESOURCE_STORE_H_
