#include "clients/cli/views/compare_view.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

constexpr char kAbsent[] = "-";

std::string Seconds(const v1::ComparedCell& cell) {
  return cell.has_seconds() ? HumanSeconds(cell.seconds().p50()) : kAbsent;
}

std::string IntervalText(const v1::ComparedCell& cell) {
  if (!cell.has_seconds()) return kAbsent;
  if (cell.seconds().level() == 0) return "not calibrated";
  return absl::StrCat(HumanSeconds(cell.seconds().low()), " .. ",
                      HumanSeconds(cell.seconds().high()));
}

std::string MissingText(const v1::ComparedCell& cell) {
  std::set<std::string> primitives;
  for (const v1::MissingPrimitive& missing : cell.missing()) primitives.insert(missing.primitive());
  return absl::StrJoin(primitives, ", ");
}

int64_t Sum(const v1::ComparedCell& cell, int64_t (v1::Traffic::*of)() const) {
  return (cell.offline().traffic().*of)() + (cell.online().traffic().*of)();
}

bool IsFastest(const v1::CompareDeploymentsResponse& answer, const v1::ComparedCell& cell) {
  const v1::FastestProtocol& fastest = answer.fastest(cell.deployment());
  return fastest.has_protocol() && fastest.protocol() == cell.protocol();
}

void PrintDeployment(const CompareQuestion& question, const v1::CompareDeploymentsResponse& answer,
                     int deployment, std::ostream& out) {
  out << "\n  " << Printable(question.deployments[deployment]) << "\n";
  Table table({{"protocol", Align::kLeft},
               {"offline"},
               {"online"},
               {question.online_only ? "compared: online" : "compared: both"},
               {"90 % interval"},
               {"client->server B"},
               {"server->client B"},
               {"flights"},
               {"", Align::kLeft}});
  std::vector<std::string> notes;
  for (const v1::ComparedCell& cell : answer.cells()) {
    if (cell.deployment() != deployment) continue;
    const std::string& protocol = question.protocols[cell.protocol()];
    if (cell.has_error()) {
      table.AddRow(
          {protocol, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, "refused"});
      notes.push_back(absl::StrCat(protocol, ": ", Printable(cell.error().message())));
      continue;
    }
    const auto latency = [](const v1::PhaseCost& phase) {
      return phase.has_latency_seconds() ? HumanSeconds(phase.latency_seconds().p50()) : kAbsent;
    };
    table.AddRow(
        {protocol, latency(cell.offline()), latency(cell.online()), Seconds(cell),
         IntervalText(cell), WithSeparators(Sum(cell, &v1::Traffic::client_to_server_bytes)),
         WithSeparators(Sum(cell, &v1::Traffic::server_to_client_bytes)),
         WithSeparators(Sum(cell, &v1::Traffic::flights)),
         absl::StrCat(IsFastest(answer, cell) ? "fastest" : "", cell.extrapolated() ? " *" : "")});
    if (cell.missing_size() > 0) {
      notes.push_back(absl::StrCat(protocol, ": no table covers ", MissingText(cell)));
    } else if (!cell.bottleneck().empty()) {
      notes.push_back(absl::StrCat(protocol, ": ", Printable(cell.bottleneck())));
    }
  }
  table.Print(out, 4);
  for (const std::string& note : notes) out << "    " << note << "\n";
}

struct Point {
  const char* quantity = "";
  std::string value;  // for people
  double number = 0;
};

Point PointOf(const v1::BreakEven& point) {
  switch (point.quantity_case()) {
    case v1::BreakEven::kRoundTripSeconds:
      return {"round trip", HumanSeconds(point.round_trip_seconds()), point.round_trip_seconds()};
    case v1::BreakEven::kBandwidthFactor:
      return {"bandwidth", absl::StrFormat("%.3g x the link's", point.bandwidth_factor()),
              point.bandwidth_factor()};
    case v1::BreakEven::kReluElements:
      return {"ReLU elements", WithSeparators(point.relu_elements()),
              static_cast<double>(point.relu_elements())};
    case v1::BreakEven::QUANTITY_NOT_SET:
      break;
  }
  return {};
}

void PrintBreakEvens(const CompareQuestion& question, const v1::CompareDeploymentsResponse& answer,
                     std::ostream& out) {
  if (question.protocols.size() < 2) return;
  if (answer.break_evens().empty()) {
    out << "\n  The order does not flip for any round trip up to 1 s, any bandwidth from a "
           "thousandth\n  to a thousand times, or any smaller number of ReLUs.\n";
    return;
  }
  out << "\n  Where the order flips, everything else being equal\n";
  Table table({{"under", Align::kLeft},
               {"what", Align::kLeft},
               {"at"},
               {"faster below", Align::kLeft},
               {"faster above", Align::kLeft}});
  for (const v1::BreakEven& point : answer.break_evens()) {
    const Point text = PointOf(point);
    table.AddRow({Printable(question.deployments[point.deployment()]), text.quantity, text.value,
                  question.protocols[point.faster_below()],
                  question.protocols[point.faster_above()]});
  }
  table.Print(out, 4);
}

}  // namespace

void PrintCompareTable(const CompareQuestion& question,
                       const v1::CompareDeploymentsResponse& answer, std::ostream& out) {
  out << Printable(question.model) << ": "
      << (question.online_only ? "online" : "offline and online")
      << " time of one inference, set-up excluded; bytes and flights of both phases\n";
  bool extrapolated = false;
  for (size_t i = 0; i < question.deployments.size(); ++i) {
    PrintDeployment(question, answer, static_cast<int>(i), out);
  }
  for (const v1::ComparedCell& cell : answer.cells()) extrapolated |= cell.extrapolated();
  if (extrapolated) out << "    * partly outside what the tables measured: extrapolated\n";
  PrintBreakEvens(question, answer, out);
}

void PrintCompareCsv(const CompareQuestion& question, const v1::CompareDeploymentsResponse& answer,
                     std::ostream& out) {
  PrintCsvRow(out, {"row",
                    "model",
                    "deployment",
                    "protocol",
                    "offline_seconds",
                    "online_seconds",
                    "compared_seconds",
                    "low_seconds",
                    "high_seconds",
                    "client_to_server_bytes",
                    "server_to_client_bytes",
                    "flights",
                    "extrapolated",
                    "fastest",
                    "missing",
                    "error",
                    "quantity",
                    "value",
                    "faster_below",
                    "faster_above"});
  const auto number = [](bool present, double value) {
    return present ? ExactNumber(value) : std::string();
  };
  for (const v1::ComparedCell& cell : answer.cells()) {
    const auto phase = [&](const v1::PhaseCost& of) {
      return number(of.has_latency_seconds(), of.latency_seconds().p50());
    };
    const bool known = !cell.has_error();
    const auto bytes = [&](int64_t (v1::Traffic::*of)() const) {
      return known ? absl::StrCat(Sum(cell, of)) : std::string();
    };
    PrintCsvRow(out, {"cell",
                      question.model,
                      question.deployments[cell.deployment()],
                      question.protocols[cell.protocol()],
                      phase(cell.offline()),
                      phase(cell.online()),
                      number(cell.has_seconds(), cell.seconds().p50()),
                      number(cell.seconds().level() > 0, cell.seconds().low()),
                      number(cell.seconds().level() > 0, cell.seconds().high()),
                      bytes(&v1::Traffic::client_to_server_bytes),
                      bytes(&v1::Traffic::server_to_client_bytes),
                      bytes(&v1::Traffic::flights),
                      cell.extrapolated() ? "true" : "false",
                      IsFastest(answer, cell) ? "true" : "false",
                      MissingText(cell),
                      cell.error().message(),
                      "",
                      "",
                      "",
                      ""});
  }
  for (const v1::BreakEven& point : answer.break_evens()) {
    std::vector<std::string> row(20);
    row[0] = "break_even";
    row[1] = question.model;
    row[2] = question.deployments[point.deployment()];
    switch (point.quantity_case()) {
      case v1::BreakEven::kRoundTripSeconds:
        row[16] = "round_trip_seconds";
        break;
      case v1::BreakEven::kBandwidthFactor:
        row[16] = "bandwidth_factor";
        break;
      default:
        row[16] = "relu_elements";
    }
    row[17] = ExactNumber(PointOf(point).number);
    row[18] = question.protocols[point.faster_below()];
    row[19] = question.protocols[point.faster_above()];
    PrintCsvRow(out, row);
  }
}

}  // namespace picost::cli
