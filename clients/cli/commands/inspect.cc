#include "clients/cli/commands/command.h"
#include "clients/cli/connection.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/views/graph_view.h"
#include "clients/cli/views/json.h"

namespace picost::cli {

std::optional<Failure> RunInspect(const Options& options, const Environment& environment) {
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  const auto resolved = ResolveModel(options.positional[0], options, connection, environment);
  if (const Failure* failure = FailureIn(resolved)) return *failure;
  const ModelArgument& model = std::get<ModelArgument>(resolved);

  v1::InspectRequest request;
  *request.mutable_graph() = model.graph;
  if (const auto counting = CountingOf(options)) request.set_counting(*counting);
  request.set_include_parameters(options.list_parameters);
  const auto answer = Call(*connection.oracle, &v1::CostOracle::Stub::Inspect, request);
  if (const Failure* failure = FailureIn(answer)) return *failure;
  const auto& inspection = std::get<v1::Inspection>(answer);
  PrintWarnings(inspection.notes(), environment);
  switch (options.format) {
    case Format::kTable:
      PrintInspectionTable(inspection, model.label, *environment.out);
      break;
    case Format::kJson:
      PrintJson(inspection, *environment.out);
      break;
    case Format::kCsv:
      if (options.list_parameters) {
        PrintParametersCsv(inspection, *environment.out);
      } else {
        PrintLayersCsv(inspection.layers(), *environment.out);
      }
      break;
  }
  return std::nullopt;
}

}  // namespace picost::cli
