#include "service/store/sqlite.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service::sqlite {
namespace {

absl::Status ToStatus(int result, const std::string& doing, const std::string& detail) {
  const std::string what = absl::StrCat("the store failed to ", doing, ": ", detail);
  switch (result & 0xFF) {
    case SQLITE_FULL:
      return MakeError(absl::StatusCode::kResourceExhausted, what, {.mend = "Free disk space."});
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return MakeError(absl::StatusCode::kFailedPrecondition, what,
                       {.mend = "Give the daemon a file that it may read and write, in a folder "
                                "that exists."});
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return MakeError(absl::StatusCode::kDataLoss, what,
                       {.mend = "Restore the file from a backup, or move it away to begin anew."});
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return MakeError(absl::StatusCode::kUnavailable, what, {.mend = "Try again."});
    case SQLITE_IOERR:
      return MakeError(absl::StatusCode::kUnavailable, what, {.mend = "Look at the disk."});
    default:
      return MakeError(absl::StatusCode::kInternal, what, {});
  }
}

absl::Status LastError(sqlite3* database, int result, const std::string& doing) {
  return ToStatus(result, doing, database != nullptr ? sqlite3_errmsg(database) : "out of memory");
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

absl::StatusOr<bool> Statement::Step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    Reset();
    return false;
  }
  absl::Status status = LastError(sqlite3_db_handle(statement_.get()), result, "run a statement");
  Reset();
  return status;
}

absl::Status Statement::Run() {
  while (true) {
    PICOST_ASSIGN_OR_RETURN(const bool row, Step());
    if (!row) return absl::OkStatus();
  }
}

void Statement::Reset() { sqlite3_reset(statement_.get()); }

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

absl::Status Statement::BindOne(int index, int64_t value) {
  const int result = sqlite3_bind_int64(statement_.get(), index + 1, value);
  if (result == SQLITE_OK) return absl::OkStatus();
  return LastError(sqlite3_db_handle(statement_.get()), result, "bind a value");
}

// Blobs, not text: an id or a name compares by its bytes whatever they are.
absl::Status Statement::BindOne(int index, std::string_view value) {
  const char* bytes = value.empty() ? "" : value.data();
  const int result =
      sqlite3_bind_blob64(statement_.get(), index + 1, bytes, value.size(), SQLITE_TRANSIENT);
  if (result == SQLITE_OK) return absl::OkStatus();
  return LastError(sqlite3_db_handle(statement_.get()), result, "bind a value");
}

absl::StatusOr<Database> Database::Open(const std::string& path, const Options& options) {
  sqlite3* handle = nullptr;
  // One connection behind the store's own lock: no second lock inside SQLite.
  const int result =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database;
  database.database_.reset(handle);
  if (result != SQLITE_OK) return LastError(handle, result, absl::StrCat("open ", path));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5000);
  const char* const sync =
      options.sync_commits ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";
  for (const char* pragma : {"PRAGMA journal_mode=WAL", sync}) {
    if (absl::Status status = database.Execute(pragma); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
    }
  }
  if (!options.check) return database;
  PICOST_RETURN_IF_ERROR(database.Check(path));
  return database;
}

absl::Status Database::Check(const std::string& path) {
  PICOST_ASSIGN_OR_RETURN(Statement tables,
                          Prepare("SELECT replace(name, '''', '''''') FROM sqlite_schema "
                                  "WHERE type = 'table' AND name NOT LIKE 'trial%' ORDER BY name"));
  while (true) {
    PICOST_ASSIGN_OR_RETURN(const bool more, tables.Step());
    if (!more) return absl::OkStatus();
    PICOST_ASSIGN_OR_RETURN(Statement check,
                            Prepare(absl::StrCat("PRAGMA quick_check('", tables.Text(0), "')")));
    PICOST_ASSIGN_OR_RETURN(const bool row, check.Step());
    if (row && check.Text(0) == "ok") continue;
    return ToStatus(SQLITE_CORRUPT, absl::StrCat("pass its integrity check (", path, ")"),
                    row ? check.Text(0) : "no answer");
  }
}

absl::Status Database::Execute(const std::string& sql) {
  const int result = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result == SQLITE_OK) return absl::OkStatus();
  return LastError(database_.get(), result, "run a statement");
}

absl::StatusOr<Statement> Database::Prepare(const std::string& sql) {
  sqlite3_stmt* handle = nullptr;
  const int result = sqlite3_prepare_v3(database_.get(), sql.c_str(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (result != SQLITE_OK) return LastError(database_.get(), result, "prepare a statement");
  Statement statement;
  statement.statement_.reset(handle);
  return statement;
}

absl::StatusOr<int64_t> Database::UserVersion() {
  PICOST_ASSIGN_OR_RETURN(Statement statement, Prepare("PRAGMA user_version"));
  PICOST_ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? statement.Integer(0) : 0;
}

int64_t Database::Changes() const { return sqlite3_changes64(database_.get()); }

}  // namespace picost::service::sqlite
