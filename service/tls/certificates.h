// A listener's certificate, key and authorities, checked before they are used.
#ifndef PICOST_SERVICE_TLS_CERTIFICATES_H_
#define PICOST_SERVICE_TLS_CERTIFICATES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "service/config/picostd_config.pb.h"

namespace picost::service {

struct Certificates {
  std::string certificate_pem;  // the daemon's own first
  std::string key_pem;
  std::string client_ca_pem;           // empty: clients show none
  int64_t not_after_unix_seconds = 0;  // of the daemon's own certificate
  std::string subject;
};

// kInvalidArgument, naming the file, where a file cannot be read or parsed, the
// key is not that of the certificate, or a certificate is not valid at `now`: a
// daemon with an expired certificate would listen to clients that all refuse it.
absl::StatusOr<Certificates> ReadCertificates(const config::Tls& tls, int64_t now_unix_seconds);

}  // namespace picost::service

#endif  // PICOST_SERVICE_TLS_CERTIFICATES_H_
