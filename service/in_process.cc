#include "service/in_process.h"

#include <utility>

#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_wire.h"
#include "service/server.h"

namespace picost::service {

InProcessService::InProcessService(std::unique_ptr<Server> server) : server_(std::move(server)) {}

InProcessService::~InProcessService() = default;

absl::StatusOr<std::unique_ptr<InProcessService>> InProcessService::Start(
    const std::string& data_dir, const std::string& calibration_dir) {
  config::DaemonConfig config;
  config.set_data_dir(data_dir);
  config.set_calibration_dir(calibration_dir);
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<Server> server,
                          Server::Start(config, {.in_process = true, .load_data_at_start = false}));
  return std::unique_ptr<InProcessService>(new InProcessService(std::move(server)));
}

std::shared_ptr<grpc::Channel> InProcessService::channel() { return server_->InProcessChannel(); }

absl::StatusOr<std::string> StripWeights(std::string_view onnx) {
  return graph::StripModel(onnx, graph::WireLimits{});
}

}  // namespace picost::service
