#include "service/store/resource_store.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/store/memory_resource_store.h"
#include "service/store/open_store.h"
#include "service/store/postgres_resource_store.h"
#include "service/store/sqlite_resource_store.h"

namespace picost::service {

absl::Status ResourceNotFound(std::string_view collection, std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound,
                   absl::StrCat("there is no ", std::string(collection), "/", std::string(id)),
                   {.field = "name", .mend = "List those that there are."});
}

absl::Status ResourceEtagDiffers(std::string_view collection, std::string_view id) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat(std::string(collection), "/", std::string(id),
                                " has changed since its etag was read"),
                   {.field = "etag", .mend = "Read it again and decide anew."});
}

absl::StatusOr<std::unique_ptr<ResourceStore>> OpenResourceStore(const std::string& address) {
  PICOST_RETURN_IF_ERROR(CheckStoreAddress(address));
  if (address == "memory") return std::make_unique<MemoryResourceStore>();
  constexpr std::string_view kSqlite = "sqlite:";
  if (address.starts_with(kSqlite)) {
    PICOST_ASSIGN_OR_RETURN(auto store, SqliteResourceStore::Open(address.substr(kSqlite.size())));
    return store;
  }
  PICOST_ASSIGN_OR_RETURN(auto store, PostgresResourceStore::Open(address));
  return store;
}

}  // namespace picost::service
