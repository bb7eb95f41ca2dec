// picost: the command line client. The one file of the clients that links the
// service, to run it inside this process where no --server is given.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "clients/cli/cli.h"
#include "service/in_process.h"
#include "tools/version/version.h"

namespace picost::cli {
namespace {

Result<Environment::Local> StartLocal(const std::string& data_dir,
                                      const std::string& calibration_dir) {
  auto started = service::InProcessService::Start(data_dir, calibration_dir);
  if (!started.ok()) return Failure{kExitOther, std::string(started.status().message())};
  std::shared_ptr<service::InProcessService> holder = *std::move(started);
  return Environment::Local{.holder = holder, .channel = holder->channel()};
}

Result<std::string> Strip(std::string_view onnx) {
  auto stripped = service::StripWeights(onnx);
  if (!stripped.ok()) return Failure{kExitModelRefused, std::string(stripped.status().message())};
  return *std::move(stripped);
}

// The same process: exit status, signals and the terminal are the other program's.
Failure Become(const std::vector<std::string>& words, const std::string& data_dir) {
  if (!data_dir.empty()) setenv("PICOST_DATA_DIR", data_dir.c_str(), /*overwrite=*/0);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::cout.flush();
  execv(arguments[0], arguments.data());
  return {kExitOther, "cannot start " + words[0] + ": " + std::strerror(errno)};
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace
}  // namespace picost::cli

int main(int argc, char** argv) {
  // Debian's build looks for deadlocks at every lock, at a price.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return picost::cli::Run(
      {argv + 1, argv + argc},
      {.out = &std::cout,
       .err = &std::cerr,
       .err_is_terminal = isatty(STDERR_FILENO) == 1,
       .program_path = argv[0],
       .version = picost::kVersion,
       .data_dir_variable = picost::cli::Variable("PICOST_DATA_DIR"),
       .calibration_dir_variable = picost::cli::Variable("PICOST_CALIBRATION_DIR"),
       .start_local = picost::cli::StartLocal,
       .become = picost::cli::Become,
       .search_path = picost::cli::Variable("PATH"),
       .strip_weights = picost::cli::Strip});
}
