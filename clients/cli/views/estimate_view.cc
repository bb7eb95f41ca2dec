#include "clients/cli/views/estimate_view.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/views/calls_view.h"
#include "clients/cli/views/graph_view.h"
#include "clients/cli/views/memory_view.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/provenance_view.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

constexpr char kAbsent[] = "-";

using NamedPhase = std::pair<const char*, const v1::PhaseCost*>;

std::vector<NamedPhase> Phases(const v1::Estimate& estimate) {
  return {{"setup, once", &estimate.setup()},
          {"offline, per inference", &estimate.offline()},
          {"online, per inference", &estimate.online()}};
}

// Compute of the parties, in turns; absent where any part is.
std::string Compute(const v1::PhaseCost& phase) {
  if (!phase.has_client_compute_seconds() || !phase.has_server_compute_seconds() ||
      !phase.has_joint_compute_seconds()) {
    return kAbsent;
  }
  return HumanSeconds(phase.client_compute_seconds().p50() + phase.server_compute_seconds().p50() +
                      phase.joint_compute_seconds().p50());
}

std::string Latency(const v1::PhaseCost& phase) {
  return phase.has_latency_seconds() ? HumanSeconds(phase.latency_seconds().p50()) : kAbsent;
}

std::string IntervalText(const v1::PhaseCost& phase) {
  if (!phase.has_latency_seconds()) return kAbsent;
  // Too few rows that the fit has not seen: nobody knows how often it holds.
  if (phase.latency_seconds().level() == 0) return "not calibrated";
  const v1::Interval& interval = phase.latency_seconds();
  return absl::StrCat(HumanSeconds(interval.low()), " .. ", HumanSeconds(interval.high()));
}

std::string IntervalTitle(const v1::Estimate& estimate) {
  for (const auto& [name, phase] : Phases(estimate)) {
    if (phase->has_latency_seconds() && phase->latency_seconds().level() > 0) {
      return absl::StrFormat("%.0f %% interval", 100 * phase->latency_seconds().level());
    }
  }
  return "interval";
}

void PrintPhases(const v1::Estimate& estimate, std::ostream& out) {
  Table table({{"phase", Align::kLeft},
               {"client->server B"},
               {"server->client B"},
               {"flights"},
               {"compute"},
               {"transfer"},
               {"waiting for flights"},
               {"latency"},
               {IntervalTitle(estimate)}});
  for (const auto& [name, phase] : Phases(estimate)) {
    table.AddRow({name, WithSeparators(phase->traffic().client_to_server_bytes()),
                  WithSeparators(phase->traffic().server_to_client_bytes()),
                  WithSeparators(phase->traffic().flights()), Compute(*phase),
                  HumanSeconds(phase->transfer_seconds()), HumanSeconds(phase->flight_seconds()),
                  Latency(*phase), IntervalText(*phase)});
  }
  table.Print(out);
  for (const auto& [name, phase] : Phases(estimate)) {
    if (phase->traffic_relative_bound() > 0) {
      out << absl::StrFormat(
          "  Bytes of %s are expectations within %.2g %%: the backend compresses.\n",
          std::string(name).substr(0, std::string(name).find(',')),
          100 * phase->traffic_relative_bound());
    }
  }
}

void PrintMissing(const v1::Estimate& estimate, std::ostream& out) {
  if (estimate.missing().empty()) return;
  std::set<std::string> primitives;
  for (const v1::MissingPrimitive& missing : estimate.missing())
    primitives.insert(missing.primitive());
  out << "  Seconds marked " << kAbsent << " are absent: no table of this deployment covers\n    "
      << absl::StrJoin(primitives, ", ") << ".\n"
      << "  Traffic and flights are complete. `picost tables` lists what is covered.\n";
}

bool CostsNothing(const v1::PhaseCost& phase) {
  return phase.traffic().client_to_server_bytes() == 0 &&
         phase.traffic().server_to_client_bytes() == 0 && phase.traffic().flights() == 0 &&
         (!phase.has_latency_seconds() || phase.latency_seconds().p50() == 0);
}

void PrintLayers(const v1::Estimate& estimate, std::ostream& out) {
  Table table({{"layer", Align::kLeft},
               {"kind", Align::kLeft},
               {"ReLU elements"},
               {"MACs"},
               {"offline B"},
               {"offline"},
               {"online c->s B"},
               {"online s->c B"},
               {"flights"},
               {"online"},
               {"one ReLU"},
               {"last ReLU"},
               {"", Align::kLeft}});
  int local = 0;
  bool marginal = false;
  bool extrapolated = false;
  for (const v1::LayerEstimate& layer : estimate.layers()) {
    if (layer.local() && CostsNothing(layer.offline()) && CostsNothing(layer.online())) {
      ++local;
      continue;
    }
    const v1::Traffic& offline = layer.offline().traffic();
    const v1::Traffic& online = layer.online().traffic();
    extrapolated |= layer.extrapolated();
    table.AddRow(
        {Printable(layer.node()), layer.kind(), WithSeparators(layer.counts().relu_elements()),
         WithSeparators(layer.counts().macs()),
         WithSeparators(offline.client_to_server_bytes() + offline.server_to_client_bytes()),
         Latency(layer.offline()), WithSeparators(online.client_to_server_bytes()),
         WithSeparators(online.server_to_client_bytes()), WithSeparators(online.flights()),
         Latency(layer.online()),
         layer.has_relu_marginal() ? HumanSeconds(layer.relu_marginal().offline_seconds_per_relu() +
                                                  layer.relu_marginal().online_seconds_per_relu())
                                   : "",
         layer.has_relu_marginal() ? HumanSeconds(layer.relu_marginal().offline_step_seconds() +
                                                  layer.relu_marginal().online_step_seconds())
                                   : "",
         layer.extrapolated() ? "*" : ""});
    marginal |= layer.has_relu_marginal();
  }
  if (table.empty()) return;
  out << "\n";
  table.Print(out);
  if (marginal) {
    out << "  one ReLU: what each ReLU less saves; last ReLU: what the layer's last one takes with "
           "it; offline and online\n";
  }
  if (extrapolated) out << "  * outside what the tables measured: extrapolated\n";
  if (local > 0) {
    out << "  (" << local << " more layers are local and free; --format=csv has all)\n";
  }
}

void AddPhaseCells(const v1::PhaseCost& phase, std::vector<std::string>& row) {
  row.push_back(absl::StrCat(phase.traffic().client_to_server_bytes()));
  row.push_back(absl::StrCat(phase.traffic().server_to_client_bytes()));
  row.push_back(absl::StrCat(phase.traffic().flights()));
  const auto add = [&row](bool present, double value) {
    row.push_back(present ? ExactNumber(value) : "");
  };
  add(phase.has_client_compute_seconds(), phase.client_compute_seconds().p50());
  add(phase.has_server_compute_seconds(), phase.server_compute_seconds().p50());
  add(phase.has_joint_compute_seconds(), phase.joint_compute_seconds().p50());
  add(true, phase.transfer_seconds());
  add(true, phase.flight_seconds());
  add(true, phase.slow_start_seconds());
  add(true, phase.overlapped_seconds());
  add(phase.has_latency_seconds(), phase.latency_seconds().p50());
  add(phase.has_latency_seconds(), phase.latency_seconds().low());
  add(phase.has_latency_seconds(), phase.latency_seconds().high());
}

// Where the ReLUs are not those of the network whose costs follow.
std::string CountingClause(v1::ReluConvention counting) {
  if (counting == v1::RELU_CONVENTION_AS_WRITTEN) return "";
  return absl::StrCat("\n  ReLUs counted ", CountingText(counting),
                      "; costs are of the network as written");
}

}  // namespace

void PrintEstimateTable(const Question& question, const v1::Estimate& estimate, std::ostream& out) {
  out << Printable(question.model) << " under " << question.protocol << ", " << question.deployment
      << "\n"
      << "  " << CountsSentence(estimate.totals()) << CountingClause(estimate.counting()) << "\n\n";
  PrintPhases(estimate, out);
  PrintMemory(estimate.memory(), out);
  PrintMissing(estimate, out);
  if (!estimate.bottleneck().empty()) out << "  " << Printable(estimate.bottleneck()) << "\n";
  PrintLayers(estimate, out);
  PrintCallsTable(estimate, out);
  PrintUnknownOperators(estimate.notes(), out);
  PrintProvenance(estimate.provenance(), out);
}

void PrintEstimateCsvHeader(std::ostream& out) {
  std::vector<std::string> header = {"model", "protocol",      "deployment", "layer",
                                     "kind",  "relu_elements", "macs"};
  for (const char* phase : {"offline", "online"}) {
    for (const char* column :
         {"client_to_server_bytes", "server_to_client_bytes", "flights", "client_compute_seconds",
          "server_compute_seconds", "joint_compute_seconds", "transfer_seconds", "flight_seconds",
          "slow_start_seconds", "overlapped_seconds", "latency_seconds", "latency_low_seconds",
          "latency_high_seconds"}) {
      header.push_back(absl::StrCat(phase, "_", column));
    }
  }
  header.insert(header.end(),
                {"offline_seconds_per_relu", "online_seconds_per_relu", "offline_last_relu_seconds",
                 "online_last_relu_seconds", "extrapolated", "local", "note"});
  PrintCsvRow(out, header);
}

void PrintEstimateCsv(const Question& question, const v1::Estimate& estimate, std::ostream& out) {
  for (const v1::LayerEstimate& layer : estimate.layers()) {
    std::vector<std::string> row = {question.model,
                                    question.protocol,
                                    question.deployment,
                                    layer.node(),
                                    layer.kind(),
                                    absl::StrCat(layer.counts().relu_elements()),
                                    absl::StrCat(layer.counts().macs())};
    AddPhaseCells(layer.offline(), row);
    AddPhaseCells(layer.online(), row);
    const v1::ReluMarginal& marginal = layer.relu_marginal();
    for (const double value :
         {marginal.offline_seconds_per_relu(), marginal.online_seconds_per_relu(),
          marginal.offline_step_seconds(), marginal.online_step_seconds()}) {
      row.push_back(layer.has_relu_marginal() ? ExactNumber(value) : "");
    }
    row.insert(row.end(), {layer.extrapolated() ? "true" : "false",
                           layer.local() ? "true" : "false", layer.note()});
    PrintCsvRow(out, row);
  }
}

}  // namespace picost::cli
