#include "service/store/sqlite_model_store.h"

#include <utility>

#include "estimator/base/status_macros.h"
#include "service/store/sqlite_schema.h"

namespace picost::service {

absl::StatusOr<std::unique_ptr<SqliteModelStore>> SqliteModelStore::Open(const std::string& path) {
  PICOST_ASSIGN_OR_RETURN(sqlite::Database database, sqlite::Database::Open(path));
  PICOST_RETURN_IF_ERROR(MigrateSqlite(database));
  std::unique_ptr<SqliteModelStore> store(new SqliteModelStore(std::move(database)));
  PICOST_RETURN_IF_ERROR(store->Prepare());
  return store;
}

absl::Status SqliteModelStore::Prepare() {
  PICOST_ASSIGN_OR_RETURN(
      insert_,
      database_.Prepare("INSERT INTO models (id, display_name, create_time_micros, etag, "
                        "summary, source) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"));
  PICOST_ASSIGN_OR_RETURN(get_,
                          database_.Prepare("SELECT id, display_name, create_time_micros, etag, "
                                            "summary, source FROM models WHERE id = ?"));
  PICOST_ASSIGN_OR_RETURN(
      list_, database_.Prepare("SELECT id, display_name, create_time_micros, etag, summary FROM "
                               "models WHERE id > ? ORDER BY id LIMIT ?"));
  PICOST_ASSIGN_OR_RETURN(
      list_named_,
      database_.Prepare("SELECT id, display_name, create_time_micros, etag, summary FROM models "
                        "WHERE display_name = ? AND id > ? ORDER BY id LIMIT ?"));
  PICOST_ASSIGN_OR_RETURN(
      delete_, database_.Prepare("DELETE FROM models WHERE id = ? AND (? = X'' OR etag = ?)"));
  return absl::OkStatus();
}

absl::StatusOr<ModelRecord> SqliteModelStore::InsertIfAbsent(const ModelRecord& record) {
  std::lock_guard lock(mutex_);
  PICOST_RETURN_IF_ERROR(
      insert_.Bind(std::string_view(record.id), std::string_view(record.display_name),
                   record.create_time_micros, std::string_view(record.etag),
                   std::string_view(record.summary), std::string_view(record.source)));
  PICOST_RETURN_IF_ERROR(insert_.Run());
  return GetLocked(record.id);
}

absl::StatusOr<ModelRecord> SqliteModelStore::Get(std::string_view id) {
  std::lock_guard lock(mutex_);
  return GetLocked(id);
}

absl::StatusOr<ModelRecord> SqliteModelStore::GetLocked(std::string_view id) {
  PICOST_RETURN_IF_ERROR(get_.Bind(id));
  PICOST_ASSIGN_OR_RETURN(const bool row, get_.Step());
  if (!row) return ModelNotFound(id);
  ModelRecord record{.id = get_.Text(0),
                     .display_name = get_.Text(1),
                     .create_time_micros = get_.Integer(2),
                     .etag = get_.Text(3),
                     .summary = get_.Text(4),
                     .source = get_.Text(5)};
  get_.Reset();
  return record;
}

absl::StatusOr<std::vector<ModelRecord>> SqliteModelStore::List(const ListQuery& query) {
  std::lock_guard lock(mutex_);
  const bool named = !query.display_name.empty();
  sqlite::Statement& statement = named ? list_named_ : list_;
  PICOST_RETURN_IF_ERROR(named ? statement.Bind(std::string_view(query.display_name),
                                                std::string_view(query.after_id), query.limit)
                               : statement.Bind(std::string_view(query.after_id), query.limit));
  std::vector<ModelRecord> page;
  while (true) {
    PICOST_ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) return page;
    page.push_back({.id = statement.Text(0),
                    .display_name = statement.Text(1),
                    .create_time_micros = statement.Integer(2),
                    .etag = statement.Text(3),
                    .summary = statement.Text(4),
                    .source = ""});
  }
}

absl::Status SqliteModelStore::Delete(std::string_view id, std::string_view etag) {
  std::lock_guard lock(mutex_);
  PICOST_RETURN_IF_ERROR(delete_.Bind(id, etag, etag));
  PICOST_RETURN_IF_ERROR(delete_.Run());
  if (database_.Changes() > 0) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(const ModelRecord kept, GetLocked(id));
  return ModelEtagDiffers(id, etag, kept.etag);
}

absl::Status SqliteModelStore::Check() {
  std::lock_guard lock(mutex_);
  return database_.UserVersion().status();
}

}  // namespace picost::service
