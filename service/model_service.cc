#include "service/model_service.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"
#include "service/page_token.h"
#include "service/validate.h"

namespace picost::service {
namespace {

constexpr int32_t kDefaultModels = 50;
constexpr int32_t kMaxModels = 1000;
constexpr int32_t kDefaultLayers = 1000;
constexpr int32_t kMaxLayers = 10'000;

void Bindings(const google::protobuf::Map<std::string, int64_t>& from,
              google::protobuf::RepeatedPtrField<v1::NamedInteger>& to) {
  const std::map<std::string, int64_t> ordered(from.begin(), from.end());
  for (const auto& [name, value] : ordered) {
    auto* entry = to.Add();
    entry->set_name(name);
    entry->set_value(value);
  }
}

// All of the message but name, etag, display name and time.
v1::Model Describe(const LoadedGraph& loaded, const v1::GraphSource& source) {
  v1::Model model;
  ToProto(loaded.counts.total, *model.mutable_totals());
  model.set_node_count(static_cast<int64_t>(loaded.graph.nodes().size()));
  EndsToProto(loaded.graph, model);
  Bindings(source.dimensions(), *model.mutable_dimensions());
  Bindings(source.trip_counts(), *model.mutable_trip_counts());
  model.set_custom_operators(source.custom_operators());
  model.set_unknown_operators(source.has_unknown_operators() ? source.unknown_operators()
                                                             : v1::UNKNOWN_OPERATOR_POLICY_ERROR);
  ToProto(loaded.graph.notes(), *model.mutable_notes());
  return model;
}

absl::Status FromRecord(const ModelRecord& record, v1::Model& model) {
  if (!model.ParseFromString(record.summary)) {
    return MakeError(absl::StatusCode::kDataLoss,
                     absl::StrCat("what the store keeps of models/", record.id, " is damaged"),
                     {.mend = "Delete the model and create it again."});
  }
  model.set_name(absl::StrCat("models/", record.id));
  model.set_etag(record.etag);
  model.set_display_name(record.display_name);
  constexpr int64_t kMicros = 1'000'000;
  model.mutable_create_time()->set_seconds(record.create_time_micros / kMicros);
  model.mutable_create_time()->set_nanos(
      static_cast<int>(record.create_time_micros % kMicros * 1000));
  return absl::OkStatus();
}

}  // namespace

absl::Status ModelService::CreateModel(const v1::CreateModelRequest& request, v1::Model& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(request.graph()));
  ModelRecord record{.id = loaded->graph.fingerprint(),
                     .display_name = request.display_name(),
                     .create_time_micros = now_(),
                     .summary = Describe(*loaded, request.graph()).SerializeAsString()};
  record.etag = Fingerprinter("model-etag/1")
                    .Add(record.id)
                    .Add(record.display_name)
                    .Add(record.create_time_micros)
                    .Add(record.summary)
                    .Hex()
                    .substr(0, 16);
  if (!request.validate_only()) {
    PICOST_ASSIGN_OR_RETURN(record.source, loader_->SourceToKeep(request.graph()));
    PICOST_ASSIGN_OR_RETURN(record, store_->InsertIfAbsent(record));
    loader_->Remember(loaded);
  }
  PICOST_RETURN_IF_ERROR(FromRecord(record, response));
  // Warnings are about this request's file and bindings, also where the same
  // graph was registered before from another file.
  response.mutable_notes()->Clear();
  ToProto(loaded->graph.notes(), *response.mutable_notes());
  return absl::OkStatus();
}

absl::Status ModelService::GetModel(const v1::GetModelRequest& request, v1::Model& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseModelName(request.name(), "name"));
  PICOST_ASSIGN_OR_RETURN(const ModelRecord record, store_->Get(id));
  return FromRecord(record, response);
}

absl::Status ModelService::ListModels(const v1::ListModelsRequest& request,
                                      v1::ListModelsResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const int32_t size,
                          ResolvePageSize(request.page_size(), kDefaultModels, kMaxModels));
  PICOST_RETURN_IF_ERROR(ValidateDisplayName(request.display_name()));
  const std::string scope = absl::StrCat("ListModels|", request.display_name());
  PICOST_ASSIGN_OR_RETURN(const std::string after, DecodePageToken(scope, request.page_token()));
  // One more than asked for tells whether there is a next page.
  PICOST_ASSIGN_OR_RETURN(
      const std::vector<ModelRecord> records,
      store_->List({.after_id = after, .display_name = request.display_name(), .limit = size + 1}));
  for (size_t i = 0; i < records.size() && i < static_cast<size_t>(size); ++i) {
    PICOST_RETURN_IF_ERROR(FromRecord(records[i], *response.add_models()));
  }
  if (records.size() > static_cast<size_t>(size)) {
    response.set_next_page_token(EncodePageToken(scope, records[size - 1].id));
  }
  return absl::OkStatus();
}

absl::Status ModelService::DeleteModel(const v1::DeleteModelRequest& request) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseModelName(request.name(), "name"));
  absl::Status status = store_->Delete(id, request.etag());
  if (status.ok()) loader_->Forget(id);
  if (absl::IsNotFound(status) && request.allow_missing()) return absl::OkStatus();
  return status;
}

absl::Status ModelService::ListLayers(const v1::ListLayersRequest& request,
                                      v1::ListLayersResponse& response) {
  PICOST_RETURN_IF_ERROR(ParseModelName(request.parent(), "parent").status());
  v1::GraphSource source;
  source.set_model(request.parent());
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(source));
  PICOST_ASSIGN_OR_RETURN(
      const IndexPage page,
      PageOfList(absl::StrCat("ListLayers|", request.parent()),
                 static_cast<int64_t>(loaded->graph.nodes().size()), request.page_size(),
                 request.page_token(), kDefaultLayers, kMaxLayers));
  for (int64_t i = page.begin; i < page.end; ++i) {
    LayerToProto(*loaded, static_cast<graph::NodeId>(i), *response.add_layers());
  }
  response.set_next_page_token(page.next_page_token);
  return absl::OkStatus();
}

}  // namespace picost::service
