#include "clients/cli/views/calls_view.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

template <typename Answer>
void Print(const Answer& answer, std::ostream& out) {
  Table table({{"layer", Align::kLeft},
               {"primitive", Align::kLeft},
               {"count"},
               {"phase", Align::kLeft},
               {"by", Align::kLeft},
               {"c->s B"},
               {"s->c B"},
               {"flights"},
               {"compute"},
               {"bytes are", Align::kLeft},
               {"parameters", Align::kLeft}});
  const auto add = [&table](const std::string& layer, const v1::CallCost& call) {
    table.AddRow({layer, CallName(call), WithSeparators(call.count()), PhaseText(call.phase()),
                  ExecutorText(call.executor()),
                  WithSeparators(call.traffic().client_to_server_bytes()),
                  WithSeparators(call.traffic().server_to_client_bytes()),
                  WithSeparators(call.traffic().flights()),
                  call.has_compute_seconds() ? HumanSeconds(call.compute_seconds()) : "-",
                  FormStatusText(call.traffic_status()), ParametersText(call)});
  };
  for (const v1::CallCost& call : answer.setup_calls()) add("(setup)", call);
  for (const auto& layer : answer.layers()) {
    for (const v1::CallCost& call : layer.calls()) add(Printable(layer.node()), call);
  }
  if (table.empty()) return;
  out << "\n";
  table.Print(out);
}

}  // namespace

std::string CallName(const v1::CallCost& call) {
  return call.primitive().substr(call.primitive().find('/') + 1);
}

std::string ParametersText(const v1::CallCost& call) {
  std::string text;
  for (const v1::NamedInteger& parameter : call.parameters()) {
    absl::StrAppend(&text, text.empty() ? "" : ";", parameter.name(), "=", parameter.value());
  }
  return text;
}

std::string PhaseText(v1::Phase phase) {
  switch (phase) {
    case v1::PHASE_SETUP:
      return "setup";
    case v1::PHASE_OFFLINE:
      return "offline";
    case v1::PHASE_ONLINE:
      return "online";
    default:
      return "?";
  }
}

std::string ExecutorText(v1::Executor executor) {
  switch (executor) {
    case v1::EXECUTOR_CLIENT:
      return "client";
    case v1::EXECUTOR_SERVER:
      return "server";
    case v1::EXECUTOR_JOINT:
      return "both";
    default:
      return "?";
  }
}

std::string FormStatusText(v1::FormStatus status) {
  switch (status) {
    case v1::FORM_STATUS_VERIFIED:
      return "verified";
    case v1::FORM_STATUS_EMPIRICAL:
      return "empirical";
    case v1::FORM_STATUS_DERIVED:
      return "derived";
    default:
      return "?";
  }
}

void PrintCallsTable(const v1::Estimate& estimate, std::ostream& out) { Print(estimate, out); }
void PrintCallsTable(const v1::ProtocolPlan& plan, std::ostream& out) { Print(plan, out); }

}  // namespace picost::cli
