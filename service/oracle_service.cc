#include "service/oracle_service.h"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/estimator.h"
#include "service/convert/deployment.h"
#include "service/convert/estimate.h"
#include "service/error_reason.h"
#include "service/validate.h"

namespace picost::service {
namespace {

ProtocolChoice FromProto(const v1::ProtocolChoice& choice) {
  ProtocolChoice protocol{.id = choice.protocol().substr(choice.protocol().find('/') + 1)};
  for (const auto& [name, value] : choice.parameters()) protocol.parameters.Set(name, value);
  return protocol;
}

// A layer that the protocol does not cover is the model's matter, not the request's.
absl::Status PlanningError(absl::Status status) {
  return status.code() == absl::StatusCode::kUnimplemented ? WithReason(status, kLayerNotPlanned)
                                                           : status;
}

absl::Status RequireSeconds(const cost::Estimate& estimate) {
  if (estimate.missing.empty()) return absl::OkStatus();
  std::set<std::string> primitives;
  for (const cost::MissingPrimitive& missing : estimate.missing)
    primitives.insert(missing.primitive);
  return WithReason(
      MakeError(absl::StatusCode::kFailedPrecondition,
                absl::StrCat("no table of the deployment covers ", absl::StrJoin(primitives, ", ")),
                {.field = "deployment",
                 .mend = "Name a deployment whose tables do, or leave require_seconds away to get "
                         "counts and traffic alone."}),
      kTablesMissing);
}

}  // namespace

absl::Status OracleService::Inspect(const v1::InspectRequest& request, v1::Inspection& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(request.graph()));
  response.set_model(loaded->ModelName());
  ToProto(loaded->counts.total, *response.mutable_totals());
  EndsToProto(loaded->graph, response);
  if (!request.has_view() || request.view() != v1::ESTIMATE_VIEW_TOTALS) {
    for (size_t i = 0; i < loaded->graph.nodes().size(); ++i) {
      LayerToProto(*loaded, static_cast<graph::NodeId>(i), *response.add_layers());
    }
  }
  ToProto(loaded->graph.notes(), *response.mutable_notes());
  return absl::OkStatus();
}

absl::Status OracleService::Plan(const v1::PlanRequest& request, v1::ProtocolPlan& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(request.graph()));
  const auto plan = PlanModel(loaded->graph, FromProto(request.protocol()));
  if (!plan.ok()) return PlanningError(plan.status());
  ToProto(*loaded, *plan, request.has_view() ? request.view() : v1::ESTIMATE_VIEW_CALLS, response);
  return absl::OkStatus();
}

absl::Status OracleService::EstimateAnew(const v1::EstimateRequest& request,
                                         const cost::DataDirectory& data, v1::Estimate& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const cost::Deployment deployment,
                          service::FromProto(request.deployment(), data));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(request.graph()));
  const auto estimate = EstimateModel(loaded->graph, FromProto(request.protocol()), deployment);
  if (!estimate.ok()) return PlanningError(estimate.status());
  if (request.require_seconds()) PICOST_RETURN_IF_ERROR(RequireSeconds(*estimate));
  ToProto(*loaded, *estimate, request.has_view() ? request.view() : v1::ESTIMATE_VIEW_LAYERS,
          response);
  return absl::OkStatus();
}

void OracleService::RememberTotals(const std::string& key, const v1::EstimateRequest& request,
                                   const DataSource::Data& data, const v1::Estimate& response) {
  auto deployment = service::FromProto(request.deployment(), *data);
  auto loaded = loader_->Load(request.graph());
  if (!deployment.ok() || !loaded.ok()) return;
  // The session keeps both alive: no other data get their address while it lives.
  struct Kept {
    DataSource::Data data;
    std::shared_ptr<const LoadedGraph> loaded;
  };
  const auto kept = std::make_shared<const Kept>(Kept{data, *loaded});
  auto session =
      whatif::EditSession::Create(std::shared_ptr<const graph::Graph>(kept, &kept->loaded->graph),
                                  FromProto(request.protocol()), *std::move(deployment));
  if (session.ok()) totals_.Remember(key, {.session = *std::move(session), .frame = response});
}

absl::Status OracleService::Estimate(const v1::EstimateRequest& request, v1::Estimate& response) {
  // Mistakes of the request come before what the server lacks.
  const bool repeats = request.graph().source_case() == v1::GraphSource::kModel &&
                       request.has_view() && request.view() == v1::ESTIMATE_VIEW_TOTALS;
  if (!repeats) PICOST_RETURN_IF_ERROR(Validate(request));
  auto data = data_->Get();
  if (!data.ok()) {
    PICOST_RETURN_IF_ERROR(Validate(request));
    return data.status();
  }
  // Equal bytes, equal data: an equal answer, unless the model has gone meanwhile.
  const std::string key = repeats ? absl::StrCat(reinterpret_cast<uintptr_t>(data->get()), "|",
                                                 request.SerializeAsString())
                                  : "";
  if (repeats && totals_.Answer(key, response)) {
    const auto loaded = loader_->Load(request.graph());
    if (!loaded.ok()) response.Clear();
    PICOST_RETURN_IF_ERROR(loaded.status());
  } else {
    PICOST_RETURN_IF_ERROR(EstimateAnew(request, **data, response));
    // A question asked twice is likely asked again; a thousand different ones are not.
    if (repeats && totals_.AskedBefore(key)) RememberTotals(key, request, *data, response);
  }
  on_estimate_(response.missing_size() > 0, response.extrapolated());
  return absl::OkStatus();
}

}  // namespace picost::service
