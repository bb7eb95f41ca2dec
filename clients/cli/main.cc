// picost: the command line client. The one file of the clients that links the
// service, to run it inside this process where no --server is given.
#include <unistd.h>

#include <cstdlib>
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

Result<Environment::Local> StartLocal(const std::string& data_dir) {
  auto started = service::InProcessService::Start(data_dir);
  if (!started.ok()) return Failure{kExitOther, std::string(started.status().message())};
  std::shared_ptr<service::InProcessService> holder = *std::move(started);
  return Environment::Local{.holder = holder, .channel = holder->channel()};
}

Result<std::string> Strip(std::string_view onnx) {
  auto stripped = service::StripWeights(onnx);
  if (!stripped.ok()) return Failure{kExitModelRefused, std::string(stripped.status().message())};
  return *std::move(stripped);
}

}  // namespace
}  // namespace picost::cli

int main(int argc, char** argv) {
  // Debian's build looks for deadlocks at every lock, at a price.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const char* data_dir = std::getenv("PICOST_DATA_DIR");
  return picost::cli::Run({argv + 1, argv + argc},
                          {.out = &std::cout,
                           .err = &std::cerr,
                           .err_is_terminal = isatty(STDERR_FILENO) == 1,
                           .program_path = argv[0],
                           .version = picost::kVersion,
                           .data_dir_variable = data_dir != nullptr ? data_dir : "",
                           .start_local = picost::cli::StartLocal,
                           .strip_weights = picost::cli::Strip});
}
