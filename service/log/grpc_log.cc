#include "service/log/grpc_log.h"

#include <grpc/support/log.h>

#include <atomic>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace picost::service {
namespace {

// The one global of the service: gRPC's hook takes a function without data.
std::atomic<Logger*> route{nullptr};

void Log(gpr_log_func_args* line) {
  Logger* const logger = route.load();
  if (logger == nullptr || line->severity != GPR_LOG_SEVERITY_ERROR) return;
  log::Record record = Event("grpc", line->message);
  record.set_path(absl::StrCat(line->file, ":", line->line));
  logger->LimitedWarning(std::move(record));
}

}  // namespace

GrpcLogRoute::GrpcLogRoute(Logger* logger) {
  route = logger;
  gpr_set_log_function(Log);
}

GrpcLogRoute::~GrpcLogRoute() { route = nullptr; }

}  // namespace picost::service
