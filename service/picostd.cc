// The daemon.
//
//   picostd --data_dir=data --store=sqlite:picost.db
//
// Listens on loopback; ends cleanly on SIGTERM and SIGINT; reads its data
// directory again on SIGHUP.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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
ABSL_FLAG(std::string, admin_listen, "",
          "HOST:PORT for the page, /metrics, /healthz and /readyz over HTTP; empty: none");
ABSL_FLAG(std::vector<std::string>, metric_studies, {},
          "ids of at most 50 studies whose figures stand among the metrics");
ABSL_FLAG(std::string, admin_port_file, "", "file to write the admin port to");
ABSL_FLAG(int32_t, worker_threads, 0,
          "threads that read networks of requests and search; 0: one per processor");
ABSL_FLAG(int32_t, waiting_calls, 256, "calls that may wait for them; more are refused");
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

int WorkerThreads() {
  const int asked = absl::GetFlag(FLAGS_worker_threads);
  return asked > 0 ? asked : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
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
      .admin_listen = absl::GetFlag(FLAGS_admin_listen),
      .metric_studies = absl::GetFlag(FLAGS_metric_studies),
      .worker_threads = WorkerThreads(),
      .waiting_calls = static_cast<size_t>(std::max(1, absl::GetFlag(FLAGS_waiting_calls))),
  });
  if (!server.ok()) {
    std::cerr << "picostd: " << server.status().message() << "\n";
    return absl::IsInvalidArgument(server.status()) ? 2 : 1;
  }
  // The main one last: whoever waits for it finds the other, too.
  const std::pair<std::string, int> port_files[] = {
      {absl::GetFlag(FLAGS_admin_port_file), (*server)->admin_port()},
      {absl::GetFlag(FLAGS_port_file), (*server)->port()}};
  for (const auto& [file, port] : port_files) {
    if (file.empty() || WritePortFile(file, port)) continue;
    std::cerr << "picostd: cannot write the port to " << file << "\n";
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
