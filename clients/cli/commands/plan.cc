#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/commands/protocol_choices.h"
#include "clients/cli/commands/subject.h"
#include "clients/cli/connection.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/views/comparison_view.h"
#include "clients/cli/views/json.h"
#include "clients/cli/views/plan_view.h"

namespace picost::cli {
namespace {

// Every protocol in one table; those that refuse the network say why.
std::optional<Failure> Compare(const Options& options, const Environment& environment,
                               const Subject& subject) {
  v1::ComparePlansRequest request;
  *request.mutable_graph() = subject.model.graph;
  request.mutable_rewrites()->Add(subject.rewrites.begin(), subject.rewrites.end());
  const auto answer =
      Call(*subject.connection->oracle, &v1::CostOracle::Stub::ComparePlans, request);
  if (const Failure* failure = FailureIn(answer)) return *failure;
  const auto& comparison = std::get<v1::PlanComparison>(answer);
  PrintWarnings(comparison.notes(), environment);
  switch (options.format) {
    case Format::kJson:
      PrintJson(comparison, *environment.out);
      break;
    case Format::kCsv:
      PrintComparisonCsv(subject.model.label, comparison, *environment.out);
      break;
    case Format::kTable:
      PrintComparisonTable(subject.model.label, comparison, *environment.out);
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> RunPlan(const Options& options, const Environment& environment) {
  if (auto failure = CheckProtocols(options)) return failure;
  const auto found = FindSubject(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const auto& [connection, model, rewrites] = std::get<Subject>(found);
  if (AsksForAllProtocols(options)) {
    return Compare(options, environment, std::get<Subject>(found));
  }

  std::vector<v1::ProtocolPlan> plans;
  std::vector<Question> questions;
  for (const std::string& protocol : options.protocols) {
    v1::PlanRequest request;
    *request.mutable_graph() = model.graph;
    *request.mutable_protocol() = ChooseProtocol(protocol, options);
    if (const auto counting = CountingOf(options)) request.set_counting(*counting);
    request.mutable_rewrites()->Add(rewrites.begin(), rewrites.end());
    auto answer = Call(*connection->oracle, &v1::CostOracle::Stub::Plan, request);
    if (const Failure* failure = FailureIn(answer)) return *failure;
    plans.push_back(std::get<v1::ProtocolPlan>(std::move(answer)));
    questions.push_back({.model = model.label, .protocol = protocol});
  }

  std::ostream& out = *environment.out;
  PrintWarnings(plans[0].notes(), environment);
  if (options.format == Format::kJson) {
    PrintJson(std::vector<const google::protobuf::Message*>([&plans] {
                std::vector<const google::protobuf::Message*> messages;
                for (const auto& plan : plans) messages.push_back(&plan);
                return messages;
              }()),
              out);
    return std::nullopt;
  }
  if (options.format == Format::kCsv) PrintPlanCsvHeader(out);
  for (size_t i = 0; i < plans.size(); ++i) {
    if (options.format == Format::kCsv) {
      PrintPlanCsv(questions[i], plans[i], out);
    } else {
      if (i > 0) out << "\n";
      PrintPlanTable(questions[i], plans[i], out);
    }
  }
  return std::nullopt;
}

}  // namespace picost::cli
