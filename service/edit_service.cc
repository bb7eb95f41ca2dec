#include "service/edit_service.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/estimator.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/whatif/capacity.h"
#include "estimator/whatif/cost_table.h"
#include "estimator/whatif/solve_budget.h"
#include "estimator/whatif/width_table.h"
#include "service/convert/deployment.h"
#include "service/convert/edits.h"
#include "service/convert/graph.h"
#include "service/convert/protocol.h"
#include "service/error_reason.h"
#include "service/serialize.h"
#include "service/status_convert.h"
#include "service/validate.h"

namespace picost::service {
namespace {

constexpr int kMostRequests = 1000;
constexpr int kMostEdits = 100'000;
constexpr int kMostOperations = 4096;
constexpr int kMostPolynomials = 64;
constexpr int kMostWidths = 16;
constexpr int64_t kDefaultLevels = 17;
constexpr int64_t kMostLevels = 4096;
// Choices of one table (each one is evaluated), and choices times budgets solved for.
constexpr int64_t kMostChoices = 65'536;
constexpr int64_t kMostSolvedChoices = 524'288;
constexpr size_t kMostCorrelationBytes = 256;

absl::Status Invalid(std::string what, std::string field, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = std::move(field), .mend = std::move(mend)});
}

absl::Status CheckCount(int64_t count, int64_t most, const std::string& field) {
  if (count <= most) return absl::OkStatus();
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat(field, " holds ", count, " entries"),
                   {.field = field, .mend = absl::StrCat("Send at most ", most, " in one call.")});
}

absl::Status CheckChoices(int64_t total, int64_t most) {
  if (total <= most) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted, absl::StrCat(total, " choices of all layers together"),
      {.field = "levels",
       .mend = absl::StrCat("Ask for fewer levels, layers or frontier_points: at most ", most,
                            " choices.")});
}

template <typename Request>
absl::StatusOr<int64_t> Levels(const Request& request) {
  const int64_t levels = request.has_levels() ? request.levels() : kDefaultLevels;
  if (levels >= 2 && levels <= kMostLevels) return levels;
  return Invalid(absl::StrCat("levels is ", levels), "levels",
                 absl::StrCat("Use 2 to ", kMostLevels, "."));
}

// What lives as long as a session.
template <typename Loaded, typename Data>
struct Kept {
  Loaded loaded;
  Data data;
};

absl::StatusOr<std::vector<whatif::EditOperation>> ReadOperations(
    const v1::Edit& edit, const google::protobuf::RepeatedPtrField<std::string>& nodes) {
  if (edit.kept_size() != 0 && edit.kept_size() != nodes.size()) {
    return Invalid(
        absl::StrCat("kept has ", edit.kept_size(), " counts for ", nodes.size(), " kept_nodes"),
        "kept", "Give one count for each of kept_nodes, -1 to leave it as it is.");
  }
  std::vector<whatif::EditOperation> operations;
  operations.reserve(edit.kept_size() + edit.operations_size());
  for (int i = 0; i < edit.kept_size(); ++i) {
    if (edit.kept(i) == -1) continue;
    operations.push_back(whatif::KeepRelus{.node = nodes[i], .count = edit.kept(i)});
  }
  PICOST_ASSIGN_OR_RETURN(std::vector<whatif::EditOperation> others,
                          FromProto(edit.operations(), "operations"));
  for (whatif::EditOperation& other : others) operations.push_back(std::move(other));
  return operations;
}

// What the choices of a layer are worth, as asked for.
absl::StatusOr<std::vector<whatif::ValuedLayer>> ValuedLayers(const v1::SolveBudgetRequest& request,
                                                              const whatif::EditSession& session,
                                                              int64_t levels) {
  std::vector<whatif::ValuedLayer> by_count = whatif::ValueByCount(session, levels);
  if (request.layers().empty()) return by_count;
  std::vector<whatif::ValuedLayer> layers;
  for (int i = 0; i < request.layers_size(); ++i) {
    const v1::LayerImportance& from = request.layers(i);
    const std::string field = absl::StrCat("layers[", i, "]");
    whatif::ValuedLayer layer{.node = from.node()};
    if (from.curve().empty()) {
      const auto grid = std::find_if(by_count.begin(), by_count.end(),
                                     [&from](const auto& one) { return one.node == from.node(); });
      if (grid == by_count.end()) {
        return Invalid(absl::StrCat("no activation is called '", from.node(), "'"),
                       absl::StrCat(field, ".node"), "Name an activation of the model.");
      }
      layer.choices = grid->choices;
      for (whatif::ValuedChoice& choice : layer.choices) choice.value *= from.element_importance();
    }
    for (const v1::ValuePoint& point : from.curve()) {
      layer.choices.push_back(
          {whatif::KeepRelus{.node = from.node(), .count = point.kept_elements()},
           point.importance()});
    }
    for (const v1::PolynomialImportance& polynomial : from.polynomials()) {
      layer.choices.push_back(
          {whatif::ReplaceActivation{
               .node = from.node(), .degree = polynomial.degree(), .scheme = polynomial.scheme()},
           polynomial.importance()});
    }
    PICOST_RETURN_IF_ERROR(CheckCount(static_cast<int64_t>(layer.choices.size()), kMostLevels,
                                      absl::StrCat(field, ".curve")));
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace

template <typename Request>
absl::StatusOr<SessionCache::Lease> EditService::Open(const Request& request) {
  PICOST_RETURN_IF_ERROR(ValidateGraphSource(request.graph(), "graph"));
  PICOST_RETURN_IF_ERROR(ValidateProtocolChoice(request.protocol(), "protocol"));
  PICOST_RETURN_IF_ERROR(ValidateDeploymentChoice(request.deployment(), "deployment"));
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  PICOST_ASSIGN_OR_RETURN(cost::Deployment deployment,
                          service::FromProto(request.deployment(), *data));
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(request.graph()));

  ProtocolChoice protocol = service::FromProto(request.protocol());
  // Equal keys: the same graph, protocol and tables. Deployments are told apart by how
  // they were spelled and by the data they were read from, which the session keeps
  // alive, so that no other data get its address.
  std::string key = absl::StrCat(
      loaded->graph.fingerprint(), "|", protocol.id, "|", protocol.parameters.DebugString(), "|",
      reinterpret_cast<uintptr_t>(data.get()), "|", SerializeInOrder(request.deployment()));
  std::unique_ptr<whatif::EditSession> session = sessions_.Take(key);
  if (session == nullptr) {
    const auto kept = std::make_shared<const Kept<decltype(loaded), decltype(data)>>(
        Kept<decltype(loaded), decltype(data)>{loaded, data});
    std::shared_ptr<const graph::Graph> graph(kept, &loaded->graph);
    auto created =
        whatif::EditSession::Create(std::move(graph), std::move(protocol), std::move(deployment));
    if (!created.ok()) return PlanningError(created.status());
    session = *std::move(created);
  }
  return SessionCache::Lease(&sessions_, std::move(key), std::move(session));
}

void EditService::EstimateOne(const v1::EstimateRequest& request, v1::EstimateResult& result) {
  absl::Status status;
  if (request.has_view()) {
    status = oracle_->Estimate(request, *result.mutable_estimate());
  } else {
    v1::EstimateRequest totals = request;
    totals.set_view(v1::ESTIMATE_VIEW_TOTALS);
    status = oracle_->Estimate(totals, *result.mutable_estimate());
  }
  if (!status.ok()) *result.mutable_error() = ToRpcStatus(status);
}

absl::Status EditService::BatchEstimate(const v1::BatchEstimateRequest& request,
                                        v1::BatchEstimateResponse& response) {
  PICOST_RETURN_IF_ERROR(CheckCount(request.requests_size(), kMostRequests, "requests"));
  for (const v1::EstimateRequest& one : request.requests()) {
    EstimateOne(one, *response.add_results());
  }
  return absl::OkStatus();
}

void EditService::StreamedEstimate(const v1::StreamEstimateRequest& request,
                                   v1::StreamEstimateResponse& response) {
  if (request.correlation_id().size() > kMostCorrelationBytes) {
    *response.mutable_result()->mutable_error() = ToRpcStatus(
        Invalid(absl::StrCat("correlation_id has ", request.correlation_id().size(), " bytes"),
                "correlation_id", absl::StrCat("Use at most ", kMostCorrelationBytes, ".")));
    return;
  }
  response.set_correlation_id(request.correlation_id());
  EstimateOne(request.request(), *response.mutable_result());
}

absl::Status EditService::EvaluateEdits(const v1::EvaluateEditsRequest& request,
                                        v1::EvaluateEditsResponse& response) {
  PICOST_RETURN_IF_ERROR(CheckCount(request.edits_size(), kMostEdits, "edits"));
  PICOST_RETURN_IF_ERROR(CheckCount(request.kept_nodes_size(), kMostOperations, "kept_nodes"));
  PICOST_ASSIGN_OR_RETURN(const SessionCache::Lease session, Open(request));
  response.set_model(absl::StrCat("models/", session->base().fingerprint()));
  for (const v1::Edit& edit : request.edits()) {
    v1::EditResult& result = *response.add_results();
    const auto operations = ReadOperations(edit, request.kept_nodes());
    absl::Status status = operations.status();
    if (status.ok()) {
      const auto totals = session->Evaluate(*operations);
      if (totals.ok()) {
        ToProto(*totals, *result.mutable_totals());
        continue;
      }
      status = PlanningError(totals.status());
    }
    *result.mutable_error() = ToRpcStatus(status);
  }
  return absl::OkStatus();
}

absl::Status EditService::ExportCostTable(const v1::ExportCostTableRequest& request,
                                          v1::CostTable& response) {
  PICOST_ASSIGN_OR_RETURN(const int64_t levels, Levels(request));
  PICOST_RETURN_IF_ERROR(CheckCount(request.polynomials_size(), kMostPolynomials, "polynomials"));
  PICOST_RETURN_IF_ERROR(CheckCount(request.width_shares_size(), kMostWidths, "width_shares"));
  PICOST_ASSIGN_OR_RETURN(const SessionCache::Lease session, Open(request));
  std::vector<whatif::LayerChoices> choices = whatif::CountGrid(*session, levels);
  for (whatif::LayerChoices& layer : choices) {
    for (const v1::ReplaceActivation& polynomial : request.polynomials()) {
      layer.operations.push_back(whatif::ReplaceActivation{
          .node = layer.node, .degree = polynomial.degree(), .scheme = polynomial.scheme()});
    }
  }
  int64_t total = 0;
  for (const whatif::LayerChoices& layer : choices) {
    total += static_cast<int64_t>(layer.operations.size());
  }
  PICOST_RETURN_IF_ERROR(CheckChoices(total, kMostChoices));
  auto table = whatif::BuildCostTable(*session, choices);
  if (!table.ok()) return PlanningError(table.status());
  const absl::Status widths = whatif::AddWidths(
      *session, {request.width_shares().begin(), request.width_shares().end()}, *table);
  if (!widths.ok()) return PlanningError(widths);
  response.set_model(absl::StrCat("models/", session->base().fingerprint()));
  ToProto(*table, response);
  return absl::OkStatus();
}

absl::Status EditService::SolveBudget(const v1::SolveBudgetRequest& request,
                                      v1::SolveBudgetResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const int64_t levels, Levels(request));
  PICOST_ASSIGN_OR_RETURN(const Budget budget, FromProto(request.budget()));
  PICOST_RETURN_IF_ERROR(CheckCount(request.layers_size(), kMostOperations, "layers"));
  PICOST_ASSIGN_OR_RETURN(const SessionCache::Lease session, Open(request));
  PICOST_ASSIGN_OR_RETURN(std::vector<whatif::ValuedLayer> layers,
                          ValuedLayers(request, *session, levels));
  int64_t total = 0;
  for (const whatif::ValuedLayer& layer : layers) {
    total += static_cast<int64_t>(layer.choices.size());
  }
  PICOST_RETURN_IF_ERROR(CheckChoices(total, kMostChoices));
  if (request.frontier_points() > 0) {
    PICOST_RETURN_IF_ERROR(CheckChoices(total, kMostSolvedChoices / request.frontier_points()));
  }
  auto solver = whatif::BudgetSolver::Create(session.get(), std::move(layers));
  if (!solver.ok()) return PlanningError(solver.status());
  response.set_model(absl::StrCat("models/", session->base().fingerprint()));
  const auto best = solver->Solve(budget.metric, budget.limit);
  if (best.ok()) {
    ToProto(*best, *response.mutable_best());
  } else if (request.frontier_points() == 0 ||
             best.status().code() != absl::StatusCode::kFailedPrecondition) {
    return best.status();
  }
  if (request.frontier_points() == 0) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(const std::vector<whatif::BudgetAnswer> frontier,
                          solver->Frontier(budget.metric, request.frontier_points()));
  for (const whatif::BudgetAnswer& answer : frontier) ToProto(answer, *response.add_frontier());
  return absl::OkStatus();
}

absl::Status EditService::EstimateCapacity(const v1::EstimateCapacityRequest& request,
                                           v1::Capacity& response) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<whatif::EditOperation> operations,
                          FromProto(request.operations(), "operations"));
  PICOST_ASSIGN_OR_RETURN(const SessionCache::Lease session, Open(request));
  const auto totals = session->Evaluate(operations);
  if (!totals.ok()) return PlanningError(totals.status());
  PICOST_ASSIGN_OR_RETURN(
      const whatif::Capacity capacity,
      whatif::EstimateCapacity(*totals, session->deployment().network,
                               {.arrivals_per_second = request.arrivals_per_second(),
                                .client_storage = Bytes(request.client_storage_bytes())}));
  ToProto(capacity, response);
  return absl::OkStatus();
}

absl::StatusOr<EditService::EvaluatedEdit> EditService::EvaluateOne(
    const v1::EstimateRequest& question, const Operations& operations) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<whatif::EditOperation> edit,
                          FromProto(operations, "operations"));
  PICOST_ASSIGN_OR_RETURN(const SessionCache::Lease session, Open(question));
  auto totals = session->EvaluateForLinks(edit);
  if (!totals.ok()) return PlanningError(totals.status());
  return EvaluatedEdit{*std::move(totals), session->deployment().network};
}

absl::StatusOr<EditService::EditedEstimate> EditService::EstimateEdited(
    const v1::EstimateRequest& question, const Operations& operations) {
  PICOST_ASSIGN_OR_RETURN(std::vector<whatif::EditOperation> edit,
                          FromProto(operations, "operations"));
  PICOST_ASSIGN_OR_RETURN(const SessionCache::Lease session, Open(question));
  const graph::Graph& base = session->base();
  PICOST_ASSIGN_OR_RETURN(
      const graph::Graph edited,
      whatif::ApplyEdit(base, {.base = base.fingerprint(), .operations = std::move(edit)}));
  auto estimate = EstimateModel(edited, session->protocol(), session->deployment());
  if (!estimate.ok()) return PlanningError(estimate.status());
  return EditedEstimate{*std::move(estimate), count::CountOps(edited)};
}

}  // namespace picost::service
