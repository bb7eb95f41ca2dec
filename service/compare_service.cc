#include "service/compare_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/compare.h"
#include "service/convert/deployment.h"
#include "service/convert/estimate.h"
#include "service/convert/protocol.h"
#include "service/status_convert.h"
#include "service/validate.h"

namespace picost::service {
namespace {

constexpr int kMostProtocols = 16;
constexpr int kMostDeployments = 32;
constexpr int kMostCells = 128;

absl::Status CheckCount(int count, int most, const std::string& field) {
  if (count >= 1 && count <= most) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat(field, " holds ", count, " entries"),
                   {.field = field, .mend = absl::StrCat("Send 1 to ", most, ".")});
}

absl::Status Validate(const v1::CompareDeploymentsRequest& request) {
  PICOST_RETURN_IF_ERROR(ValidateGraphSource(request.graph(), "graph"));
  PICOST_RETURN_IF_ERROR(CheckCount(request.protocols_size(), kMostProtocols, "protocols"));
  PICOST_RETURN_IF_ERROR(CheckCount(request.deployments_size(), kMostDeployments, "deployments"));
  if (const int cells = request.protocols_size() * request.deployments_size(); cells > kMostCells) {
    return MakeError(
        absl::StatusCode::kInvalidArgument,
        absl::StrCat(request.protocols_size(), " protocols under ", request.deployments_size(),
                     " deployments are ", cells, " estimates"),
        {.field = "deployments",
         .mend = absl::StrCat("Ask for at most ", kMostCells, " in one call.")});
  }
  for (int i = 0; i < request.protocols_size(); ++i) {
    PICOST_RETURN_IF_ERROR(
        ValidateProtocolChoice(request.protocols(i), absl::StrCat("protocols[", i, "]")));
  }
  for (int i = 0; i < request.deployments_size(); ++i) {
    PICOST_RETURN_IF_ERROR(
        ValidateDeploymentChoice(request.deployments(i), absl::StrCat("deployments[", i, "]")));
  }
  if (request.has_metric() && (request.metric() == v1::COMPARE_METRIC_UNSPECIFIED ||
                               !v1::CompareMetric_IsValid(request.metric()))) {
    return MakeError(absl::StatusCode::kInvalidArgument, "metric is set to no metric",
                     {.field = "metric",
                      .mend = "Leave it away, or set COMPARE_METRIC_ONLINE or "
                              "COMPARE_METRIC_OFFLINE_AND_ONLINE."});
  }
  return absl::OkStatus();
}

void ToProto(const BreakEven& from, v1::BreakEven& to) {
  to.set_deployment(static_cast<int32_t>(from.deployment));
  to.set_faster_below(static_cast<int32_t>(from.first));
  to.set_faster_above(static_cast<int32_t>(from.second));
  switch (from.quantity) {
    case BreakEvenQuantity::kRoundTripSeconds:
      return to.set_round_trip_seconds(from.value);
    case BreakEvenQuantity::kBandwidthFactor:
      return to.set_bandwidth_factor(from.value);
    case BreakEvenQuantity::kReluElements:
      return to.set_relu_elements(static_cast<int64_t>(from.value));
  }
}

}  // namespace

absl::Status CompareService::CompareDeployments(const v1::CompareDeploymentsRequest& request,
                                                v1::CompareDeploymentsResponse& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  std::vector<cost::Deployment> deployments;
  for (int i = 0; i < request.deployments_size(); ++i) {
    PICOST_ASSIGN_OR_RETURN(
        cost::Deployment deployment,
        service::FromProto(request.deployments(i), *data, absl::StrCat("deployments[", i, "]")));
    deployments.push_back(std::move(deployment));
  }
  std::vector<ProtocolChoice> protocols;
  for (const v1::ProtocolChoice& protocol : request.protocols()) {
    protocols.push_back(service::FromProto(protocol));
  }
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(request.graph()));
  const CompareMetric metric = request.metric() == v1::COMPARE_METRIC_ONLINE
                                   ? CompareMetric::kOnline
                                   : CompareMetric::kOfflineAndOnline;
  PICOST_ASSIGN_OR_RETURN(
      const Comparison comparison,
      picost::CompareDeployments(loaded->graph, protocols, deployments, metric));

  response.set_model(loaded->ModelName());
  for (const ComparedCell& cell : comparison.cells) {
    v1::ComparedCell& to = *response.add_cells();
    service::ToProto(cell, to);
    if (!cell.status.ok()) *to.mutable_error() = ToRpcStatus(PlanningError(cell.status));
  }
  for (const BreakEven& point : comparison.break_evens) ToProto(point, *response.add_break_evens());
  for (const auto& fastest : comparison.fastest) {
    v1::FastestProtocol& to = *response.add_fastest();
    if (fastest.has_value()) to.set_protocol(static_cast<int32_t>(*fastest));
  }
  return absl::OkStatus();
}

}  // namespace picost::service
