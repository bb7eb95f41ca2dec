#include "service/store/postgres_resource_store.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "service/store/postgres_schema.h"

namespace picost::service {
namespace {

constexpr int kConnections = 2;
constexpr char kColumns[] =
    "SELECT collection, id, etag, create_time_micros, update_time_micros, content "
    "FROM picost_resources WHERE collection = $1 AND id ";

ResourceRecord RecordAt(const postgres::Result& result, size_t row) {
  const std::vector<std::string>& cells = result.rows[row];
  return {.collection = cells[0],
          .id = cells[1],
          .etag = cells[2],
          .create_time_micros = result.Integer(row, 3),
          .update_time_micros = result.Integer(row, 4),
          .content = cells[5]};
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresResourceStore>> PostgresResourceStore::Open(
    const std::string& address) {
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<postgres::Pool> pool,
                          postgres::Pool::Connect(address, kConnections));
  PICOST_RETURN_IF_ERROR(MigratePostgres(*pool));
  return std::unique_ptr<PostgresResourceStore>(new PostgresResourceStore(std::move(pool)));
}

absl::StatusOr<ResourceRecord> PostgresResourceStore::InsertIfAbsent(const ResourceRecord& record) {
  PICOST_RETURN_IF_ERROR(
      pool_
          ->Run("INSERT INTO picost_resources (collection, id, etag, create_time_micros, "
                "update_time_micros, content) VALUES ($1, $2, $3, $4, $5, $6) "
                "ON CONFLICT DO NOTHING",
                {std::string_view(record.collection), std::string_view(record.id),
                 std::string_view(record.etag), record.create_time_micros,
                 record.update_time_micros, std::string_view(record.content)},
                /*repeatable=*/true)
          .status());
  return Get(record.collection, record.id);
}

absl::Status PostgresResourceStore::Update(const ResourceRecord& record, std::string_view etag) {
  // Not repeated: after a lost answer, a second try would find the first one's etag.
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result changed,
      pool_->Run("UPDATE picost_resources SET etag = $1, update_time_micros = $2, content = $3, "
                 "revision = revision + 1 WHERE collection = $4 AND id = $5 "
                 "AND ($6 = ''::bytea OR etag = $6)",
                 {std::string_view(record.etag), record.update_time_micros,
                  std::string_view(record.content), std::string_view(record.collection),
                  std::string_view(record.id), etag},
                 /*repeatable=*/false));
  if (changed.affected_rows > 0) return absl::OkStatus();
  PICOST_RETURN_IF_ERROR(Get(record.collection, record.id).status());
  return ResourceEtagDiffers(record.collection, record.id);
}

absl::StatusOr<ResourceRecord> PostgresResourceStore::Get(std::string_view collection,
                                                          std::string_view id) {
  PICOST_ASSIGN_OR_RETURN(const postgres::Result found,
                          pool_->Run(absl::StrCat(kColumns, "= $2").c_str(), {collection, id},
                                     /*repeatable=*/true));
  if (found.rows.empty()) return ResourceNotFound(collection, id);
  return RecordAt(found, 0);
}

absl::StatusOr<std::vector<ResourceRecord>> PostgresResourceStore::List(
    const ResourceQuery& query) {
  PICOST_ASSIGN_OR_RETURN(const postgres::Result found,
                          pool_->Run(absl::StrCat(kColumns, "> $2 ORDER BY id LIMIT $3").c_str(),
                                     {std::string_view(query.collection),
                                      std::string_view(query.after_id), query.limit},
                                     /*repeatable=*/true));
  std::vector<ResourceRecord> page;
  for (size_t row = 0; row < found.rows.size(); ++row) page.push_back(RecordAt(found, row));
  return page;
}

absl::StatusOr<std::string> PostgresResourceStore::Stamp(std::string_view collection) {
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result found,
      pool_->Run("SELECT count(*), coalesce(sum(revision), 0)::bigint FROM picost_resources "
                 "WHERE collection = $1",
                 {collection}, /*repeatable=*/true));
  if (found.rows.empty()) return std::string();
  return absl::StrCat(found.Integer(0, 0), "|", found.Integer(0, 1));
}

}  // namespace picost::service
