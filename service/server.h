// The daemon's server, without gRPC in this header.
#ifndef PICOST_SERVICE_SERVER_H_
#define PICOST_SERVICE_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/config/picostd_config.pb.h"

namespace grpc {
class Channel;
}

namespace picost::service {

struct StartOptions {
  // Only in-process channels: listeners and the admin port are left out.
  bool in_process = false;
  bool load_data_at_start = true;  // otherwise at the first question that needs it
  std::FILE* log = nullptr;        // null: nothing is logged
  // How often what could not be loaded is tried again; zero: never.
  std::chrono::milliseconds retry_period{0};
};

class Server {
 public:
  // Listens when it returns. Errors: mistakes of the configuration, address in
  // use, store, data, certificates or principals unreadable.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const config::DaemonConfig& config,
                                                       const StartOptions& options);
  // Ends at once what Shutdown has not ended.
  ~Server();

  // Of a listener, by its place in the configuration; 0 for Unix sockets.
  int port(size_t listener = 0) const;
  int admin_port() const;
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Health goes to NOT_SERVING, calls in progress have `grace` to end.
  void Shutdown(std::chrono::milliseconds grace);
  // For who ends the process although Shutdown has not come back: a line in the log.
  void ReportLeftBehind();
  // OK where the server would answer well now; else why not.
  absl::Status Ready();

  // Reads data, principals and certificates again; each stays as it was where the
  // new is bad. The first error; all are logged.
  absl::Status Reload();

 private:
  absl::Status StartAdmin(const config::Admin& admin);

  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_SERVER_H_
