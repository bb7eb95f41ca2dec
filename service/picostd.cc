// The daemon.
//
//   picostd --config=/etc/picost/picostd.textproto
//   picostd --data_dir=data --store=sqlite:picost.db
//
// Flags win over the file. Ends cleanly on SIGTERM and SIGINT; reads data,
// principals and certificates again on SIGHUP.
#include <signal.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "service/access/token.h"
#include "service/check_config.h"
#include "service/config/config_check.h"
#include "service/server.h"
#include "tools/flags/flags.h"
#include "tools/version/version.h"

ABSL_FLAG(std::string, config, "",
          "DaemonConfig in text format (service/config/picostd_config.proto); the flags below "
          "win over it");
ABSL_FLAG(bool, check_config, false,
          "print what the configuration names and every mistake, and end: 0 good, 2 not");
ABSL_FLAG(bool, new_token, false, "print a new bearer token and its line for the principals' file");
ABSL_FLAG(std::optional<std::string>, listen, std::nullopt,
          "HOST:PORT (port 0: any free one) or unix:PATH; default 127.0.0.1:7433");
ABSL_FLAG(bool, allow_remote, false,
          "allow --listen and --admin_listen that other machines reach: nothing is encrypted");
ABSL_FLAG(std::optional<std::string>, data_dir, std::nullopt,
          "folder with calibration tables, networks, deployments; default data");
ABSL_FLAG(std::optional<std::string>, calibration_dir, std::nullopt,
          "folder that `picost calibrate run` writes into: its tables, links and deployments "
          "join those of --data_dir; default none");
ABSL_FLAG(std::optional<std::string>, store, std::nullopt,
          "memory (the default), sqlite:PATH or postgresql://USER@HOST/DATABASE");
ABSL_FLAG(std::optional<std::string>, admin_listen, std::nullopt,
          "HOST:PORT for the page, /metrics, /healthz and /readyz over HTTP; default none");
ABSL_FLAG(std::vector<std::string>, metric_studies, {},
          "ids of at most 50 studies whose figures stand among the metrics");
ABSL_FLAG(std::optional<std::string>, admin_port_file, std::nullopt,
          "file to write the admin port to");
ABSL_FLAG(std::optional<int32_t>, worker_threads, std::nullopt,
          "threads that read networks of requests and search; default one per processor");
ABSL_FLAG(std::optional<int32_t>, waiting_calls, std::nullopt,
          "calls that may wait for them; more are refused; default 256");
ABSL_FLAG(std::optional<std::string>, port_file, std::nullopt,
          "file to write the port to, once the daemon listens");
ABSL_FLAG(std::optional<int32_t>, cache_megabytes, std::nullopt,
          "memory for the graphs of registered models; default 256");
ABSL_FLAG(std::optional<int32_t>, drain_seconds, std::nullopt,
          "how long calls in progress may take after SIGTERM; default 10");
ABSL_FLAG(std::optional<std::string>, log_format, std::nullopt, "text (the default) or json");
ABSL_FLAG(std::optional<std::string>, log_calls, std::nullopt,
          "failed (the default): calls that fail for the daemon's reasons; or all");

namespace picost::service {
namespace {

constexpr std::chrono::seconds kRetryPeriod{5};

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

// Flags win over the file: --listen replaces all its listeners.
bool ApplyFlags(config::DaemonConfig& config) {
  const bool remote = absl::GetFlag(FLAGS_allow_remote);
  if (const auto listen = absl::GetFlag(FLAGS_listen)) {
    config.clear_listeners();
    config.add_listeners()->set_address(*listen);
  }
  if (config.listeners().empty()) config = WithDefaults(std::move(config));
  if (remote) config.mutable_listeners(0)->set_allow_insecure(true);
  if (const auto path = absl::GetFlag(FLAGS_port_file)) {
    config.mutable_listeners(0)->set_port_file(*path);
  }
  if (const auto address = absl::GetFlag(FLAGS_admin_listen); address && !address->empty()) {
    config.mutable_admin()->set_address(*address);
    if (remote) config.mutable_admin()->set_allow_insecure(true);
  }
  if (const auto path = absl::GetFlag(FLAGS_admin_port_file); path && config.has_admin()) {
    config.mutable_admin()->set_port_file(*path);
  }
  if (const auto value = absl::GetFlag(FLAGS_data_dir)) config.set_data_dir(*value);
  if (const auto value = absl::GetFlag(FLAGS_calibration_dir)) config.set_calibration_dir(*value);
  if (const auto value = absl::GetFlag(FLAGS_store)) config.set_store(*value);
  if (const auto value = absl::GetFlag(FLAGS_drain_seconds)) config.set_drain_seconds(*value);
  for (const std::string& id : absl::GetFlag(FLAGS_metric_studies)) config.add_metric_studies(id);
  config::Limits& limits = *config.mutable_limits();
  if (const auto value = absl::GetFlag(FLAGS_worker_threads)) limits.set_worker_threads(*value);
  if (const auto value = absl::GetFlag(FLAGS_waiting_calls)) limits.set_waiting_calls(*value);
  if (const auto value = absl::GetFlag(FLAGS_cache_megabytes)) {
    limits.set_model_cache_megabytes(*value);
  }
  if (const auto value = absl::GetFlag(FLAGS_log_format)) {
    if (*value != "text" && *value != "json") return false;
    config.mutable_logging()->set_format(*value == "json" ? config::LOG_FORMAT_JSON
                                                          : config::LOG_FORMAT_TEXT);
  }
  if (const auto value = absl::GetFlag(FLAGS_log_calls)) {
    if (*value != "failed" && *value != "all") return false;
    config.mutable_logging()->set_calls(*value == "all" ? config::LOG_CALLS_ALL
                                                        : config::LOG_CALLS_FAILED);
  }
  return true;
}

// A field as its user knows it: by the flag that set it, if one did.
std::string NameOf(const std::string& field) {
  struct OfFlag {
    const char* field;
    const char* flag;
    bool given;
  };
  const OfFlag flags[] = {
      {"listeners[0].address", "--listen", absl::GetFlag(FLAGS_listen).has_value()},
      {"admin.address", "--admin-listen", absl::GetFlag(FLAGS_admin_listen).has_value()},
      {"store", "--store", absl::GetFlag(FLAGS_store).has_value()},
      {"drain_seconds", "--drain-seconds", absl::GetFlag(FLAGS_drain_seconds).has_value()},
      {"limits.worker_threads", "--worker-threads",
       absl::GetFlag(FLAGS_worker_threads).has_value()},
      {"limits.waiting_calls", "--waiting-calls", absl::GetFlag(FLAGS_waiting_calls).has_value()},
      {"limits.model_cache_megabytes", "--cache-megabytes",
       absl::GetFlag(FLAGS_cache_megabytes).has_value()},
  };
  for (const OfFlag& one : flags) {
    if (one.given && field == one.field) return one.flag;
  }
  return field;
}

// The configuration of file and flags; nothing where it has mistakes, which have
// been printed.
std::optional<config::DaemonConfig> Configure() {
  config::DaemonConfig config;
  if (const std::string path = absl::GetFlag(FLAGS_config); !path.empty()) {
    const std::vector<std::string> problems = ReadTextFile(path, CheckConfig, config);
    for (const std::string& problem : problems) std::cerr << "picostd: " << problem << "\n";
    if (!problems.empty()) return std::nullopt;
  }
  if (!ApplyFlags(config)) {
    std::cerr << "picostd: --log_format is text or json, --log_calls is failed or all\n";
    return std::nullopt;
  }
  const std::vector<FieldProblem> problems = CheckConfig(config);
  for (const FieldProblem& problem : problems) {
    std::cerr << "picostd: " << NameOf(problem.field) << ": " << problem.what << "\n";
  }
  if (!problems.empty()) return std::nullopt;
  return config;
}

int PrintNewToken() {
  const auto token = NewToken();
  if (!token.ok()) {
    std::cerr << "picostd: " << token.status().message() << "\n";
    return 1;
  }
  std::cout << "token, to give away once: " << *token << "\n"
            << "line for the principals' file: token_sha256: \"" << ToHex(DigestOf(*token))
            << "\"\n";
  return 0;
}

// Ends the process where a handler computes on beyond all limits. Stores need no
// farewell: what they acknowledged is on disk.
void EndAfter(std::chrono::seconds limit, Server* server) {
  std::thread([limit, server] {
    std::this_thread::sleep_for(limit);
    server->ReportLeftBehind();
    std::_Exit(0);
  }).detach();
}

bool WritePortFiles(const Server& server, const config::DaemonConfig& config) {
  // The main ones last: whoever waits for them finds the other, too.
  std::vector<std::pair<std::string, int>> files = {
      {config.admin().port_file(), server.admin_port()}};
  for (int i = config.listeners_size() - 1; i >= 0; --i) {
    files.emplace_back(config.listeners(i).port_file(), server.port(static_cast<size_t>(i)));
  }
  for (const auto& [file, port] : files) {
    if (file.empty() || WritePortFile(file, port)) continue;
    std::cerr << "picostd: cannot write the port to " << file << "\n";
    return false;
  }
  return true;
}

int Main(const config::DaemonConfig& config) {
  // Before any thread exists, so that all of them leave the signals to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  // A full disk is an error of the write, not the end of the process.
  signal(SIGXFSZ, SIG_IGN);

  auto server = Server::Start(config, {.log = stderr, .retry_period = kRetryPeriod});
  if (!server.ok()) {
    std::cerr << "picostd: " << server.status().message() << "\n";
    return absl::IsInvalidArgument(server.status()) ? 2 : 1;
  }
  if (!WritePortFiles(**server, config)) return 1;
  while (true) {
    int received = 0;
    sigwait(&signals, &received);
    if (received != SIGHUP) break;
    // The log has said what failed; the daemon goes on with what it has.
    (*server)->Reload().IgnoreError();
  }
  const std::chrono::seconds grace(config.has_drain_seconds() ? config.drain_seconds() : 10);
  EndAfter(grace + std::chrono::seconds(5), server->get());
  (*server)->Shutdown(grace);
  return 0;
}

}  // namespace
}  // namespace picost::service

constexpr char kUsage[] = "the private-inference cost oracle as a gRPC daemon";

int main(int argc, char** argv) {
  // Debian's build looks for deadlocks at every lock, at a price.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  absl::SetProgramUsageMessage(kUsage);
  absl::FlagsUsageConfig usage;
  usage.version_string = [] { return absl::StrCat("picostd ", picost::kVersion, "\n"); };
  absl::SetFlagsUsageConfig(usage);
  picost::UnderscoresInFlags(argc, argv);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (const std::string& argument : arguments) {
    if (argument != "--help" && argument != "-h") continue;
    std::cout << "picostd: " << kUsage << "\n\n";
    picost::PrintFlags("service/picostd.cc", std::cout);
    std::cout << "  --version"
              << "\n\nSIGTERM and SIGINT end it, SIGHUP reads data, principals and "
                 "certificates again.\n";
    return 0;
  }
  if (const auto bad = picost::BadFlag(arguments)) {
    std::cerr << "picostd: " << *bad << ". See --help.\n";
    return 2;
  }
  const auto rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    std::cerr << "picostd: unexpected argument '" << rest[1] << "'. See --help.\n";
    return 2;
  }
  if (absl::GetFlag(FLAGS_new_token)) return picost::service::PrintNewToken();
  const auto config = picost::service::Configure();
  if (!config.has_value()) return 2;
  if (absl::GetFlag(FLAGS_check_config)) {
    return picost::service::CheckFiles(*config, std::cout) ? 0 : 2;
  }
  return picost::service::Main(*config);
}
