#include "service/calibration/user_tables.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service {
namespace {

constexpr std::string_view kTables = "tables/";

cost::Rescaling FromProto(const v1::Rescaling& from) {
  return {.from = from.from().substr(std::min(kTables.size(), from.from().size())),
          .factor = from.factor(),
          .relative_stddev = from.factor_relative_stddev(),
          .measurements = {from.measurements().begin(), from.measurements().end()},
          .machine = from.machine()};
}

absl::Status Damaged(const std::string& id) {
  return MakeError(absl::StatusCode::kDataLoss,
                   absl::StrCat("what the store keeps of calibrations/", id, " is damaged"),
                   {.mend = "Restore the store from a backup."});
}

}  // namespace

v1::Rescaling ToProto(const cost::Rescaling& from) {
  v1::Rescaling to;
  to.set_from(absl::StrCat("tables/", from.from));
  to.set_factor(from.factor);
  to.set_factor_relative_stddev(from.relative_stddev);
  for (const std::string& name : from.measurements) to.add_measurements(name);
  to.set_machine(from.machine);
  return to;
}

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
    if (!kept.ParseFromString(record.content)) return Damaged(record.id);
    options.imported.push_back({.name = record.id,
                                .table_textproto = kept.table_textproto(),
                                .samples_csv = kept.samples_csv()});
    return absl::OkStatus();
  }));
  PICOST_RETURN_IF_ERROR(ForEachRecord(store, kRescaled, [&](const ResourceRecord& record) {
    v1::Rescaling kept;
    if (!kept.ParseFromString(record.content)) return Damaged(record.id);
    options.rescaled.push_back({.name = record.id, .rescaling = FromProto(kept)});
    return absl::OkStatus();
  }));
  return ForEachRecord(store, kAliases, [&](const ResourceRecord& record) {
    options.aliases[record.id] = record.content;
    return absl::OkStatus();
  });
}

std::string UserTablesStamp(ResourceStore& store) {
  const auto tables = store.Stamp(kCalibrations);
  const auto rescaled = store.Stamp(kRescaled);
  const auto aliases = store.Stamp(kAliases);
  if (!tables.ok() || !rescaled.ok() || !aliases.ok()) return "";
  return absl::StrCat(*tables, ";", *rescaled, ";", *aliases);
}

}  // namespace picost::service
