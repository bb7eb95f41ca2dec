// The addresses a server listens on: plain, with TLS, or Unix sockets.
#ifndef PICOST_SERVICE_LISTENERS_H_
#define PICOST_SERVICE_LISTENERS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/config/picostd_config.pb.h"
#include "service/tls/reloading_credentials.h"

namespace grpc {
class ServerBuilder;
}

namespace picost::service {

class Listeners {
 public:
  // Reads certificates; nothing listens yet. `config` with defaults.
  static absl::StatusOr<std::unique_ptr<Listeners>> Create(const config::DaemonConfig& config);

  void AddTo(grpc::ServerBuilder& builder);
  // Runs `start`, which binds, so that no Unix socket is open to others for a
  // moment, then gives sockets their modes and checks that every port is there.
  absl::Status Bind(const std::function<bool()>& start);

  // New certificates for the next handshakes; each listener keeps its old ones
  // where the new are bad.
  absl::Status ReloadCertificates();

  // By place in the configuration; 0 for a Unix socket.
  int port(size_t listener) const;
  // Called with address and Unix seconds for every listener with TLS.
  void ForEachCertificate(const std::function<void(const std::string&, int64_t)>& visit) const;
  // Whether a certificate in use ends within this time.
  bool ExpiresWithin(int64_t seconds) const;
  // Files that ReloadCertificates reads.
  std::vector<std::string> CertificateFiles() const;

 private:
  struct Listener {
    config::Listener config;
    std::unique_ptr<ReloadingCredentials> tls;
    int port = 0;
  };
  std::vector<Listener> listeners_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_LISTENERS_H_
