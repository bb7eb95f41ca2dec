#include "service/store/postgres_schema.h"

#include <cstdint>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service {
namespace {

// Step i leads from schema version i to i + 1; never changed once released.
// bytea compares byte by byte, whatever the database's collation is.
constexpr const char* kMigrations[] = {
    R"sql(
    CREATE TABLE picost_models (
      id BYTEA NOT NULL PRIMARY KEY,
      display_name BYTEA NOT NULL,
      create_time_micros BIGINT NOT NULL,
      etag BYTEA NOT NULL,
      summary BYTEA NOT NULL,
      source BYTEA NOT NULL
    );
    CREATE INDEX picost_models_by_display_name ON picost_models (display_name, id);
    )sql",
    R"sql(
    CREATE TABLE picost_studies (
      key BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id BYTEA NOT NULL UNIQUE,
      create_time_micros BIGINT NOT NULL,
      etag BYTEA NOT NULL,
      body BYTEA NOT NULL,
      trial_count BIGINT NOT NULL DEFAULT 0,
      progress BYTEA NOT NULL DEFAULT ''::bytea,
      progress_number BIGINT NOT NULL DEFAULT 0
    );
    CREATE TABLE picost_trials (
      study BIGINT NOT NULL,
      number BIGINT NOT NULL,
      create_time_micros BIGINT NOT NULL,
      body BYTEA NOT NULL,
      PRIMARY KEY (study, number)
    );
    CREATE TABLE picost_trial_requests (
      study BIGINT NOT NULL,
      request_id BYTEA NOT NULL,
      number BIGINT NOT NULL,
      PRIMARY KEY (study, request_id)
    );
    CREATE TABLE picost_trial_tags (
      study BIGINT NOT NULL,
      tag BYTEA NOT NULL,
      number BIGINT NOT NULL,
      PRIMARY KEY (study, tag, number)
    );
    )sql",
    R"sql(
    CREATE TABLE picost_resources (
      collection BYTEA NOT NULL,
      id BYTEA NOT NULL,
      etag BYTEA NOT NULL,
      create_time_micros BIGINT NOT NULL,
      update_time_micros BIGINT NOT NULL,
      content BYTEA NOT NULL,
      revision BIGINT NOT NULL DEFAULT 0,
      PRIMARY KEY (collection, id)
    );
    )sql",
};
constexpr int64_t kSchemaVersion = std::size(kMigrations);

// Any number, the same in every daemon: who migrates holds it.
constexpr int64_t kMigrationLock = 0x7069636F7374;

}  // namespace

absl::Status MigratePostgres(postgres::Pool& pool) {
  PICOST_RETURN_IF_ERROR(pool.RunScript(
      absl::StrCat("BEGIN; SELECT pg_advisory_xact_lock(", kMigrationLock,
                   "); CREATE TABLE IF NOT EXISTS picost_schema (version BIGINT NOT NULL); "
                   "INSERT INTO picost_schema SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM "
                   "picost_schema); COMMIT")));
  PICOST_ASSIGN_OR_RETURN(const postgres::Result found,
                          pool.Run("SELECT version FROM picost_schema", {}, /*repeatable=*/true));
  if (found.rows.empty()) return absl::InternalError("the store's schema has no version");
  const int64_t version = found.Integer(0, 0);
  if (version > kSchemaVersion) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     absl::StrCat("the store has schema version ", version,
                                  ", this daemon knows up to ", kSchemaVersion),
                     {.mend = "Run the newer daemon, or restore a backup."});
  }
  for (int64_t step = version; step < kSchemaVersion; ++step) {
    // Under the lock, and only if no other daemon has made the step meanwhile.
    PICOST_RETURN_IF_ERROR(pool.RunScript(
        absl::StrCat("BEGIN; SELECT pg_advisory_xact_lock(", kMigrationLock,
                     "); DO $migrate$ BEGIN IF (SELECT version FROM ", "picost_schema) = ", step,
                     " THEN ", kMigrations[step], " UPDATE picost_schema SET version = ", step + 1,
                     "; END IF; END $migrate$; COMMIT")));
  }
  return absl::OkStatus();
}

}  // namespace picost::service
