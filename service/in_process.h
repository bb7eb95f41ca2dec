// The service inside the caller's process, for commands without a server: the
// same code as the daemon's, reached through a channel like the daemon's.
#ifndef PICOST_SERVICE_IN_PROCESS_H_
#define PICOST_SERVICE_IN_PROCESS_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace grpc {
class Channel;
}

namespace picost::service {

class Server;

class InProcessService {
 public:
  // Models are kept in memory. The data directory is read when something first
  // asks for it; empty: there is none. calibration_dir: as of DaemonConfig.
  static absl::StatusOr<std::unique_ptr<InProcessService>> Start(
      const std::string& data_dir, const std::string& calibration_dir = "");
  ~InProcessService();

  std::shared_ptr<grpc::Channel> channel();

 private:
  explicit InProcessService(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

// An ONNX file without its weights, for `picost strip` and before sending a file.
absl::StatusOr<std::string> StripWeights(std::string_view onnx);

}  // namespace picost::service

#endif  // PICOST_SERVICE_IN_PROCESS_H_
