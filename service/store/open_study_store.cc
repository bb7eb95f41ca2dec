#include "service/store/open_study_store.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/store/memory_study_store.h"
#include "service/store/postgres_study_store.h"
#include "service/store/sqlite_study_store.h"

namespace picost::service {

absl::StatusOr<std::unique_ptr<StudyStore>> OpenStudyStore(const std::string& address) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (address == "memory") return std::make_unique<MemoryStudyStore>();
  if (address.starts_with(kSqlite) && address.size() > kSqlite.size()) {
    PICOST_ASSIGN_OR_RETURN(auto store, SqliteStudyStore::Open(address.substr(kSqlite.size())));
    return store;
  }
  if (address.starts_with("postgresql://")) {
    PICOST_ASSIGN_OR_RETURN(auto store, PostgresStudyStore::Open(address));
    return store;
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat("no kind of store is called '", address, "'"),
      {.field = "store", .mend = "Use memory, sqlite:PATH or postgresql://USER@HOST/DATABASE."});
}

}  // namespace picost::service
