#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/commands/deployment_choices.h"
#include "clients/cli/commands/protocol_choices.h"
#include "clients/cli/commands/subject.h"
#include "clients/cli/connection.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/views/estimate_view.h"
#include "clients/cli/views/json.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

void Print(const std::vector<Question>& questions, const std::vector<v1::Estimate>& estimates,
           Format format, std::ostream& out) {
  switch (format) {
    case Format::kJson: {
      std::vector<const google::protobuf::Message*> messages;
      for (const v1::Estimate& estimate : estimates) messages.push_back(&estimate);
      PrintJson(messages, out);
      return;
    }
    case Format::kCsv:
      PrintEstimateCsvHeader(out);
      for (size_t i = 0; i < estimates.size(); ++i)
        PrintEstimateCsv(questions[i], estimates[i], out);
      return;
    case Format::kTable:
      for (size_t i = 0; i < estimates.size(); ++i) {
        if (i > 0) out << "\n";
        PrintEstimateTable(questions[i], estimates[i], out);
      }
      return;
  }
}

}  // namespace

std::optional<Failure> RunEstimate(const Options& options, const Environment& environment) {
  if (auto failure = CheckProtocols(options)) return failure;
  const auto deployments = DeploymentChoices(options);
  if (const Failure* failure = FailureIn(deployments)) return *failure;
  const auto found = FindSubject(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const auto& [connection, model, rewrites] = std::get<Subject>(found);

  const auto listed = ProtocolIds(options, *connection);
  if (const Failure* failure = FailureIn(listed)) return *failure;

  std::vector<v1::Estimate> estimates;
  std::vector<Question> questions;
  for (const DeploymentAsked& asked : std::get<std::vector<DeploymentAsked>>(deployments)) {
    for (const std::string& protocol : std::get<std::vector<std::string>>(listed)) {
      v1::EstimateRequest request;
      *request.mutable_graph() = model.graph;
      *request.mutable_protocol() = ChooseProtocol(protocol, options);
      if (const auto counting = CountingOf(options)) request.set_counting(*counting);
      *request.mutable_deployment() = asked.choice;
      request.set_view(options.calls ? v1::ESTIMATE_VIEW_CALLS : v1::ESTIMATE_VIEW_LAYERS);
      request.mutable_rewrites()->Add(rewrites.begin(), rewrites.end());
      request.set_require_seconds(options.require_seconds);
      auto answer = Call(*connection->oracle, &v1::CostOracle::Stub::Estimate, request);
      if (const Failure* failure = FailureIn(answer)) {
        if (!AsksForAllProtocols(options) || failure->exit_status == kExitUnreachable) {
          return *failure;
        }
        // Asked of all, those that cannot run the model say so, and the others answer.
        *environment.err << "warning: " << Printable(protocol) << ", " << Printable(asked.label)
                         << ": " << Printable(failure->message) << "\n";
        continue;
      }
      estimates.push_back(std::get<v1::Estimate>(std::move(answer)));
      questions.push_back({.model = model.label, .protocol = protocol, .deployment = asked.label});
    }
  }
  if (estimates.empty()) return Failure{kExitOther, "none of the protocols can run this model"};
  PrintWarnings(estimates[0].notes(), environment);
  Print(questions, estimates, options.format, *environment.out);
  return std::nullopt;
}

}  // namespace picost::cli
