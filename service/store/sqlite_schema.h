// The tables of a SQLite store, of all kinds of records, under one version.
#ifndef PICOST_SERVICE_STORE_SQLITE_SCHEMA_H_
#define PICOST_SERVICE_STORE_SQLITE_SCHEMA_H_

#include "absl/status/status.h"
#include "service/store/sqlite.h"

namespace picost::service {

// Brings an older file to the present schema; kFailedPrecondition for a newer one.
// Connections that open one file together migrate it once.
absl::Status MigrateSqlite(sqlite::Database& database);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_SQLITE_SCHEMA_H_
