#include "service/listeners.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/config/config_check.h"

namespace picost::service {
namespace {

int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

absl::Status CannotListen(const std::string& address, const std::string& why) {
  return MakeError(
      absl::StatusCode::kUnavailable, absl::StrCat("cannot listen on '", address, "'", why),
      {.field = "listeners",
       .mend = "Use an address of this machine with a port that is free, as HOST:PORT."});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listeners>> Listeners::Create(const config::DaemonConfig& config) {
  auto listeners = std::make_unique<Listeners>();
  // Filled once: the builder keeps pointers to the ports.
  listeners->listeners_.reserve(static_cast<size_t>(config.listeners_size()));
  for (const config::Listener& from : config.listeners()) {
    Listener listener{.config = from};
    if (from.has_tls()) {
      PICOST_ASSIGN_OR_RETURN(listener.tls, ReloadingCredentials::Create(from.tls(), UnixNow()));
    }
    listeners->listeners_.push_back(std::move(listener));
  }
  return listeners;
}

void Listeners::AddTo(grpc::ServerBuilder& builder) {
  for (Listener& listener : listeners_) {
    builder.AddListeningPort(
        listener.config.address(),
        listener.tls != nullptr ? listener.tls->credentials() : grpc::InsecureServerCredentials(),
        &listener.port);
  }
}

absl::Status Listeners::Bind(const std::function<bool()>& start) {
  const mode_t before = umask(0177);
  const bool started = start();
  umask(before);
  for (const Listener& listener : listeners_) {
    const std::string& address = listener.config.address();
    if (!started) return CannotListen(address, "");
    if (!IsUnixAddress(address)) {
      if (listener.port == 0) return CannotListen(address, "");
      continue;
    }
    const std::string path = address.substr(std::strlen("unix:"));
    const int mode = ParseSocketMode(listener.config.socket_mode());
    if (chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) {
      return CannotListen(address, absl::StrCat(": ", std::strerror(errno)));
    }
  }
  return started ? absl::OkStatus() : absl::InternalError("the server does not start");
}

absl::Status Listeners::ReloadCertificates() {
  absl::Status first;
  for (Listener& listener : listeners_) {
    if (listener.tls != nullptr) first.Update(listener.tls->Reload(UnixNow()));
  }
  return first;
}

int Listeners::port(size_t listener) const {
  return listener < listeners_.size() && !IsUnixAddress(listeners_[listener].config.address())
             ? listeners_[listener].port
             : 0;
}

void Listeners::ForEachCertificate(
    const std::function<void(const std::string&, int64_t)>& visit) const {
  for (const Listener& listener : listeners_) {
    if (listener.tls != nullptr) {
      visit(listener.config.address(), listener.tls->not_after_unix_seconds());
    }
  }
}

bool Listeners::ExpiresWithin(int64_t seconds) const {
  bool expires = false;
  const int64_t limit = UnixNow() + seconds;
  ForEachCertificate([&](const std::string&, int64_t end) { expires = expires || end < limit; });
  return expires;
}

std::vector<std::string> Listeners::CertificateFiles() const {
  std::vector<std::string> files;
  for (const Listener& listener : listeners_) {
    if (listener.tls == nullptr) continue;
    const config::Tls& tls = listener.config.tls();
    for (const std::string& file : {tls.certificate_file(), tls.key_file(), tls.client_ca_file()}) {
      if (!file.empty()) files.push_back(file);
    }
  }
  return files;
}

}  // namespace picost::service
