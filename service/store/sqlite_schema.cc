#include "service/store/sqlite_schema.h"

#include <cstdint>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service {
namespace {

// Step i leads from schema version i to i + 1. Steps are never changed once
// released: files of every version exist somewhere.
constexpr const char* kMigrations[] = {
    R"sql(
    CREATE TABLE models (
      id BLOB NOT NULL PRIMARY KEY,
      display_name BLOB NOT NULL,
      create_time_micros INTEGER NOT NULL,
      etag BLOB NOT NULL,
      summary BLOB NOT NULL,
      source BLOB NOT NULL
    ) STRICT;
    CREATE INDEX models_by_display_name ON models (display_name, id);
    )sql",
    // A trial's key is its study's key times 2^32 plus its number: the trials of a
    // study stand together, in order, in the table's own tree, and a page of them is
    // one range. Keys of studies are never used again, so that the trials of a deleted
    // one can be cleared away in small transactions afterwards.
    R"sql(
    CREATE TABLE studies (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      id BLOB NOT NULL UNIQUE,
      create_time_micros INTEGER NOT NULL,
      etag BLOB NOT NULL,
      body BLOB NOT NULL,
      trial_count INTEGER NOT NULL DEFAULT 0,
      progress BLOB NOT NULL DEFAULT X'',
      progress_number INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE trials (
      key INTEGER PRIMARY KEY,
      create_time_micros INTEGER NOT NULL,
      body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE trial_requests (
      study INTEGER NOT NULL,
      request_id BLOB NOT NULL,
      number INTEGER NOT NULL,
      PRIMARY KEY (study, request_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE trial_tags (
      study INTEGER NOT NULL,
      tag BLOB NOT NULL,
      number INTEGER NOT NULL,
      PRIMARY KEY (study, tag, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE deleted_studies (key INTEGER PRIMARY KEY) STRICT;
    )sql",
    R"sql(
    CREATE TABLE resources (
      collection BLOB NOT NULL,
      id BLOB NOT NULL,
      etag BLOB NOT NULL,
      create_time_micros INTEGER NOT NULL,
      update_time_micros INTEGER NOT NULL,
      content BLOB NOT NULL,
      revision INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (collection, id)
    ) STRICT;
    )sql",
};
constexpr int64_t kSchemaVersion = std::size(kMigrations);

}  // namespace

absl::Status MigrateSqlite(sqlite::Database& database) {
  PICOST_ASSIGN_OR_RETURN(int64_t version, database.UserVersion());
  if (version > kSchemaVersion) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     absl::StrCat("the store has schema version ", version,
                                  ", this daemon knows up to ", kSchemaVersion),
                     {.mend = "Run the newer daemon, or restore a backup."});
  }
  while (version < kSchemaVersion) {
    PICOST_RETURN_IF_ERROR(database.Execute("BEGIN IMMEDIATE"));
    // Under the lock: another connection may have made the step meanwhile.
    const auto locked_version = database.UserVersion();
    absl::Status status = locked_version.status();
    if (status.ok()) version = *locked_version;
    if (status.ok() && version < kSchemaVersion) {
      // The version is part of the transaction: a step is made whole or not at all.
      status = database.Execute(
          absl::StrCat(kMigrations[version], "PRAGMA user_version = ", version + 1));
      ++version;
    }
    if (status.ok()) status = database.Execute("COMMIT");
    if (!status.ok()) {
      database.Execute("ROLLBACK").IgnoreError();
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace picost::service
