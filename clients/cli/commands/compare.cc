#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/commands/deployment_choices.h"
#include "clients/cli/commands/protocol_choices.h"
#include "clients/cli/connection.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/views/compare_view.h"
#include "clients/cli/views/json.h"

namespace picost::cli {

std::optional<Failure> RunCompare(const Options& options, const Environment& environment) {
  if (auto failure = CheckProtocols(options)) return failure;
  const auto chosen = DeploymentChoices(options);
  if (const Failure* failure = FailureIn(chosen)) return *failure;
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  const auto resolved = ResolveModel(options.positional[0], options, connection, environment);
  if (const Failure* failure = FailureIn(resolved)) return *failure;
  const ModelArgument& model = std::get<ModelArgument>(resolved);

  const auto listed = ProtocolIds(options, connection);
  if (const Failure* failure = FailureIn(listed)) return *failure;
  CompareQuestion question{.model = model.label,
                           .protocols = std::get<std::vector<std::string>>(listed)};
  v1::CompareDeploymentsRequest request;
  *request.mutable_graph() = model.graph;
  for (const std::string& protocol : question.protocols) {
    v1::ProtocolChoice& choice = *request.add_protocols();
    choice.set_protocol(absl::StrCat("protocols/", protocol));
    choice.mutable_parameters()->insert(options.parameters.begin(), options.parameters.end());
  }
  for (const DeploymentAsked& asked : std::get<std::vector<DeploymentAsked>>(chosen)) {
    *request.add_deployments() = asked.choice;
    question.deployments.push_back(asked.label);
  }
  question.online_only = options.online;
  request.set_metric(options.online ? v1::COMPARE_METRIC_ONLINE
                                    : v1::COMPARE_METRIC_OFFLINE_AND_ONLINE);
  const auto answered =
      Call(*connection.oracle, &v1::CostOracle::Stub::CompareDeployments, request);
  if (const Failure* failure = FailureIn(answered)) return *failure;
  const auto& answer = std::get<v1::CompareDeploymentsResponse>(answered);

  switch (options.format) {
    case Format::kJson:
      PrintJson(answer, *environment.out);
      break;
    case Format::kCsv:
      PrintCompareCsv(question, answer, *environment.out);
      break;
    case Format::kTable:
      PrintCompareTable(question, answer, *environment.out);
      break;
  }
  const bool refused = std::all_of(answer.cells().begin(), answer.cells().end(),
                                   [](const v1::ComparedCell& cell) { return cell.has_error(); });
  if (refused) return Failure{kExitOther, "none of the protocols can run this model"};
  return std::nullopt;
}

}  // namespace picost::cli
