#include "clients/cli/views/comparison_view.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/views/calls_view.h"
#include "clients/cli/views/graph_view.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

std::string Id(const std::string& name) { return name.substr(name.find('/') + 1); }

struct PhaseRow {
  v1::Phase phase;
  const v1::Traffic* traffic;
  const v1::CryptoOperations* operations;
};
std::vector<PhaseRow> Phases(const v1::PlanTotals& totals) {
  return {{v1::PHASE_SETUP, &totals.setup(), &totals.setup_operations()},
          {v1::PHASE_OFFLINE, &totals.offline(), &totals.offline_operations()},
          {v1::PHASE_ONLINE, &totals.online(), &totals.online_operations()}};
}

// Bytes, flights, operations, kept by client, kept by server.
std::vector<int64_t> Figures(const v1::ProtocolTotals& protocol, const PhaseRow& row) {
  int64_t client = 0, server = 0;
  for (const v1::MemoryItem& item : protocol.memory()) {
    if (item.phase() != row.phase) continue;
    client += item.client_bytes();
    server += item.server_bytes();
  }
  if (row.phase == v1::PHASE_OFFLINE) {  // what inferences take one by one
    client = protocol.totals().client_storage_bytes();
    server = protocol.totals().server_storage_bytes();
  }
  return {row.traffic->client_to_server_bytes(),
          row.traffic->server_to_client_bytes(),
          row.traffic->flights(),
          row.operations->ciphertext_products(),
          row.operations->key_switches(),
          row.operations->oblivious_transfers(),
          row.operations->garbled_gates(),
          client,
          server};
}

bool AllZero(const std::vector<int64_t>& figures) {
  for (int64_t figure : figures) {
    if (figure != 0) return false;
  }
  return true;
}

}  // namespace

void PrintComparisonTable(const std::string& model, const v1::PlanComparison& comparison,
                          std::ostream& out) {
  out << Printable(model) << " under every protocol asked for: counts and traffic, no seconds\n";
  if (!comparison.protocols().empty()) {
    out << "  " << CountsSentence(comparison.protocols(0).totals().counts()) << "\n";
  }
  out << "\n";
  Table table({{"protocol", Align::kLeft},
               {"phase", Align::kLeft},
               {"client->server B"},
               {"server->client B"},
               {"flights"},
               {"HE products"},
               {"rotations"},
               {"OTs"},
               {"AND gates"},
               {"client keeps B"},
               {"server keeps B"},
               {"bytes are", Align::kLeft}});
  bool refusals = false;
  for (const v1::ProtocolTotals& protocol : comparison.protocols()) {
    if (!protocol.totals().refusal().empty()) {
      refusals = true;
      continue;
    }
    std::string name = Id(protocol.protocol());
    for (const PhaseRow& phase : Phases(protocol.totals())) {
      const std::vector<int64_t> figures = Figures(protocol, phase);
      if (AllZero(figures) && phase.phase != v1::PHASE_ONLINE) continue;
      std::vector<std::string> row = {name, PhaseText(phase.phase)};
      for (int64_t figure : figures) row.push_back(WithSeparators(figure));
      row.push_back(name.empty() ? "" : FormStatusText(protocol.status()));
      table.AddRow(std::move(row));
      name.clear();  // once for all its phases
    }
  }
  table.Print(out);
  out << "  Kept: set-up while connected, offline for one inference, online while it runs.\n";
  if (!refusals) return;
  out << "\n";
  for (const v1::ProtocolTotals& protocol : comparison.protocols()) {
    const std::string& refusal = protocol.totals().refusal();
    if (!refusal.empty()) out << "  refused: " << Printable(refusal) << "\n";
  }
}

void PrintComparisonCsv(const std::string& model, const v1::PlanComparison& comparison,
                        std::ostream& out) {
  PrintCsvRow(out, {"model", "protocol", "phase", "client_to_server_bytes",
                    "server_to_client_bytes", "flights", "ciphertext_products", "key_switches",
                    "oblivious_transfers", "garbled_gates", "client_kept_bytes",
                    "server_kept_bytes", "traffic_status", "refusal"});
  for (const v1::ProtocolTotals& protocol : comparison.protocols()) {
    if (!protocol.totals().refusal().empty()) {
      PrintCsvRow(out, {model, Id(protocol.protocol()), "", "", "", "", "", "", "", "", "", "",
                        FormStatusText(protocol.status()), protocol.totals().refusal()});
      continue;
    }
    for (const PhaseRow& phase : Phases(protocol.totals())) {
      std::vector<std::string> row = {model, Id(protocol.protocol()), PhaseText(phase.phase)};
      for (int64_t figure : Figures(protocol, phase)) row.push_back(absl::StrCat(figure));
      row.push_back(FormStatusText(protocol.status()));
      row.push_back("");
      PrintCsvRow(out, row);
    }
  }
}

}  // namespace picost::cli
