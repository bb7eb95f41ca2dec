#include "service/oracle_service.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/estimator.h"
#include "service/convert/deployment.h"
#include "service/convert/estimate.h"
#include "service/convert/protocol.h"
#include "service/error_reason.h"
#include "service/validate.h"

namespace picost::service {
namespace {

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

absl::Status OracleService::Estimate(const v1::EstimateRequest& request, v1::Estimate& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  PICOST_ASSIGN_OR_RETURN(const cost::Deployment deployment,
                          service::FromProto(request.deployment(), *data));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(request.graph()));
  const auto estimate = EstimateModel(loaded->graph, FromProto(request.protocol()), deployment);
  if (!estimate.ok()) return PlanningError(estimate.status());
  if (request.require_seconds()) PICOST_RETURN_IF_ERROR(RequireSeconds(*estimate));
  ToProto(*loaded, *estimate, request.has_view() ? request.view() : v1::ESTIMATE_VIEW_LAYERS,
          response);
  return absl::OkStatus();
}

}  // namespace picost::service
