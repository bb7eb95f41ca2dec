#include "service/oracle_service.h"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/count/conventions.h"
#include "estimator/estimator.h"
#include "estimator/protocols/protocol.h"
#include "estimator/whatif/rewrites/rewrite_steps.h"
#include "service/convert/calls.h"
#include "service/convert/deployment.h"
#include "service/convert/enums.h"
#include "service/convert/estimate.h"
#include "service/convert/graph.h"
#include "service/convert/plan.h"
#include "service/convert/protocol.h"
#include "service/error_reason.h"
#include "service/validate.h"

namespace picost::service {
namespace {

// Of validated names.
std::vector<std::string> RewriteIds(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.push_back(name.substr(name.find('/') + 1));
  return ids;
}

// The network with its ReLUs counted as the request wants; its costs stay.
std::shared_ptr<const LoadedGraph> CountedBy(v1::ReluConvention counting,
                                             std::shared_ptr<const LoadedGraph> loaded) {
  const count::ReluConvention convention = service::FromProto(counting);
  if (convention == count::ReluConvention::kAsWritten) return loaded;
  return std::make_shared<const LoadedGraph>(
      LoadedGraph{loaded->graph, count::CountOpsBy(convention, loaded->graph)});
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
  PICOST_ASSIGN_OR_RETURN(auto loaded, loader_->Load(request.graph()));
  loaded = CountedBy(request.counting(), std::move(loaded));
  response.set_counting(ToProto(service::FromProto(request.counting())));
  response.set_model(loaded->ModelName());
  ToProto(loaded->counts.total, *response.mutable_totals());
  EndsToProto(loaded->graph, response);
  if (!request.has_view() || request.view() != v1::ESTIMATE_VIEW_TOTALS) {
    for (size_t i = 0; i < loaded->graph.nodes().size(); ++i) {
      LayerToProto(*loaded, static_cast<graph::NodeId>(i), *response.add_layers());
    }
  }
  const graph::ImportNotes& notes = loaded->graph.notes();
  if (request.include_parameters() && notes.parameters != nullptr) {
    for (const graph::ParameterTensor& parameter : *notes.parameters) {
      ToProto(parameter, *response.add_parameters());
    }
  }
  ToProto(notes, *response.mutable_notes());
  return absl::OkStatus();
}

absl::Status OracleService::Plan(const v1::PlanRequest& request, v1::ProtocolPlan& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, LoadFor(request));
  const v1::EstimateView view = request.has_view() ? request.view() : v1::ESTIMATE_VIEW_CALLS;
  const ProtocolChoice protocol = FromProto(request.protocol());
  response.set_counting(ToProto(service::FromProto(request.counting())));
  if (request.rewrites().empty()) {
    const auto plan = PlanModel(loaded->graph, protocol);
    if (!plan.ok()) return PlanningError(plan.status());
    ToProto(*CountedBy(request.counting(), loaded), *plan, view, response);
    return absl::OkStatus();
  }
  PICOST_ASSIGN_OR_RETURN(const std::vector<whatif::RewriteStep> steps,
                          whatif::PlanRewrites(loaded->graph, protocol.id, protocol.parameters,
                                               RewriteIds(request.rewrites())));
  const whatif::RewriteStep& last = steps.back();
  if (!last.plan.ok()) return PlanningError(last.plan.status());
  const auto rewritten = std::make_shared<const LoadedGraph>(LoadedGraph{last.graph, last.counts});
  ToProto(*CountedBy(request.counting(), rewritten), *last.plan, view, response);
  ToProto(steps, response);
  return absl::OkStatus();
}

absl::Status OracleService::ComparePlans(const v1::ComparePlansRequest& request,
                                         v1::PlanComparison& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, LoadFor(request));
  std::vector<ProtocolChoice> choices;
  for (const v1::ProtocolChoice& choice : request.protocols()) choices.push_back(FromProto(choice));
  if (choices.empty()) {
    for (const protocols::Protocol* protocol : protocols::AllProtocols()) {
      choices.push_back({.id = protocol->info().id});
    }
  }
  const std::vector<std::string> rewrites = RewriteIds(request.rewrites());
  for (const ProtocolChoice& choice : choices) {
    PICOST_ASSIGN_OR_RETURN(
        const std::vector<whatif::RewriteStep> steps,
        whatif::PlanRewrites(loaded->graph, choice.id, choice.parameters, rewrites));
    const whatif::RewriteStep& last = steps.back();
    const protocols::ProtocolInfo& info = protocols::FindProtocol(choice.id)->info();
    v1::ProtocolTotals& entry = *response.add_protocols();
    entry.set_protocol(absl::StrCat("protocols/", info.id));
    entry.set_title(info.title);
    entry.set_status(ToProto(info.status));
    ToProto(last.counts, last.plan, *entry.mutable_totals());
    if (!last.plan.ok()) continue;
    for (const auto& item : last.plan->memory) ToProto(item, *entry.add_memory());
  }
  response.set_model(loaded->ModelName());
  ToProto(loaded->graph.notes(), *response.mutable_notes());
  return absl::OkStatus();
}

absl::Status OracleService::EstimateAnew(const v1::EstimateRequest& request,
                                         const cost::DataDirectory& data, v1::Estimate& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const cost::Deployment deployment,
                          service::FromProto(request.deployment(), data));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, LoadFor(request));
  ProtocolChoice protocol = FromProto(request.protocol());
  std::shared_ptr<const LoadedGraph> asked = loaded;
  if (!request.rewrites().empty()) {
    PICOST_ASSIGN_OR_RETURN(std::vector<whatif::RewriteStep> steps,
                            whatif::PlanRewrites(loaded->graph, protocol.id, protocol.parameters,
                                                 RewriteIds(request.rewrites())));
    whatif::RewriteStep& last = steps.back();
    protocol.parameters = last.parameters;
    asked =
        std::make_shared<LoadedGraph>(LoadedGraph{std::move(last.graph), std::move(last.counts)});
  }
  const auto estimate = EstimateModel(asked->graph, protocol, deployment);
  if (!estimate.ok()) return PlanningError(estimate.status());
  if (request.require_seconds()) PICOST_RETURN_IF_ERROR(RequireSeconds(*estimate));
  response.set_counting(ToProto(service::FromProto(request.counting())));
  ToProto(*CountedBy(request.counting(), asked), *estimate,
          request.has_view() ? request.view() : v1::ESTIMATE_VIEW_LAYERS, response);
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
  const bool repeats = !NeedsReading(request.graph()) && request.rewrites().empty() &&
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
