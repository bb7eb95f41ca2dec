// The tables of a PostgreSQL store, of all kinds of records, under one version.
#ifndef PICOST_SERVICE_STORE_POSTGRES_SCHEMA_H_
#define PICOST_SERVICE_STORE_POSTGRES_SCHEMA_H_

#include "absl/status/status.h"
#include "service/store/postgres.h"

namespace picost::service {

// Brings an older database to the present schema; kFailedPrecondition for a newer
// one. Daemons that start together migrate once: whoever comes first, the others wait.
absl::Status MigratePostgres(postgres::Pool& pool);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_POSTGRES_SCHEMA_H_
