// One command: its name, help and function.
#ifndef PICOST_CLIENTS_CLI_COMMANDS_COMMAND_H_
#define PICOST_CLIENTS_CLI_COMMANDS_COMMAND_H_

#include <optional>
#include <string>
#include <vector>

#include "clients/cli/environment.h"
#include "clients/cli/failure.h"
#include "clients/cli/options.h"
#include "proto/picost/v1/graph.pb.h"

namespace picost::cli {

struct Command {
  std::string name;       // "inspect", "models register"
  std::string arguments;  // "FILE"
  std::string summary;    // one line
  std::vector<std::string> flags;
  size_t minimum_arguments = 0;
  size_t maximum_arguments = 0;
  std::string examples;  // lines
  std::optional<Failure> (*run)(const Options& options, const Environment& environment) = nullptr;
  // Only a daemon keeps what the command is about: refused without --server, as the
  // service inside the command would forget it with the command's end.
  bool needs_server = false;
  // In place of `run`: takes the words behind the name as they are, --help too.
  std::optional<Failure> (*hand_over)(const std::vector<std::string>& words,
                                      const Environment& environment) = nullptr;
};

inline constexpr bool kNeedsServer = true;

// Every command, in the order of the help text.
const std::vector<Command>& AllCommands();

std::optional<Failure> RunInspect(const Options& options, const Environment& environment);
std::optional<Failure> RunPlan(const Options& options, const Environment& environment);
std::optional<Failure> RunEstimate(const Options& options, const Environment& environment);
std::optional<Failure> RunCompare(const Options& options, const Environment& environment);
std::optional<Failure> RunSweep(const Options& options, const Environment& environment);
std::optional<Failure> RunModelsList(const Options& options, const Environment& environment);
std::optional<Failure> RunModelsRegister(const Options& options, const Environment& environment);
std::optional<Failure> RunModelsUpload(const Options& options, const Environment& environment);
std::optional<Failure> RunModelsShow(const Options& options, const Environment& environment);
std::optional<Failure> RunModelsRemove(const Options& options, const Environment& environment);
std::optional<Failure> RunProtocols(const Options& options, const Environment& environment);
std::optional<Failure> RunRewrites(const Options& options, const Environment& environment);
std::optional<Failure> RunOperators(const Options& options, const Environment& environment);
std::optional<Failure> RunPrimitives(const Options& options, const Environment& environment);
std::optional<Failure> RunDeployments(const Options& options, const Environment& environment);
std::optional<Failure> RunNetworks(const Options& options, const Environment& environment);
std::optional<Failure> RunTables(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyCreate(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyDelete(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyLog(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyImport(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyExport(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyList(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyShow(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyFront(const Options& options, const Environment& environment);
std::optional<Failure> RunStudyWatch(const Options& options, const Environment& environment);
std::optional<Failure> RunCalibrationsList(const Options& options, const Environment& environment);
std::optional<Failure> RunCalibrationsShow(const Options& options, const Environment& environment);
std::optional<Failure> RunCalibrationsImport(const Options& options,
                                             const Environment& environment);
std::optional<Failure> RunCalibrationsRescale(const Options& options,
                                              const Environment& environment);
std::optional<Failure> RunAliasesList(const Options& options, const Environment& environment);
std::optional<Failure> RunAliasesSet(const Options& options, const Environment& environment);
std::optional<Failure> RunMeasurementsReport(const Options& options,
                                             const Environment& environment);
std::optional<Failure> RunMeasurementsEvaluate(const Options& options,
                                               const Environment& environment);
std::optional<Failure> HandOverToCalibrate(const std::vector<std::string>& words,
                                           const Environment& environment);
std::optional<Failure> RunStrip(const Options& options, const Environment& environment);

// Warnings of an answer, on standard error: they never mix with its data.
void PrintWarnings(const v1::ImportNotes& notes, const Environment& environment);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_COMMANDS_COMMAND_H_
