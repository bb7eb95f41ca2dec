#include "calibrate/run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "calibrate/deployment_file.h"
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

std::string FrequencyText(const Machine& machine) {
  return absl::StrFormat("governor %s, %.0f MHz",
                         machine.frequency_governor().empty() ? "not told by the kernel"
                                                              : machine.frequency_governor(),
                         machine.frequency_mhz());
}

std::string NetworkText(const NetworkProbe& network) {
  return absl::StrFormat(
      "round trip %.1f us; %.0f MB/s up, %.0f MB/s down, %.0f MB/s each way at once, %.0f MB/s "
      "cold; %.2f us a small message",
      network.round_trip_seconds * 1e6, network.up_bytes_per_second / 1e6,
      network.down_bytes_per_second / 1e6, network.duplex_bytes_per_second / 1e6,
      network.cold_up_bytes_per_second / 1e6, network.message_seconds * 1e6);
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
              ? absl::StrCat("both on this machine, two processes over loopback TCP",
                             pair.on_cores_of_their_own() ? ", each on a core of its own" : "")
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
  AddNote(header, "frequency", FrequencyText(machine));
  if (options.probe_network) {
    AddNote(header, "network", NetworkText(network));
  }
  if (sweep.repetitions < options.repetitions) {
    AddNote(header, "repetitions",
            absl::StrFormat("%d of %d: the time was over", sweep.repetitions, options.repetitions));
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

// Whole or not at all: a daemon may be reading.
absl::Status WriteWhole(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  std::ofstream file(temporary, std::ios::trunc);
  file << text;
  file.close();
  if (file && std::rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, absl::StrCat("cannot write ", path),
                   {.mend = "Make room, or choose another folder with --out."});
}

absl::StatusOr<std::shared_ptr<const cost::CostModel>> FitFolder(const std::string& folder) {
  PICOST_ASSIGN_OR_RETURN(cost::CalibrationTable table, cost::ReadCalibrationTable(folder));
  return cost::CostModel::Fit(std::make_shared<const cost::CalibrationTable>(std::move(table)));
}

// The folder of a driver's table; an earlier run under the same name may have made it.
std::string TableFolder(const RunOptions& options, const std::string& driver) {
  return absl::StrCat(options.out, "/", options.name, "-", driver);
}

absl::Status WriteDeploymentFiles(const RunOptions& options, const NetworkProbe& network,
                                  bool machines_differ) {
  // On one machine the transfer is in the measured seconds: the link costs nothing.
  const bool own_link = options.probe_network && !options.parties.one_machine;
  MeasuredHere measured{.name = options.name,
                        .network = own_link ? options.name : "lo",
                        .machines_differ = machines_differ};
  for (const auto& [driver, model] :
       {std::pair{"pi-ref", &measured.pi_ref}, {"he", &measured.he}}) {
    std::error_code error;
    const std::string folder = TableFolder(options, driver);
    if (!fs::exists(folder + "/table.textproto", error)) continue;
    PICOST_ASSIGN_OR_RETURN(*model, FitFolder(folder));
  }
  const std::string stem = absl::StrCat(options.out, "/", options.name);
  if (own_link) {
    PICOST_RETURN_IF_ERROR(
        WriteWhole(stem + "-network.textproto",
                   NetworkProfileText(network, options.name,
                                      absl::StrCat("measured by picost_calibrate on ", Today()))));
  }
  const DeploymentText text = WriteDeployment(measured, options.shipped.get());
  PICOST_RETURN_IF_ERROR(WriteWhole(stem + "-deployment.textproto", text.textproto));
  std::printf("\nwrote %s-deployment.textproto: deployment \"%s\"\n%s", stem.c_str(),
              options.name.c_str(), text.summary.c_str());
  std::printf(
      "\nAsk with it:\n"
      "  picost estimate resnet18_cifar --protocol=delphi,minionn --deployment=%s "
      "--calibration_dir=%s\n"
      "  picostd --calibration_dir=%s   (reads what is new there within seconds)\n",
      options.name.c_str(), options.out.c_str(), options.out.c_str());
  return absl::OkStatus();
}

// The tables in use that price what was measured: those named, else those shipped of the
// same backend and those that the data directory's aliases call the latest.
absl::Status PrintChanges(const RunOptions& options, const cost::CostModel& model) {
  std::vector<std::shared_ptr<const cost::CostModel>> in_use;
  if (!options.against.empty()) {
    PICOST_ASSIGN_OR_RETURN(auto named, FitFolder(options.against));
    in_use.push_back(std::move(named));
  } else if (options.shipped != nullptr) {
    for (const cost::NamedTable& table : options.shipped->tables()) {
      const bool latest =
          std::any_of(options.shipped->aliases().begin(), options.shipped->aliases().end(),
                      [&](const auto& alias) { return alias.second == table.name; });
      const bool same =
          table.model->table().environment.backend == model.table().environment.backend;
      if ((latest || same) && MeasureTheSame(*table.model, model)) in_use.push_back(table.model);
    }
  }
  for (const auto& before : in_use) {
    std::printf("\nWhat changed against %s\n%s", before->table().name.c_str(),
                DiffText(*before, model).c_str());
  }
  return absl::OkStatus();
}

absl::Status RunDriver(const RunOptions& options, const NamedCommand& driver,
                       const NetworkProbe& network, bool& machines_differ) {
  const std::string folder = TableFolder(options, driver.name);
  std::error_code error;
  if (fs::exists(folder, error)) {
    return MakeError(absl::StatusCode::kAlreadyExists, absl::StrCat(folder, " exists"),
                     {.field = "name", .mend = "Tables are immutable: choose another --name."});
  }
  PICOST_ASSIGN_OR_RETURN(const std::unique_ptr<DriverPair> pair,
                          DriverPair::Open(driver.name, driver.command, options.parties));
  machines_differ = pair->client_description().machine().processor() !=
                    pair->server_description().machine().processor();
  std::printf("\n%s %s: %s\n", driver.name.c_str(), pair->client_description().version().c_str(),
              pair->client_description().security().c_str());
  SweepOptions sweep_options{
      .quick = options.quick,
      .repetitions = options.repetitions,
      .network = options.parties.one_machine ? "lo" : "measured",
      .journal = folder + ".journal",
      .most_seconds = options.most_seconds / static_cast<double>(options.drivers.size())};
  PICOST_ASSIGN_OR_RETURN(SweepResult sweep,
                          RunSweep(*pair, sweep_options, [&](const SweepProgress& progress) {
                            PrintProgress(driver.name, progress);
                          }));
  if (sweep.resumed > 0) {
    std::printf("%d of %d measurements were taken from an earlier, unfinished run\n", sweep.resumed,
                sweep.measurements);
  }
  if (sweep.repetitions < options.repetitions) {
    std::printf("time is over: %d of %d repetitions of each point\n", sweep.repetitions,
                options.repetitions);
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
  return PrintChanges(options, *model);
}

}  // namespace

absl::Status Run(const RunOptions& options) {
  const Machine machine = ProbeMachine();
  std::printf("machine: %s, load %.2f, %s\n", MachineText(machine).c_str(), machine.load_average(),
              FrequencyText(machine).c_str());
  if (machine.load_average() > 0.5 * machine.cores()) {
    std::printf("  note: other work is running; figures will be noisy\n");
  }
  if (options.shipped != nullptr && options.shipped->FindDeployment(options.name).ok()) {
    return MakeError(absl::StatusCode::kAlreadyExists,
                     absl::StrCat("the data directory has a deployment named ", options.name),
                     {.field = "name", .mend = "Choose another --name."});
  }
  std::error_code error;
  fs::create_directories(options.out, error);
  NetworkProbe network;
  if (options.probe_network) {
    PICOST_ASSIGN_OR_RETURN(network, ProbeNetwork(options.parties));
    std::printf("network: %s\n", NetworkText(network).c_str());
  }
  bool machines_differ = false;
  for (const NamedCommand& driver : options.drivers) {
    PICOST_RETURN_IF_ERROR(RunDriver(options, driver, network, machines_differ));
  }
  return WriteDeploymentFiles(options, network, machines_differ);
}

}  // namespace picost::calibrate
