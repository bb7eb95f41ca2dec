#include "service/store/open_store.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/store/memory_model_store.h"
#include "service/store/postgres_model_store.h"
#include "service/store/sqlite_model_store.h"

namespace picost::service {

namespace {
constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kPostgres = "postgresql://";
}  // namespace

absl::Status CheckStoreAddress(const std::string& address) {
  if (address == "memory" || address.starts_with(kPostgres) ||
      (address.starts_with(kSqlite) && address.size() > kSqlite.size())) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat("no kind of store is called '", address, "'"),
      {.field = "store", .mend = "Use memory, sqlite:PATH or postgresql://USER@HOST/DATABASE."});
}

absl::StatusOr<std::unique_ptr<ModelStore>> OpenStore(const std::string& address) {
  PICOST_RETURN_IF_ERROR(CheckStoreAddress(address));
  if (address.starts_with(kSqlite)) {
    PICOST_ASSIGN_OR_RETURN(auto store, SqliteModelStore::Open(address.substr(kSqlite.size())));
    return store;
  }
  if (address.starts_with(kPostgres)) {
    PICOST_ASSIGN_OR_RETURN(auto store, PostgresModelStore::Open(address));
    return store;
  }
  return std::make_unique<MemoryModelStore>();
}

}  // namespace picost::service
