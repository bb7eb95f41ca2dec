#include "service/store/sqlite_resource_store.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "service/store/sqlite_schema.h"

namespace picost::service {
namespace {

ResourceRecord RecordAt(const sqlite::Statement& row) {
  return {.collection = row.Text(0),
          .id = row.Text(1),
          .etag = row.Text(2),
          .create_time_micros = row.Integer(3),
          .update_time_micros = row.Integer(4),
          .content = row.Text(5)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteResourceStore>> SqliteResourceStore::Open(
    const std::string& path) {
  PICOST_ASSIGN_OR_RETURN(sqlite::Database database, sqlite::Database::Open(path));
  PICOST_RETURN_IF_ERROR(MigrateSqlite(database));
  std::unique_ptr<SqliteResourceStore> store(new SqliteResourceStore(std::move(database)));
  PICOST_RETURN_IF_ERROR(store->Prepare());
  return store;
}

absl::Status SqliteResourceStore::Prepare() {
  PICOST_ASSIGN_OR_RETURN(
      insert_, database_.Prepare("INSERT INTO resources (collection, id, etag, create_time_micros, "
                                 "update_time_micros, content) VALUES (?, ?, ?, ?, ?, ?) "
                                 "ON CONFLICT DO NOTHING"));
  PICOST_ASSIGN_OR_RETURN(
      update_, database_.Prepare("UPDATE resources SET etag = ?, update_time_micros = ?, "
                                 "content = ?, revision = revision + 1 WHERE collection = ? "
                                 "AND id = ? AND (? = X'' OR etag = ?)"));
  PICOST_ASSIGN_OR_RETURN(
      get_, database_.Prepare("SELECT collection, id, etag, create_time_micros, "
                              "update_time_micros, content FROM resources WHERE collection = ? "
                              "AND id = ?"));
  PICOST_ASSIGN_OR_RETURN(
      list_, database_.Prepare("SELECT collection, id, etag, create_time_micros, "
                               "update_time_micros, content FROM resources WHERE collection = ? "
                               "AND id > ? ORDER BY id LIMIT ?"));
  PICOST_ASSIGN_OR_RETURN(
      stamp_, database_.Prepare("SELECT count(*), coalesce(sum(revision), 0) FROM resources "
                                "WHERE collection = ?"));
  return absl::OkStatus();
}

absl::StatusOr<ResourceRecord> SqliteResourceStore::InsertIfAbsent(const ResourceRecord& record) {
  const std::lock_guard lock(mutex_);
  PICOST_RETURN_IF_ERROR(insert_.Bind(std::string_view(record.collection),
                                      std::string_view(record.id), std::string_view(record.etag),
                                      record.create_time_micros, record.update_time_micros,
                                      std::string_view(record.content)));
  PICOST_RETURN_IF_ERROR(insert_.Run());
  return GetLocked(record.collection, record.id);
}

absl::Status SqliteResourceStore::Update(const ResourceRecord& record, std::string_view etag) {
  const std::lock_guard lock(mutex_);
  PICOST_RETURN_IF_ERROR(update_.Bind(
      std::string_view(record.etag), record.update_time_micros, std::string_view(record.content),
      std::string_view(record.collection), std::string_view(record.id), etag, etag));
  PICOST_RETURN_IF_ERROR(update_.Run());
  if (database_.Changes() > 0) return absl::OkStatus();
  PICOST_RETURN_IF_ERROR(GetLocked(record.collection, record.id).status());
  return ResourceEtagDiffers(record.collection, record.id);
}

absl::StatusOr<ResourceRecord> SqliteResourceStore::Get(std::string_view collection,
                                                        std::string_view id) {
  const std::lock_guard lock(mutex_);
  return GetLocked(collection, id);
}

absl::StatusOr<ResourceRecord> SqliteResourceStore::GetLocked(std::string_view collection,
                                                              std::string_view id) {
  PICOST_RETURN_IF_ERROR(get_.Bind(collection, id));
  PICOST_ASSIGN_OR_RETURN(const bool row, get_.Step());
  if (!row) return ResourceNotFound(collection, id);
  ResourceRecord record = RecordAt(get_);
  get_.Reset();
  return record;
}

absl::StatusOr<std::vector<ResourceRecord>> SqliteResourceStore::List(const ResourceQuery& query) {
  const std::lock_guard lock(mutex_);
  PICOST_RETURN_IF_ERROR(list_.Bind(std::string_view(query.collection),
                                    std::string_view(query.after_id), query.limit));
  std::vector<ResourceRecord> page;
  while (true) {
    PICOST_ASSIGN_OR_RETURN(const bool row, list_.Step());
    if (!row) return page;
    page.push_back(RecordAt(list_));
  }
}

absl::StatusOr<std::string> SqliteResourceStore::Stamp(std::string_view collection) {
  const std::lock_guard lock(mutex_);
  PICOST_RETURN_IF_ERROR(stamp_.Bind(collection));
  PICOST_ASSIGN_OR_RETURN(const bool row, stamp_.Step());
  std::string stamp = row ? absl::StrCat(stamp_.Integer(0), "|", stamp_.Integer(1)) : "";
  stamp_.Reset();
  return stamp;
}

}  // namespace picost::service
