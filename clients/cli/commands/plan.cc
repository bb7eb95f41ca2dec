#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/connection.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/views/estimate_view.h"
#include "clients/cli/views/json.h"

namespace picost::cli {

std::optional<Failure> RunPlan(const Options& options, const Environment& environment) {
  if (options.protocols.empty()) {
    return BadArgument("which protocol? Give --protocol=ID; `picost protocols` lists them");
  }
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  const auto resolved = ResolveModel(options.positional[0], options, connection, environment);
  if (const Failure* failure = FailureIn(resolved)) return *failure;
  const ModelArgument& model = std::get<ModelArgument>(resolved);

  std::vector<v1::ProtocolPlan> plans;
  std::vector<Question> questions;
  for (const std::string& protocol : options.protocols) {
    v1::PlanRequest request;
    *request.mutable_graph() = model.graph;
    if (const auto counting = CountingOf(options)) request.set_counting(*counting);
    request.mutable_protocol()->set_protocol(absl::StrCat("protocols/", protocol));
    request.mutable_protocol()->mutable_parameters()->insert(options.parameters.begin(),
                                                             options.parameters.end());
    auto answer = Call(*connection.oracle, &v1::CostOracle::Stub::Plan, request);
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
