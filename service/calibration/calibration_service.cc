#include "service/calibration/calibration_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/cost_model.h"
#include "service/calibration/times.h"
#include "service/calibration/user_tables.h"
#include "service/calibration/validate_calibration.h"
#include "service/convert/catalog.h"
#include "service/convert/enums.h"
#include "service/page_token.h"
#include "service/validate.h"

namespace picost::service {
namespace {

constexpr int32_t kDefaultSize = 100;
constexpr int32_t kMaxSize = 1000;
constexpr size_t kDigestInId = 16;

const cost::NamedTable* FindByName(const cost::DataDirectory& data, const std::string& name) {
  for (const cost::NamedTable& table : data.tables()) {
    if (table.name == name) return &table;
  }
  return nullptr;
}

absl::Status NoCalibration(const std::string& id, const char* field) {
  return MakeError(absl::StatusCode::kNotFound, absl::StrCat("there is no calibrations/", id),
                   {.field = field, .mend = "List those that there are."});
}

void AddFits(const cost::CostModel& model, v1::Calibration& to) {
  for (const cost::FitGroup& group : model.groups()) {
    v1::CalibrationFit& fit = *to.add_fits();
    fit.set_key(group.key);
    fit.set_executor(ToProto(group.executor));
    for (size_t i = 0; i < group.coefficients.size(); ++i) {
      v1::FitCoefficient& coefficient = *fit.add_coefficients();
      coefficient.set_usage(group.spec->usage[i].name);
      coefficient.set_each_seconds(group.coefficients[i]);
    }
    fit.set_sample_count(group.sample_count);
    fit.set_residual_relative_stddev(group.residual_relative_stddev);
    fit.set_interval_claimed(group.interval_claimed);
  }
}

// Of an alias that stands in a file there is nothing but its content to go by.
std::string EtagOfAlias(const std::string& alias, const std::string& table) {
  return Fingerprinter("alias-etag/1").Add(alias).Add(table).Hex().substr(0, kDigestInId);
}

}  // namespace

absl::StatusOr<bool> CalibrationService::IsKept(const std::string& collection,
                                                const std::string& id) {
  const auto record = store_->Get(collection, id);
  if (record.ok()) return true;
  if (absl::IsNotFound(record.status())) return false;
  return record.status();
}

absl::Status CalibrationService::Describe(const cost::DataDirectory& data,
                                          const cost::NamedTable& table, v1::Calibration& to) {
  to.set_name(absl::StrCat("calibrations/", table.name));
  ToProto(table, data, *to.mutable_table());
  const auto rescaled = store_->Get(kRescaled, table.name);
  if (rescaled.ok()) {
    if (!to.mutable_rescaling()->ParseFromString(rescaled->content)) to.clear_rescaling();
    SetTime(rescaled->create_time_micros, *to.mutable_create_time());
    return absl::OkStatus();
  }
  if (!absl::IsNotFound(rescaled.status())) return rescaled.status();
  const auto record = store_->Get(kCalibrations, table.name);
  if (absl::IsNotFound(record.status())) return absl::OkStatus();
  if (!record.ok()) return record.status();
  to.set_imported(true);
  SetTime(record->create_time_micros, *to.mutable_create_time());
  return absl::OkStatus();
}

absl::Status CalibrationService::ListCalibrations(const v1::ListCalibrationsRequest& request,
                                                  v1::ListCalibrationsResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  PICOST_ASSIGN_OR_RETURN(
      const IndexPage page,
      PageOfList("ListCalibrations", static_cast<int64_t>(data->tables().size()),
                 request.page_size(), request.page_token(), kDefaultSize, kMaxSize));
  for (int64_t i = page.begin; i < page.end; ++i) {
    PICOST_RETURN_IF_ERROR(Describe(*data, data->tables()[i], *response.add_calibrations()));
  }
  response.set_next_page_token(page.next_page_token);
  return absl::OkStatus();
}

absl::Status CalibrationService::GetCalibration(const v1::GetCalibrationRequest& request,
                                                v1::Calibration& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string id,
                          ParseResourceName(request.name(), kCalibrations, "name"));
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  const cost::NamedTable* table = FindByName(*data, id);
  if (table == nullptr) return NoCalibration(id, "name");
  PICOST_RETURN_IF_ERROR(Describe(*data, *table, response));
  AddFits(*table->model, response);
  return absl::OkStatus();
}

absl::Status CalibrationService::ImportCalibration(const v1::ImportCalibrationRequest& request,
                                                   v1::Calibration& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  std::string id = request.calibration_id();
  const std::string digest =
      cost::CalibrationTableId(request.table_textproto(), request.samples_csv());
  if (id.empty()) id = absl::StrCat("import-", digest.substr(0, kDigestInId));
  PICOST_ASSIGN_OR_RETURN(
      cost::CalibrationTable table,
      cost::ParseCalibrationTable(id, request.table_textproto(), request.samples_csv()));
  PICOST_ASSIGN_OR_RETURN(
      const auto model,
      cost::CostModel::Fit(std::make_shared<const cost::CalibrationTable>(std::move(table))));
  // A table's id and an alias exclude each other: neither may appear between the check
  // for the other and the change.
  const std::lock_guard lock(moving_);
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  const cost::NamedTable* there = FindByName(*data, id);
  PICOST_ASSIGN_OR_RETURN(const bool is_alias, IsKept(kAliases, id));
  if ((there != nullptr && there->model->table().id != digest) || data->aliases().contains(id) ||
      is_alias) {
    return MakeError(
        absl::StatusCode::kAlreadyExists,
        absl::StrCat("calibrations/", id, " is another table or an alias"),
        {.field = "calibration_id", .mend = "Choose another id: tables never change."});
  }
  if (request.validate_only()) {
    PICOST_RETURN_IF_ERROR(Describe(*data, {.name = id, .model = model}, response));
    AddFits(*model, response);
    return absl::OkStatus();
  }
  if (there == nullptr) {
    v1::ImportCalibrationRequest kept;
    kept.set_table_textproto(request.table_textproto());
    kept.set_samples_csv(request.samples_csv());
    const int64_t now = now_();
    PICOST_ASSIGN_OR_RETURN(const ResourceRecord record,
                            store_->InsertIfAbsent({.collection = kCalibrations,
                                                    .id = id,
                                                    .etag = digest.substr(0, kDigestInId),
                                                    .create_time_micros = now,
                                                    .update_time_micros = now,
                                                    .content = kept.SerializeAsString()}));
    if (record.etag != digest.substr(0, kDigestInId)) {
      return MakeError(absl::StatusCode::kAlreadyExists,
                       absl::StrCat("calibrations/", id, " has just become another table"),
                       {.field = "calibration_id", .mend = "Choose another id."});
    }
    PICOST_RETURN_IF_ERROR(data_->Reload());
  }
  v1::GetCalibrationRequest get;
  get.set_name(absl::StrCat("calibrations/", id));
  return GetCalibration(get, response);
}

absl::Status CalibrationService::DescribeRescaled(
    const std::string& id, const std::shared_ptr<const cost::CostModel>& model,
    const v1::Rescaling& rescaling, v1::Calibration& to) {
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  PICOST_RETURN_IF_ERROR(Describe(*data, {.name = id, .model = model}, to));
  *to.mutable_rescaling() = rescaling;
  AddFits(*model, to);
  return absl::OkStatus();
}

absl::Status CalibrationService::DescribeAlias(const std::string& alias, const std::string& table,
                                               v1::Alias& to) {
  to.set_name(absl::StrCat("aliases/", alias));
  to.set_calibration(absl::StrCat("calibrations/", table));
  to.set_etag(EtagOfAlias(alias, table));
  const auto record = store_->Get(kAliases, alias);
  if (absl::IsNotFound(record.status())) return absl::OkStatus();
  if (!record.ok()) return record.status();
  to.set_etag(record->etag);
  SetTime(record->update_time_micros, *to.mutable_update_time());
  return absl::OkStatus();
}

absl::Status CalibrationService::ListAliases(const v1::ListAliasesRequest& request,
                                             v1::ListAliasesResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  const std::vector<std::pair<std::string, std::string>> all(data->aliases().begin(),
                                                             data->aliases().end());
  PICOST_ASSIGN_OR_RETURN(
      const IndexPage page,
      PageOfList("ListAliases", static_cast<int64_t>(all.size()), request.page_size(),
                 request.page_token(), kDefaultSize, kMaxSize));
  for (int64_t i = page.begin; i < page.end; ++i) {
    PICOST_RETURN_IF_ERROR(DescribeAlias(all[i].first, all[i].second, *response.add_aliases()));
  }
  response.set_next_page_token(page.next_page_token);
  return absl::OkStatus();
}

absl::Status CalibrationService::SetAlias(const v1::SetAliasRequest& request, v1::Alias& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string alias,
                          ParseResourceName(request.name(), kAliases, "name"));
  PICOST_ASSIGN_OR_RETURN(const std::string table,
                          ParseResourceName(request.calibration(), kCalibrations, "calibration"));
  const std::lock_guard lock(moving_);
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  if (FindByName(*data, table) == nullptr) return NoCalibration(table, "calibration");
  PICOST_ASSIGN_OR_RETURN(const bool is_table, IsKept(kCalibrations, alias));
  if (FindByName(*data, alias) != nullptr || is_table) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("'", alias, "' is the id of a table"),
                     {.field = "name", .mend = "Choose another name."});
  }
  const int64_t now = now_();
  ResourceRecord record{.collection = kAliases,
                        .id = alias,
                        .create_time_micros = now,
                        .update_time_micros = now,
                        .content = table};
  // Of its time, too: an alias that went away and came back has another etag.
  record.etag =
      Fingerprinter("alias-etag/2").Add(alias).Add(table).Add(now).Hex().substr(0, kDigestInId);
  absl::Status status = store_->Update(record, request.etag());
  if (absl::IsNotFound(status)) {
    const auto in_file = data->aliases().find(alias);
    if (!request.etag().empty() && (in_file == data->aliases().end() ||
                                    EtagOfAlias(alias, in_file->second) != request.etag())) {
      return ResourceEtagDiffers(kAliases, alias);
    }
    PICOST_ASSIGN_OR_RETURN(const ResourceRecord kept, store_->InsertIfAbsent(record));
    status = kept.etag == record.etag ? absl::OkStatus() : ResourceEtagDiffers(kAliases, alias);
  }
  PICOST_RETURN_IF_ERROR(status);
  PICOST_RETURN_IF_ERROR(data_->Reload());
  return DescribeAlias(alias, table, response);
}

}  // namespace picost::service
