// The daemon.
//
//   picostd --data_dir=data --store=sqlite:picost.db
//
// Listens on loopback; ends cleanly on SIGTERM and SIGINT; reads its data
// directory again on SIGHUP.
#include <signal.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/synchronization/mutex.h"
#include "service/server.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:7433",
          "HOST:PORT (port 0: any free one) or unix:PATH to listen on");
ABSL_FLAG(bool, allow_remote, false,
          "allow --listen addresses that other machines reach: there is no encryption");
ABSL_FLAG(std::string, data_dir, "data", "folder with calibration tables, networks, deployments");
ABSL_FLAG(std::string, store, "memory", "where models are kept: memory, or sqlite:PATH");
ABSL_FLAG(std::string, port_file, "", "file to write the port to, once the daemon listens");
ABSL_FLAG(int64_t, cache_megabytes, 256, "memory for the graphs of registered models");
ABSL_FLAG(int32_t, drain_seconds, 10, "how long calls in progress may take after SIGTERM");

namespace {

// Whole or not at all: whoever waits for the file never reads half a number.
bool WritePortFile(const std::string& path, int port) {
  const std::string temporary = path + ".new";
  {
    std::ofstream file(temporary, std::ios::trunc);
    file << port << '\n';
    if (!file.flush()) return false;
  }
  return std::rename(temporary.c_str(), path.c_str()) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Debian's build looks for deadlocks at every lock, at a price.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  absl::SetProgramUsageMessage("the private-inference cost oracle as a gRPC daemon");
  const auto rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    std::cerr << "picostd: unexpected argument '" << rest[1] << "'. See --help.\n";
    return 2;
  }

  // Before any thread exists, so that all of them leave the signals to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  auto server = picost::service::Server::Start({
      .listen = absl::GetFlag(FLAGS_listen),
      .allow_remote = absl::GetFlag(FLAGS_allow_remote),
      .data_dir = absl::GetFlag(FLAGS_data_dir),
      .store = absl::GetFlag(FLAGS_store),
      .cache_budget_bytes = absl::GetFlag(FLAGS_cache_megabytes) << 20,
  });
  if (!server.ok()) {
    std::cerr << "picostd: " << server.status().message() << "\n";
    return absl::IsInvalidArgument(server.status()) ? 2 : 1;
  }
  const std::string port_file = absl::GetFlag(FLAGS_port_file);
  if (!port_file.empty() && !WritePortFile(port_file, (*server)->port())) {
    std::cerr << "picostd: cannot write the port to " << port_file << "\n";
    return 1;
  }
  std::cerr << "picostd: listening on " << absl::GetFlag(FLAGS_listen);
  if ((*server)->port() != 0) std::cerr << " (port " << (*server)->port() << ")";
  std::cerr << "\n";

  while (true) {
    int received = 0;
    sigwait(&signals, &received);
    if (received != SIGHUP) break;
    const absl::Status status = (*server)->ReloadData();
    std::cerr << "picostd: "
              << (status.ok() ? "data reloaded" : "reload refused, the old data stay: ")
              << status.message() << "\n";
  }
  std::cerr << "picostd: ending\n";
  (*server)->Shutdown(std::chrono::seconds(absl::GetFlag(FLAGS_drain_seconds)));
  return 0;
}
