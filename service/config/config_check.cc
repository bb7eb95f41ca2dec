#include "service/config/config_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/config/loopback.h"
#include "service/store/open_store.h"
#include "service/study/study_names.h"

namespace picost::service {
namespace {

using config::DaemonConfig;

constexpr size_t kMaxSocketPathBytes = 107;  // sockaddr_un
constexpr double kMaxCallsPerSecond = 1e6;
constexpr size_t kSha256Digits = 64;
constexpr size_t kMaxPrincipalName = 64;

class Problems {
 public:
  void Add(std::string field, std::string what) {
    found_.push_back({std::move(field), std::move(what)});
  }
  void Require(const std::string& value, const std::string& field) {
    if (value.empty()) Add(field, "is required");
  }
  void Range(bool present, int64_t value, int64_t low, int64_t high, const std::string& field) {
    if (!present || (value >= low && value <= high)) return;
    Add(field, absl::StrCat("is ", value, "; use ", low, " to ", high));
  }
  template <typename Enum>
  void Known(Enum value, bool (*is_valid)(int), const std::string& field) {
    if (!is_valid(value)) Add(field, absl::StrCat(value, " is no value of this field"));
  }
  std::vector<FieldProblem> Take() { return std::move(found_); }

 private:
  std::vector<FieldProblem> found_;
};

// "HOST:PORT" with a port of 0 to 65535.
bool HasPort(std::string_view address) {
  const size_t colon = address.rfind(':');
  int port = -1;
  return colon != std::string_view::npos && colon > 0 &&
         absl::SimpleAtoi(std::string(address.substr(colon + 1)), &port) && port >= 0 &&
         port <= 65535;
}

void CheckRate(const config::Rate& rate, const std::string& field, Problems& problems) {
  if (!(rate.calls_per_second() > 0 && rate.calls_per_second() <= kMaxCallsPerSecond)) {
    problems.Add(field + ".calls_per_second", absl::StrCat("is ", rate.calls_per_second(),
                                                           "; use a number above 0, at most 1e6"));
  }
  if (rate.burst_calls() < 0) problems.Add(field + ".burst_calls", "is negative");
}

void CheckListener(const config::Listener& listener, bool has_access, const std::string& field,
                   Problems& problems) {
  const std::string& address = listener.address();
  problems.Require(address, field + ".address");
  const bool is_unix = IsUnixAddress(address);
  if (is_unix && (address.size() == 5 || address.size() > 5 + kMaxSocketPathBytes)) {
    problems.Add(field + ".address", "a path of a socket has 1 to 107 bytes");
  }
  const bool good = is_unix || HasPort(address);
  if (!address.empty() && !good) {
    problems.Add(field + ".address",
                 absl::StrCat("'", address, "' is neither HOST:PORT nor unix:PATH"));
  }
  if (!listener.socket_mode().empty()) {
    if (!is_unix) problems.Add(field + ".socket_mode", "is for unix:PATH alone");
    if (ParseSocketMode(listener.socket_mode()) < 0) {
      problems.Add(field + ".socket_mode", "is no octal number such as 0660");
    }
  }
  if (listener.has_tls()) {
    const config::Tls& tls = listener.tls();
    problems.Require(tls.certificate_file(), field + ".tls.certificate_file");
    problems.Require(tls.key_file(), field + ".tls.key_file");
    if (tls.require_client_certificate() && tls.client_ca_file().empty()) {
      problems.Add(field + ".tls.client_ca_file", "is required to require certificates of clients");
    }
  }
  if (good && !IsLocalAddress(address) && !listener.allow_insecure() &&
      (!listener.has_tls() || !has_access)) {
    problems.Add(
        field + ".address",
        absl::StrCat("'", address, "' is reachable from other machines, but ",
                     listener.has_tls() ? "there is no access control" : "nothing is encrypted",
                     "; set tls and access, use a loopback address or a Unix socket, or "
                     "set allow_insecure"));
  }
}

std::string Hex(std::string_view digits) { return absl::AsciiStrToLower(std::string(digits)); }

}  // namespace

bool IsLocalAddress(std::string_view address) {
  for (const char* prefix : {"unix:", "localhost:", "[::1]:"}) {
    if (address.starts_with(prefix)) return true;
  }
  return IsLoopbackIp(address.substr(0, address.rfind(':')));
}

int ParseSocketMode(std::string_view text) {
  int mode = 0;
  if (text.empty() || text.size() > 5) return -1;
  for (const char digit : text) {
    if (digit < '0' || digit > '7') return -1;
    mode = mode * 8 + (digit - '0');
  }
  return mode <= 0777 ? mode : -1;
}

std::vector<FieldProblem> CheckConfig(const google::protobuf::Message& message) {
  const auto& config = static_cast<const DaemonConfig&>(message);
  Problems problems;
  std::set<std::string> addresses;
  for (int i = 0; i < config.listeners_size(); ++i) {
    const std::string field = absl::StrCat("listeners[", i, "]");
    const std::string& address = config.listeners(i).address();
    CheckListener(config.listeners(i), config.has_access(), field, problems);
    if (!addresses.insert(address).second && !address.ends_with(":0")) {
      problems.Add(field + ".address", absl::StrCat("'", address, "' is there twice"));
    }
  }
  if (config.has_admin()) {
    const std::string& address = config.admin().address();
    problems.Require(address, "admin.address");
    const bool good = !IsUnixAddress(address) && HasPort(address);
    if (!address.empty() && !good) {
      problems.Add("admin.address", absl::StrCat("'", address, "' is not HOST:PORT"));
    }
    if (good && !IsLocalAddress(address) && !config.admin().allow_insecure()) {
      problems.Add("admin.address",
                   absl::StrCat("'", address,
                                "' is reachable from other machines, and the admin "
                                "port has no encryption; use loopback, or set allow_insecure"));
    }
  }
  constexpr int kMostMetricStudies = 50;
  if (config.metric_studies_size() > kMostMetricStudies) {
    problems.Add("metric_studies", absl::StrCat("names ", config.metric_studies_size(),
                                                " studies; name at most ", kMostMetricStudies));
  }
  for (int i = 0; i < config.metric_studies_size(); ++i) {
    if (const absl::Status status = ValidateStudyId(config.metric_studies(i), "the id");
        !status.ok()) {
      problems.Add(absl::StrCat("metric_studies[", i, "]"), std::string(status.message()));
    }
  }
  if (config.has_access()) {
    problems.Require(config.access().principals_file(), "access.principals_file");
    problems.Known(config.access().anonymous_role(), config::Role_IsValid, "access.anonymous_role");
    if (config.access().has_anonymous_rate()) {
      CheckRate(config.access().anonymous_rate(), "access.anonymous_rate", problems);
    }
  }
  if (absl::Status status = CheckStoreAddress(config.store().empty() ? "memory" : config.store());
      !status.ok()) {
    problems.Add("store", std::string(status.message()));
  }
  const config::Limits& limits = config.limits();
  problems.Range(limits.has_message_megabytes(), limits.message_megabytes(), 1, 1024,
                 "limits.message_megabytes");
  problems.Range(limits.has_upload_megabytes(), limits.upload_megabytes(), 1, 65536,
                 "limits.upload_megabytes");
  problems.Range(limits.has_calls_in_flight(), limits.calls_in_flight(), 1, 100'000,
                 "limits.calls_in_flight");
  problems.Range(limits.has_worker_threads(), limits.worker_threads(), 1, 1024,
                 "limits.worker_threads");
  problems.Range(limits.has_waiting_calls(), limits.waiting_calls(), 1, 100'000,
                 "limits.waiting_calls");
  problems.Range(limits.has_model_cache_megabytes(), limits.model_cache_megabytes(), 0, 1 << 20,
                 "limits.model_cache_megabytes");
  if (limits.has_calls_per_principal()) {
    CheckRate(limits.calls_per_principal(), "limits.calls_per_principal", problems);
  }
  problems.Known(config.logging().format(), config::LogFormat_IsValid, "logging.format");
  problems.Known(config.logging().calls(), config::LogCalls_IsValid, "logging.calls");
  problems.Range(config.has_drain_seconds(), config.drain_seconds(), 0, 3600, "drain_seconds");
  return problems.Take();
}

std::vector<FieldProblem> CheckPrincipals(const google::protobuf::Message& message) {
  const auto& file = static_cast<const config::Principals&>(message);
  Problems problems;
  std::set<std::string> names;
  std::map<std::string, std::string> shown;  // token or certificate -> principal
  for (int i = 0; i < file.principals_size(); ++i) {
    const config::Principal& principal = file.principals(i);
    const std::string field = absl::StrCat("principals[", i, "]");
    const std::string& name = principal.name();
    const bool good =
        !name.empty() && name.size() <= kMaxPrincipalName &&
        std::all_of(name.begin(), name.end(), [](unsigned char c) {
          return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '@' || c == '-';
        });
    if (!good) problems.Add(field + ".name", "use 1 to 64 of letters, digits, '.', '_', '@', '-'");
    if (!names.insert(name).second) {
      problems.Add(field + ".name", absl::StrCat("'", name, "' is there twice"));
    }
    if (principal.role() == config::ROLE_UNSPECIFIED || !config::Role_IsValid(principal.role())) {
      problems.Add(field + ".role",
                   "set ROLE_READER, ROLE_PREDICTOR, ROLE_CALIBRATOR or ROLE_ADMIN");
    }
    if (principal.token_sha256().empty() && principal.certificate_names().empty()) {
      problems.Add(field, "has neither token_sha256 nor certificate_names, so nobody can be it");
    }
    const auto once = [&](const std::string& key, const std::string& where) {
      const auto [entry, added] = shown.emplace(key, name);
      if (!added) problems.Add(where, absl::StrCat("belongs to '", entry->second, "' already"));
    };
    for (int j = 0; j < principal.token_sha256_size(); ++j) {
      const std::string where = absl::StrCat(field, ".token_sha256[", j, "]");
      const std::string digest = Hex(principal.token_sha256(j));
      if (digest.size() != kSha256Digits ||
          digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
        problems.Add(where,
                     "is no SHA-256 of 64 hexadecimal digits; picostd --new-token makes one");
      }
      once("token " + digest, where);
    }
    for (int j = 0; j < principal.certificate_names_size(); ++j) {
      const std::string where = absl::StrCat(field, ".certificate_names[", j, "]");
      problems.Require(principal.certificate_names(j), where);
      once("certificate " + principal.certificate_names(j), where);
    }
    if (principal.has_rate()) CheckRate(principal.rate(), field + ".rate", problems);
  }
  return problems.Take();
}

config::DaemonConfig WithDefaults(DaemonConfig config) {
  if (config.listeners().empty()) config.add_listeners()->set_address("127.0.0.1:7433");
  for (config::Listener& listener : *config.mutable_listeners()) {
    if (IsUnixAddress(listener.address()) && listener.socket_mode().empty()) {
      listener.set_socket_mode("0600");
    }
  }
  if (config.data_dir().empty()) config.set_data_dir("data");
  if (config.store().empty()) config.set_store("memory");
  config::Limits& limits = *config.mutable_limits();
  if (!limits.has_message_megabytes()) limits.set_message_megabytes(65);
  if (!limits.has_upload_megabytes()) limits.set_upload_megabytes(4096);
  if (!limits.has_calls_in_flight()) limits.set_calls_in_flight(1024);
  if (!limits.has_worker_threads()) {
    limits.set_worker_threads(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  }
  if (!limits.has_waiting_calls()) limits.set_waiting_calls(256);
  if (!limits.has_model_cache_megabytes()) limits.set_model_cache_megabytes(256);
  config::Logging& logging = *config.mutable_logging();
  if (logging.format() == config::LOG_FORMAT_UNSPECIFIED)
    logging.set_format(config::LOG_FORMAT_TEXT);
  if (logging.calls() == config::LOG_CALLS_UNSPECIFIED) logging.set_calls(config::LOG_CALLS_FAILED);
  if (!config.has_drain_seconds()) config.set_drain_seconds(10);
  if (!config.has_reflection()) config.set_reflection(true);
  return config;
}

}  // namespace picost::service
