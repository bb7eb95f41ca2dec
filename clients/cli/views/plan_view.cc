#include "clients/cli/views/plan_view.h"

#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/views/calls_view.h"
#include "clients/cli/views/graph_view.h"
#include "clients/cli/views/memory_view.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/provenance_view.h"
#include "clients/cli/views/savings_view.h"
#include "clients/cli/views/table.h"

namespace picost::cli {

void PrintPlanTable(const Question& question, const v1::ProtocolPlan& plan, std::ostream& out) {
  out << Printable(question.model) << " under " << question.protocol
      << ": counts and traffic, no seconds\n"
      << "  " << CountsSentence(plan.totals()) << "\n\n";
  Table phases({{"phase", Align::kLeft},
                {"client->server B"},
                {"server->client B"},
                {"flights"},
                {"HE products"},
                {"rotations"},
                {"OTs"},
                {"AND gates"}});
  const std::tuple<const char*, const v1::Traffic*, const v1::CryptoOperations*> rows[] = {
      {"setup, once", &plan.setup(), &plan.setup_operations()},
      {"offline, per inference", &plan.offline(), &plan.offline_operations()},
      {"online, per inference", &plan.online(), &plan.online_operations()}};
  for (const auto& [name, traffic, operations] : rows) {
    phases.AddRow({name, WithSeparators(traffic->client_to_server_bytes()),
                   WithSeparators(traffic->server_to_client_bytes()),
                   WithSeparators(traffic->flights()),
                   WithSeparators(operations->ciphertext_products()),
                   WithSeparators(operations->key_switches()),
                   WithSeparators(operations->oblivious_transfers()),
                   WithSeparators(operations->garbled_gates())});
  }
  phases.Print(out);
  PrintMemory(plan.memory(), out);
  PrintSavings(plan, out);
  PrintCallsTable(plan, out);
  PrintUnknownOperators(plan.notes(), out);
  PrintProvenance(plan.provenance(), out);
}

void PrintPlanCsvHeader(std::ostream& out) {
  PrintCsvRow(out, {"model", "protocol", "layer", "kind", "primitive", "parameters", "count",
                    "phase", "executor", "client_to_server_bytes", "server_to_client_bytes",
                    "flights", "traffic_status", "note"});
}

void PrintPlanCsv(const Question& question, const v1::ProtocolPlan& plan, std::ostream& out) {
  const auto print = [&](const std::string& node, const std::string& kind, const v1::CallCost& call,
                         const std::string& note) {
    PrintCsvRow(
        out, {question.model, question.protocol, node, kind, CallName(call), ParametersText(call),
              absl::StrCat(call.count()), PhaseText(call.phase()), ExecutorText(call.executor()),
              absl::StrCat(call.traffic().client_to_server_bytes()),
              absl::StrCat(call.traffic().server_to_client_bytes()),
              absl::StrCat(call.traffic().flights()), FormStatusText(call.traffic_status()), note});
  };
  for (const v1::CallCost& call : plan.setup_calls()) print("", "setup", call, "");
  for (const v1::LayerPlan& layer : plan.layers()) {
    // A layer without calls has a row too: every layer is there.
    if (layer.calls().empty()) {
      PrintCsvRow(out, {question.model, question.protocol, layer.node(), layer.kind(), "", "", "0",
                        "", "", "0", "0", "0", "", layer.note()});
    }
    for (const v1::CallCost& call : layer.calls())
      print(layer.node(), layer.kind(), call, layer.note());
  }
}

}  // namespace picost::cli
