// Who calls, and whether they may: tokens and certificates to principals,
// principals to roles and rates. Without gRPC; service/call.cc brings the facts.
#ifndef PICOST_SERVICE_ACCESS_ACCESS_CONTROL_H_
#define PICOST_SERVICE_ACCESS_ACCESS_CONTROL_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/access/rate_limiter.h"
#include "service/config/picostd_config.pb.h"

namespace picost::service {

// What a caller shows.
struct Credentials {
  // Value of the metadata "authorization"; empty: none.
  std::string_view authorization;
  // Of a certificate that the transport has verified.
  std::vector<std::string_view> certificate_names;
};

// Who a caller is; lives as long as it is held, whatever is reloaded.
struct Principal {
  std::string name;  // "anonymous" where nothing was shown
  config::Role role = config::ROLE_UNSPECIFIED;
  std::optional<CallRate> rate;
};

class AccessControl {
 public:
  // `config` with defaults. Reads the file of principals, if there is one.
  static absl::StatusOr<std::unique_ptr<AccessControl>> Create(const config::DaemonConfig& config);
  ~AccessControl();

  // Reads the file of principals again; the old ones stay where it has a mistake.
  absl::Status Reload();
  // How many principals there are.
  size_t size() const;

  // kUnauthenticated where what is shown belongs to nobody (also where a valid
  // certificate comes with a token that is not: never fall back to less).
  absl::StatusOr<std::shared_ptr<const Principal>> Identify(const Credentials& shown) const;

  // kPermissionDenied where the role is too small.
  static absl::Status Authorize(const Principal& principal, config::Role required,
                                std::string_view method);

  // kResourceExhausted with a retry delay where the principal calls too often.
  absl::Status Meter(const Principal& principal, RateLimiter::Time now);

 private:
  struct Table;
  explicit AccessControl(config::DaemonConfig config);
  absl::StatusOr<std::shared_ptr<const Table>> Read() const;
  std::shared_ptr<const Table> table() const;

  const config::DaemonConfig config_;
  std::shared_ptr<const Principal> anonymous_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Table> table_;
  RateLimiter limiter_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_ACCESS_ACCESS_CONTROL_H_
