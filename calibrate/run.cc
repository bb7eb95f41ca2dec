#include "calibrate/run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "calibrate/machine_probe.h"
#include "calibrate/network_probe.h"
#include "calibrate/report.h"
#include "calibrate/sweep.h"
#include "calibrate/table_file.h"
#include "calibrate/traffic_check.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/cost_model.h"

namespace picost::calibrate {
namespace {

namespace fs = std::filesystem;

std::string Today() {
  const std::time_t now = std::time(nullptr);
  std::tm day{};
  gmtime_r(&now, &day);
  char text[16];
  std::strftime(text, sizeof(text), "%Y-%m-%d", &day);
  return text;
}

void PrintProgress(const std::string& driver, const SweepProgress& progress) {
  constexpr int kWidth = 24;
  const int filled = progress.total == 0 ? kWidth : kWidth * progress.done / progress.total;
  const std::string left = progress.seconds_left < 0
                               ? "        "
                               : absl::StrFormat("%4.0f s left", progress.seconds_left);
  if (isatty(STDOUT_FILENO) != 0) {
    std::printf("\r%-8s [%s%s] %3d/%-3d %s  %-48.48s", driver.c_str(),
                std::string(filled, '#').c_str(), std::string(kWidth - filled, '.').c_str(),
                progress.done, progress.total, left.c_str(), progress.what.c_str());
    if (progress.done == progress.total) std::printf("\n");
  } else if (progress.done % 10 == 0 || progress.done == progress.total) {
    std::printf("%s %d/%d %s\n", driver.c_str(), progress.done, progress.total, left.c_str());
  }
  std::fflush(stdout);
}

std::string MachineText(const Machine& machine) {
  return absl::StrFormat("%s, %d cores (%s)", machine.processor(), machine.cores(),
                         absl::StrJoin(machine.features(), ", "));
}

void AddNote(v1::CalibrationTableFile& header, const std::string& name, const std::string& value) {
  v1::CalibrationTableFile::Note& note = *header.add_notes();
  note.set_name(name);
  note.set_value(value);
}

v1::CalibrationTableFile MakeHeader(const RunOptions& options, const DriverPair& pair,
                                    const NetworkProbe& network, const SweepResult& sweep,
                                    double load_after) {
  const Description& client = pair.client_description();
  const Machine& machine = client.machine();
  v1::CalibrationTableFile header;
  header.set_schema_version(cost::kCalibrationSchemaVersion);
  header.set_title(absl::StrCat(client.name(), " on ", machine.processor(),
                                options.quick ? ", quick sweep" : ""));
  header.set_origin(client.synthetic() ? v1::CalibrationTableFile::SYNTHETIC
                                       : v1::CalibrationTableFile::MEASURED);
  header.set_source(
      "measured by picost_calibrate run: outputs checked against the clear "
      "computation, bytes metered by the driver");
  header.set_license(client.license().empty() ? "not stated by the driver" : client.license());
  header.mutable_backend()->set_name(client.name());
  header.mutable_backend()->set_version(client.version());
  header.mutable_backend()->set_flags(client.flags());
  header.mutable_machine()->set_processor(MachineText(machine));
  header.mutable_machine()->set_memory(
      absl::StrFormat("%.0f GB", static_cast<double>(machine.memory_bytes()) / 1e9));
  header.mutable_machine()->set_operating_system(machine.operating_system());
  header.mutable_machine()->set_compiler(machine.compiler());
  header.set_threads(1);
  header.set_date(Today());
  AddNote(header, "command", options.command_line);
  AddNote(header, "security", client.security());
  AddNote(header, "parties",
          options.parties.one_machine
              ? "both on this machine, two processes over loopback TCP"
              : absl::StrCat("two machines; server: ",
                             MachineText(pair.server_description().machine())));
  if (!options.parties.one_machine) {
    AddNote(header, "seconds",
            "rows of network none: CPU seconds of the step's process, without the link; rows of "
            "network measured: wall seconds over the link, for comparison only");
  }
  AddNote(header, "load",
          absl::StrFormat("one-minute load average %.2f before, %.2f after", machine.load_average(),
                          load_after));
  AddNote(header, "frequency",
          absl::StrFormat("governor %s, %.0f MHz",
                          machine.frequency_governor().empty() ? "not told by the kernel"
                                                               : machine.frequency_governor(),
                          machine.frequency_mhz()));
  if (options.probe_network) {
    AddNote(
        header, "network",
        absl::StrFormat("round trip %.1f us; %.0f MB/s up, %.0f MB/s down, %.0f MB/s each way "
                        "at once, %.0f MB/s cold; %.2f us a small message",
                        network.round_trip_seconds * 1e6, network.up_bytes_per_second / 1e6,
                        network.down_bytes_per_second / 1e6, network.duplex_bytes_per_second / 1e6,
                        network.cold_up_bytes_per_second / 1e6, network.message_seconds * 1e6));
  }
  if (!sweep.noisy.empty()) {
    AddNote(header, "noisy",
            absl::StrFormat("%d of %d points spread more than 10 %% (standard deviation over "
                            "median of the repetitions)",
                            static_cast<int>(sweep.noisy.size()), sweep.points));
  }
  if (!options.note.empty()) AddNote(header, "remark", options.note);
  return header;
}

// Over a real link wall seconds hold the link. The compute of a step is then what
// its process worked: a second row, of no network, with CPU seconds.
void AddComputeRows(std::vector<cost::Sample>& samples) {
  std::vector<cost::Sample> rows;
  for (const cost::Sample& sample : samples) {
    if (sample.cpu.value() < 0 || sample.network == "none") continue;
    cost::Sample row = sample;
    row.network = "none";
    row.wall = sample.cpu;
    row.traffic = {};
    row.traffic_known = false;
    rows.push_back(std::move(row));
  }
  samples.insert(samples.end(), rows.begin(), rows.end());
}

// What a deployment needs beside the tables; to be copied where the daemon reads
// its data. Families that were not measured keep the shipped tables, and say so.
absl::Status WriteDeployment(const RunOptions& options, const NetworkProbe& network) {
  bool pi_ref = false, he = false;
  for (const NamedCommand& driver : options.drivers) {
    pi_ref = pi_ref || driver.name == "pi-ref";
    he = he || driver.name == "he";
  }
  const std::string garbling = pi_ref ? options.name + "-pi-ref" : "emp";
  const std::string homomorphic = he ? options.name + "-he" : "seal";
  std::string families;
  for (const char* family : {"garbling", "oblivious-transfer", "secret-sharing"}) {
    if (!pi_ref && std::string_view(family) == "secret-sharing") continue;
    absl::StrAppend(&families, "    families { family: \"", family, "\" tables: \"", garbling,
                    "\" }\n");
  }
  // The first table that covers a call prices it.
  absl::StrAppend(&families, "    families { family: \"homomorphic\" tables: \"", homomorphic,
                  "\" }\n    families { family: \"plaintext\"",
                  pi_ref ? absl::StrCat(" tables: \"", garbling, "\"") : "",
                  " tables: \"delphi-epyc7502\" }\n",
                  "    families { family: \"whole-protocol\" tables: \"cheetah\" }\n");
  // On one machine the transfer is in the measured seconds: the link costs nothing.
  const bool own_link = options.probe_network && !options.parties.one_machine;
  const std::string link = own_link ? options.name : "lo";
  const std::string text = absl::StrCat(
      "# Written by picost_calibrate. Add it to data/deployments.textproto; the tables go\n"
      "# into data/calibration, the link into data/networks.\n",
      "deployments {\n  id: \"", options.name, "\"\n  title: \"",
      pi_ref ? "garbling, OT, shares and plaintext layers measured here"
             : "garbling and OT as shipped",
      he ? ", homomorphic measured here" : ", homomorphic as shipped: another machine, not scaled",
      "; whole protocols as shipped\"\n  network: \"", link, "\"\n  client {\n    threads: 1\n",
      families, "  }\n  server {\n    threads: 1\n", families, "  }\n}\n");
  const std::string stem = absl::StrCat(options.out, "/", options.name);
  std::ofstream(stem + "-deployment.textproto") << text;
  if (own_link) {
    std::ofstream(stem + "-network.textproto") << NetworkProfileText(
        network, options.name, absl::StrCat("measured by picost_calibrate on ", Today()));
  }
  std::printf("\nwrote %s-deployment.textproto: what a daemon needs to answer from these tables\n",
              stem.c_str());
  return absl::OkStatus();
}

absl::Status CompareWith(const std::string& folder, const cost::CostModel& model) {
  const absl::StatusOr<cost::CalibrationTable> table = cost::ReadCalibrationTable(folder);
  if (!table.ok()) return table.status();
  PICOST_ASSIGN_OR_RETURN(
      const std::shared_ptr<const cost::CostModel> before,
      cost::CostModel::Fit(std::make_shared<const cost::CalibrationTable>(*table)));
  std::printf("\nWhat changed against %s\n%s", folder.c_str(), DiffText(*before, model).c_str());
  return absl::OkStatus();
}

absl::Status RunDriver(const RunOptions& options, const NamedCommand& driver,
                       const NetworkProbe& network) {
  const std::string folder = absl::StrCat(options.out, "/", options.name, "-", driver.name);
  std::error_code error;
  if (fs::exists(folder, error)) {
    return MakeError(absl::StatusCode::kAlreadyExists, absl::StrCat(folder, " exists"),
                     {.field = "name", .mend = "Tables are immutable: choose another --name."});
  }
  PICOST_ASSIGN_OR_RETURN(const std::unique_ptr<DriverPair> pair,
                          DriverPair::Open(driver.name, driver.command, options.parties));
  std::printf("\n%s %s: %s\n", driver.name.c_str(), pair->client_description().version().c_str(),
              pair->client_description().security().c_str());
  SweepOptions sweep_options{.quick = options.quick,
                             .repetitions = options.repetitions,
                             .network = options.parties.one_machine ? "lo" : "measured",
                             .journal = folder + ".journal"};
  PICOST_ASSIGN_OR_RETURN(SweepResult sweep,
                          RunSweep(*pair, sweep_options, [&](const SweepProgress& progress) {
                            PrintProgress(driver.name, progress);
                          }));
  if (sweep.resumed > 0) {
    std::printf("%d of %d points were taken from an earlier, unfinished run\n", sweep.resumed,
                sweep.points);
  }
  // Exact or a failure: a table whose bytes contradict the catalogue is not written.
  for (const cost::Sample& sample : sweep.samples) {
    if (!sample.traffic_known) continue;
    PICOST_ASSIGN_OR_RETURN(const std::string difference, TrafficDifference(sample));
    if (!difference.empty()) {
      return MakeError(absl::StatusCode::kInternal, difference,
                       {.mend = "The driver and the catalogue disagree: see `check`."});
    }
  }
  if (!options.parties.one_machine) AddComputeRows(sweep.samples);
  PICOST_ASSIGN_OR_RETURN(
      cost::CalibrationTable table,
      WriteTable(folder, MakeHeader(options, *pair, network, sweep, ProbeMachine().load_average()),
                 sweep.samples));
  fs::remove(sweep_options.journal, error);
  std::printf("wrote %s: %d samples, id %s\n", folder.c_str(),
              static_cast<int>(table.samples.size()), table.id.substr(0, 16).c_str());
  for (const std::string& line : sweep.noisy) std::printf("  noisy: %s\n", line.c_str());
  PICOST_ASSIGN_OR_RETURN(
      const std::shared_ptr<const cost::CostModel> model,
      cost::CostModel::Fit(std::make_shared<const cost::CalibrationTable>(std::move(table))));
  std::printf("\n%s", ReportText(*model).c_str());
  return options.against.empty() ? absl::OkStatus() : CompareWith(options.against, *model);
}

}  // namespace

absl::Status Run(const RunOptions& options) {
  const Machine machine = ProbeMachine();
  std::printf("machine: %s, load %.2f\n", MachineText(machine).c_str(), machine.load_average());
  if (machine.load_average() > 0.5 * machine.cores()) {
    std::printf("  note: other work is running; figures will be noisy\n");
  }
  std::error_code error;
  fs::create_directories(options.out, error);
  NetworkProbe network;
  if (options.probe_network) {
    PICOST_ASSIGN_OR_RETURN(network, ProbeNetwork(options.parties));
    std::printf("network: round trip %.1f us, %.0f MB/s up, %.0f MB/s down, %.0f MB/s duplex\n",
                network.round_trip_seconds * 1e6, network.up_bytes_per_second / 1e6,
                network.down_bytes_per_second / 1e6, network.duplex_bytes_per_second / 1e6);
  }
  for (const NamedCommand& driver : options.drivers) {
    PICOST_RETURN_IF_ERROR(RunDriver(options, driver, network));
  }
  return WriteDeployment(options, network);
}

}  // namespace picost::calibrate
