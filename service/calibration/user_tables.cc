#include "service/calibration/user_tables.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "proto/picost/v1/calibrations.pb.h"

namespace picost::service {

absl::Status ForEachRecord(ResourceStore& store, const std::string& collection,
                           const std::function<absl::Status(const ResourceRecord&)>& visit) {
  constexpr int64_t kPage = 100;
  std::string after;
  while (true) {
    PICOST_ASSIGN_OR_RETURN(
        const std::vector<ResourceRecord> page,
        store.List({.collection = collection, .after_id = after, .limit = kPage}));
    for (const ResourceRecord& record : page) PICOST_RETURN_IF_ERROR(visit(record));
    if (page.size() < static_cast<size_t>(kPage)) return absl::OkStatus();
    after = page.back().id;
  }
}

absl::Status AddUserTables(ResourceStore& store, cost::LoadOptions& options) {
  PICOST_RETURN_IF_ERROR(ForEachRecord(store, kCalibrations, [&](const ResourceRecord& record) {
    v1::ImportCalibrationRequest kept;
    if (!kept.ParseFromString(record.content)) {
      return MakeError(
          absl::StatusCode::kDataLoss,
          absl::StrCat("what the store keeps of calibrations/", record.id, " is damaged"),
          {.mend = "Restore the store from a backup."});
    }
    options.imported.push_back({.name = record.id,
                                .table_textproto = kept.table_textproto(),
                                .samples_csv = kept.samples_csv()});
    return absl::OkStatus();
  }));
  return ForEachRecord(store, kAliases, [&](const ResourceRecord& record) {
    options.aliases[record.id] = record.content;
    return absl::OkStatus();
  });
}

std::string UserTablesStamp(ResourceStore& store) {
  const auto tables = store.Stamp(kCalibrations);
  const auto aliases = store.Stamp(kAliases);
  if (!tables.ok() || !aliases.ok()) return "";
  return absl::StrCat(*tables, ";", *aliases);
}

}  // namespace picost::service
