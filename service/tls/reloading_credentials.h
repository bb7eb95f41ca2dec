// TLS credentials whose certificates can be replaced while the server runs.
//
// gRPC asks for certificates at every handshake. The C++ API's own reloading
// (FileWatcherCertificateProvider) watches files by a timer and takes what it
// finds, half a pair included; here an operator says when (SIGHUP), all is read
// and checked first, and connections that exist go on.
#ifndef PICOST_SERVICE_TLS_RELOADING_CREDENTIALS_H_
#define PICOST_SERVICE_TLS_RELOADING_CREDENTIALS_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/config/picostd_config.pb.h"
#include "service/tls/certificates.h"

namespace grpc {
class ServerCredentials;
}

namespace picost::service {

class ReloadingCredentials {
 public:
  // Of one listener. Errors as of ReadCertificates.
  static absl::StatusOr<std::unique_ptr<ReloadingCredentials>> Create(const config::Tls& tls,
                                                                      int64_t now_unix_seconds);
  ~ReloadingCredentials();

  // For one listening port. Must not outlive this object's handshakes: shut the
  // server down first.
  std::shared_ptr<grpc::ServerCredentials> credentials();

  // The next handshake has the new certificates; where they are bad, the old ones.
  absl::Status Reload(int64_t now_unix_seconds);

  // When the certificate in use ends.
  int64_t not_after_unix_seconds() const;

  struct State;  // shared with the handshakes

 private:
  explicit ReloadingCredentials(config::Tls tls, Certificates certificates);

  const config::Tls tls_;
  std::unique_ptr<State> state_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_TLS_RELOADING_CREDENTIALS_H_
