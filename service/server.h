// The daemon's server, without gRPC in this header.
#ifndef PICOST_SERVICE_SERVER_H_
#define PICOST_SERVICE_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace grpc {
class Channel;
}

namespace picost::service {

struct ServerOptions {
  // "HOST:PORT", port 0: any free one; "unix:PATH". Empty: only in-process channels.
  std::string listen;
  // Without TLS and tokens the daemon listens on loopback and Unix sockets only,
  // unless this says otherwise.
  bool allow_remote = false;
  std::string data_dir;            // empty: no tables, no deployments
  bool load_data_at_start = true;  // otherwise at the first question that needs it
  std::string store = "memory";    // see OpenStore
  int64_t cache_budget_bytes = int64_t{256} << 20;
  // HTTP for operators: /metrics, /healthz, /readyz. Empty: none. Loopback only,
  // unless allow_remote.
  std::string admin_listen;
  // Ids of studies whose figures stand among the metrics: at most 50, so that nobody's
  // search can flood them.
  std::vector<std::string> metric_studies;
  int worker_threads = 2;      // that read networks of requests and search
  size_t waiting_calls = 256;  // for them; more are refused with RESOURCE_EXHAUSTED
};

class Server {
 public:
  // Listens when it returns. Errors: address in use, store or data unreadable.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);
  // Ends at once what Shutdown has not ended.
  ~Server();

  int port() const;  // 0 where it listens on none
  int admin_port() const;
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Health goes to NOT_SERVING, calls in progress have `grace` to end.
  void Shutdown(std::chrono::milliseconds grace);
  // OK where the server would answer well now; else why not.
  absl::Status Ready();

  // Reads the data directory again; the old data stay in use where that fails.
  absl::Status ReloadData();

 private:
  absl::Status StartAdmin(const std::string& listen);

  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_SERVER_H_
