#include "service/store/postgres_model_store.h"

#include <utility>

#include "estimator/base/status_macros.h"
#include "service/store/postgres_schema.h"

namespace picost::service {
namespace {

constexpr int kConnections = 8;

ModelRecord RecordAt(const postgres::Result& result, size_t row, bool with_source) {
  const std::vector<std::string>& cells = result.rows[row];
  return {.id = cells[0],
          .display_name = cells[1],
          .create_time_micros = result.Integer(row, 2),
          .etag = cells[3],
          .summary = cells[4],
          .source = with_source ? cells[5] : ""};
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresModelStore>> PostgresModelStore::Open(
    const std::string& address) {
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<postgres::Pool> pool,
                          postgres::Pool::Connect(address, kConnections));
  PICOST_RETURN_IF_ERROR(MigratePostgres(*pool));
  return std::unique_ptr<PostgresModelStore>(new PostgresModelStore(std::move(pool)));
}

absl::StatusOr<ModelRecord> PostgresModelStore::InsertIfAbsent(const ModelRecord& record) {
  PICOST_RETURN_IF_ERROR(
      pool_
          ->Run("INSERT INTO picost_models (id, display_name, create_time_micros, etag, "
                "summary, source) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                {std::string_view(record.id), std::string_view(record.display_name),
                 record.create_time_micros, std::string_view(record.etag),
                 std::string_view(record.summary), std::string_view(record.source)},
                /*repeatable=*/true)
          .status());
  return Get(record.id);
}

absl::StatusOr<ModelRecord> PostgresModelStore::Get(std::string_view id) {
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result found,
      pool_->Run("SELECT id, display_name, create_time_micros, etag, summary, source "
                 "FROM picost_models WHERE id = $1",
                 {id}, /*repeatable=*/true));
  if (found.rows.empty()) return ModelNotFound(id);
  return RecordAt(found, 0, /*with_source=*/true);
}

absl::StatusOr<std::vector<ModelRecord>> PostgresModelStore::List(const ListQuery& query) {
  const bool named = !query.display_name.empty();
  const std::string_view after = query.after_id;
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result found,
      named ? pool_->Run(
                  "SELECT id, display_name, create_time_micros, etag, summary FROM picost_models "
                  "WHERE display_name = $1 AND id > $2 ORDER BY id LIMIT $3",
                  {std::string_view(query.display_name), after, query.limit}, /*repeatable=*/true)
            : pool_->Run(
                  "SELECT id, display_name, create_time_micros, etag, summary FROM picost_models "
                  "WHERE id > $1 ORDER BY id LIMIT $2",
                  {after, query.limit}, /*repeatable=*/true));
  std::vector<ModelRecord> page;
  for (size_t row = 0; row < found.rows.size(); ++row) {
    page.push_back(RecordAt(found, row, /*with_source=*/false));
  }
  return page;
}

absl::Status PostgresModelStore::Delete(std::string_view id, std::string_view etag) {
  // Not repeated: after a lost answer, a second try would not find what the first removed.
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result removed,
      pool_->Run("DELETE FROM picost_models WHERE id = $1 AND ($2 = ''::bytea OR etag = $2)",
                 {id, etag},
                 /*repeatable=*/false));
  if (removed.affected_rows > 0) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(const ModelRecord kept, Get(id));
  return ModelEtagDiffers(id, etag, kept.etag);
}

absl::Status PostgresModelStore::Check() {
  return pool_->Run("SELECT 1", {}, /*repeatable=*/true).status();
}

}  // namespace picost::service
