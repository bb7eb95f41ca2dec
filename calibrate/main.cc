// picost_calibrate: tables for one's own machines. docs/adding_a_backend.md has
// the driver protocol, docs/calibration_format.md the tables.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "calibrate/agent.h"
#include "calibrate/driver_list.h"
#include "calibrate/import.h"
#include "calibrate/network_probe.h"
#include "calibrate/report.h"
#include "calibrate/run.h"
#include "calibrate/traffic_check.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/data_directory.h"
#include "tools/flags/flags.h"
#include "tools/version/version.h"

ABSL_FLAG(bool, quick, false, "run: a sweep of under two minutes");
ABSL_FLAG(std::string, client, "", "run: host of the client, as the server reaches it");
ABSL_FLAG(std::string, server, "", "run: host of the server, as the client reaches it");
ABSL_FLAG(std::string, party, "client", "run on two hosts: client (leads, writes) or server");
ABSL_FLAG(int, port, 7911, "run on two hosts: the agent's port; the next one carries the data");
ABSL_FLAG(std::vector<std::string>, drivers, std::vector<std::string>(),
          "run, check: drivers by name; default: those that need nothing installed");
ABSL_FLAG(std::string, driver_command, "",
          "run, check: NAME=COMMAND of a driver of your own, words separated by spaces");
ABSL_FLAG(std::string, out, "calibration", "run, import: folder that tables are written into");
ABSL_FLAG(std::string, name, "local", "run, import: name of the table");
ABSL_FLAG(std::string, against, "",
          "run: folder of the table in use, to print what changed; default: those of --data_dir");
ABSL_FLAG(std::string, data_dir, "",
          "run: folder of the shipped tables, to compare with and to scale where no driver ran; "
          "default $PICOST_DATA_DIR, else the folder data");
ABSL_FLAG(int, repetitions, 0,
          "run: of every point, however long they take; default 7 with --quick, else 15, while "
          "there is time");
ABSL_FLAG(std::string, note, "", "run: a remark to keep with the tables");
ABSL_FLAG(bool, probe_network, true, "run: measure the link first");
ABSL_FLAG(std::string, format, "csv", "import: csv, sci or crypten");
ABSL_FLAG(std::string, primitive, "", "import crypten: the primitive that the statistics are of");
ABSL_FLAG(std::string, parameters, "", "import: its parameters, a=1;b=2");
ABSL_FLAG(int64_t, count, 1, "import crypten: how many of it");
ABSL_FLAG(std::string, backend_version, "", "import: revision of the backend that was measured");
ABSL_FLAG(std::string, processor, "", "import: the machine that it was measured on");
ABSL_FLAG(std::string, date, "", "import: the day of the measurement, ISO 8601");
ABSL_FLAG(std::string, network, "lo", "import: the link of the measurement");

namespace picost::calibrate {
namespace {

constexpr char kUsage[] =
    "  run [--quick]            both parties here, two processes over TCP; under two minutes\n"
    "                           with --quick, under fifteen without\n"
    "  run --client=A --server=B --party=client|server   started on each of two hosts\n"
    "  check [--drivers=..]     declared traffic and flights against the metered wire\n"
    "  fit TABLE                unit costs of a table\n"
    "  report TABLE             residuals, hold-outs, what to measure next\n"
    "  diff A B                 what table B says against table A\n"
    "  import FILE --format=..  csv, SCI/OpenCheetah layer logs, CrypTen statistics\n"
    "  drivers                  what can be measured\n\n"
    "examples\n"
    "  picost calibrate run --quick --name=mine\n"
    "  picost estimate resnet18_cifar --protocol=delphi --deployment=mine "
    "--calibration_dir=calibration\n";

// --help shows the flags of this file.
bool IsThisFile(absl::string_view file) { return absl::EndsWith(file, "calibrate/main.cc"); }

absl::StatusOr<std::shared_ptr<const cost::CostModel>> Load(const std::string& folder) {
  PICOST_ASSIGN_OR_RETURN(cost::CalibrationTable table, cost::ReadCalibrationTable(folder));
  return cost::CostModel::Fit(std::make_shared<const cost::CalibrationTable>(std::move(table)));
}

absl::StatusOr<std::vector<NamedCommand>> Drivers() {
  std::vector<NamedCommand> drivers;
  std::vector<std::string> names = absl::GetFlag(FLAGS_drivers);
  if (const std::string own = absl::GetFlag(FLAGS_driver_command); !own.empty()) {
    const size_t equals = own.find('=');
    if (equals == std::string::npos) {
      return MakeError(absl::StatusCode::kInvalidArgument, "--driver_command has no name",
                       {.field = "driver_command", .mend = "Write NAME=COMMAND."});
    }
    drivers.push_back(
        {own.substr(0, equals), absl::StrSplit(own.substr(equals + 1), ' ', absl::SkipEmpty())});
  } else if (names.empty()) {
    for (const DriverEntry& driver : KnownDrivers()) {
      if (driver.by_default) names.push_back(driver.name);
    }
  }
  for (const std::string& name : names) {
    PICOST_ASSIGN_OR_RETURN(std::vector<std::string> command, DriverCommand(name));
    drivers.push_back({name, std::move(command)});
  }
  return drivers;
}

// The shipped tables; null where there are none, with a note about what is lost.
absl::StatusOr<std::shared_ptr<const cost::DataDirectory>> Shipped() {
  std::string path = absl::GetFlag(FLAGS_data_dir);
  const bool named = !path.empty();
  const char* variable = std::getenv("PICOST_DATA_DIR");
  if (!named) path = variable != nullptr && *variable != '\0' ? variable : "data";
  auto shipped = cost::DataDirectory::Load(path, cost::LoadOptions{.skip_broken_tables = true});
  if (shipped.ok() || named) return shipped;
  std::printf("note: no shipped tables in %s: nothing to compare with or to scale (--data_dir)\n",
              path.c_str());
  return std::shared_ptr<const cost::DataDirectory>();
}

// Under two minutes and under fifteen with what is beside the sweeps; as long as it takes
// where repetitions are asked for.
double MostSeconds() {
  if (absl::GetFlag(FLAGS_repetitions) > 0) return std::numeric_limits<double>::infinity();
  return absl::GetFlag(FLAGS_quick) ? 60 : 600;
}

int Repetitions() {
  if (const int given = absl::GetFlag(FLAGS_repetitions); given > 0) return given;
  return absl::GetFlag(FLAGS_quick) ? 7 : 15;
}

absl::Status RunCommand(const std::string& command_line) {
  const std::string client = absl::GetFlag(FLAGS_client);
  const std::string server = absl::GetFlag(FLAGS_server);
  RunOptions options{.out = absl::GetFlag(FLAGS_out),
                     .name = absl::GetFlag(FLAGS_name),
                     .against = absl::GetFlag(FLAGS_against),
                     .quick = absl::GetFlag(FLAGS_quick),
                     .probe_network = absl::GetFlag(FLAGS_probe_network),
                     .repetitions = Repetitions(),
                     .most_seconds = MostSeconds(),
                     .command_line = command_line,
                     .note = absl::GetFlag(FLAGS_note)};
  if (client.empty() != server.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "one of --client and --server is missing",
                     {.field = "client", .mend = "Name both hosts, or neither."});
  }
  if (!server.empty()) {
    const int port = absl::GetFlag(FLAGS_port);
    if (absl::GetFlag(FLAGS_party) == "server")
      return RunAgent({.client_host = client, .port = port});
    options.parties = {.one_machine = false, .server_host = server, .agent_port = port};
  }
  PICOST_ASSIGN_OR_RETURN(options.drivers, Drivers());
  PICOST_ASSIGN_OR_RETURN(options.shipped, Shipped());
  return Run(options);
}

absl::Status CheckCommand() {
  PICOST_ASSIGN_OR_RETURN(const std::vector<NamedCommand> drivers, Drivers());
  int failures = 0;
  for (const NamedCommand& driver : drivers) {
    PICOST_ASSIGN_OR_RETURN(const auto pair,
                            DriverPair::Open(driver.name, driver.command, Parties{}));
    PICOST_ASSIGN_OR_RETURN(const CheckResult result, CheckTraffic(*pair));
    for (const std::string& failure : result.failures) std::printf("  %s\n", failure.c_str());
    std::printf("%s: %d measurements of %s, %d differ\n", driver.name.c_str(), result.compared,
                absl::StrJoin(result.primitives, ", ").c_str(),
                static_cast<int>(result.failures.size()));
    failures += static_cast<int>(result.failures.size());
  }
  if (failures == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kDataLoss,
                   absl::StrCat(failures, " measurements differ from what the catalogue declares"),
                   {.mend = "Correct the catalogue's form or the driver."});
}

absl::Status ImportCommand(const std::string& file) {
  ImportOptions options{
      .format = absl::GetFlag(FLAGS_format),
      .primitive = absl::GetFlag(FLAGS_primitive),
      .parameters = absl::GetFlag(FLAGS_parameters),
      .count = absl::GetFlag(FLAGS_count),
      .backend_version = absl::GetFlag(FLAGS_backend_version),
      .processor = absl::GetFlag(FLAGS_processor),
      .date = absl::GetFlag(FLAGS_date),
      .network = absl::GetFlag(FLAGS_network),
      .folder = absl::StrCat(absl::GetFlag(FLAGS_out), "/", absl::GetFlag(FLAGS_name))};
  PICOST_ASSIGN_OR_RETURN(const std::string text, cost::ReadFile(file));
  PICOST_ASSIGN_OR_RETURN(const ImportResult result, Import(text, options));
  for (const std::string& line : result.left_out) std::printf("left out: %s\n", line.c_str());
  std::printf("wrote %s: %d samples\n", options.folder.c_str(), result.samples);
  return absl::OkStatus();
}

absl::Status Dispatch(const std::vector<std::string>& words, const std::string& command_line) {
  const std::string command = words.size() > 1 ? words[1] : "";
  const auto wants = [&](size_t count) { return words.size() == 2 + count; };
  if (command == "run" && wants(0)) return RunCommand(command_line);
  if (command == "check" && wants(0)) return CheckCommand();
  if (command == "import" && wants(1)) return ImportCommand(words[2]);
  if (command == "drivers" && wants(0)) {
    for (const DriverEntry& driver : KnownDrivers()) {
      std::printf("%-10s %s%s\n", driver.name.c_str(), driver.purpose.c_str(),
                  driver.by_default ? " (part of run)" : "");
    }
    return absl::OkStatus();
  }
  if ((command == "fit" || command == "report") && wants(1)) {
    PICOST_ASSIGN_OR_RETURN(const auto model, Load(words[2]));
    std::printf("%s", (command == "fit" ? FitText(*model) : ReportText(*model)).c_str());
    return absl::OkStatus();
  }
  if (command == "diff" && wants(2)) {
    PICOST_ASSIGN_OR_RETURN(const auto a, Load(words[2]));
    PICOST_ASSIGN_OR_RETURN(const auto b, Load(words[3]));
    std::printf("%s", DiffText(*a, *b).c_str());
    return absl::OkStatus();
  }
  if (command == "help" && wants(0)) {
    std::printf("%s", kUsage);
    return absl::OkStatus();
  }
  const std::string wrong =
      command.empty()
          ? "which command?"
          : absl::StrCat("not a command: ", absl::StrJoin(words.begin() + 1, words.end(), " "));
  return MakeError(absl::StatusCode::kInvalidArgument, wrong,
                   {.mend = absl::StrCat("There are:\n\n", kUsage)});
}

}  // namespace
}  // namespace picost::calibrate

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      absl::StrCat("measures cryptography on this machine and writes calibration tables.\n\n",
                   picost::calibrate::kUsage));
  absl::FlagsUsageConfig usage;
  usage.contains_help_flags = picost::calibrate::IsThisFile;
  usage.version_string = [] { return absl::StrCat("picost_calibrate ", picost::kVersion, "\n"); };
  absl::SetFlagsUsageConfig(usage);
  picost::UnderscoresInFlags(argc, argv);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (const std::string& argument : arguments) {
    if (argument != "--help" && argument != "-h") continue;
    std::cout << "measures cryptography on this machine and writes calibration tables.\n\n"
              << picost::calibrate::kUsage << "\nflags\n";
    picost::PrintFlags("calibrate/main.cc", std::cout);
    return 0;
  }
  if (const auto bad = picost::BadFlag(arguments)) {
    std::fprintf(stderr, "error: %s. See --help.\n", bad->c_str());
    return 2;
  }
  std::string command_line = "picost calibrate";
  for (int i = 1; i < argc; ++i) {
    // The remark stands for itself.
    if (std::string_view(argv[i]).substr(0, 7) != "--note=") {
      absl::StrAppend(&command_line, " ", argv[i]);
    }
  }
  std::vector<std::string> words;
  for (const char* word : absl::ParseCommandLine(argc, argv)) words.push_back(word);
  const absl::Status status = picost::calibrate::Dispatch(words, command_line);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}
