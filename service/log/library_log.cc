#include "service/log/library_log.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <atomic>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace picost::service {
namespace {

// The one global of the service: the libraries' hooks take functions without data.
std::atomic<Logger*> route{nullptr};

void Log(const char* library, const std::string& what, const char* file, int line) {
  Logger* const logger = route.load();
  if (logger == nullptr) return;
  log::Record record = Event(library, what);
  record.set_path(absl::StrCat(file, ":", line));
  logger->LimitedWarning(std::move(record));
}

void LogGrpc(gpr_log_func_args* line) {
  if (line->severity == GPR_LOG_SEVERITY_ERROR) Log("grpc", line->message, line->file, line->line);
}

void LogProtobuf(google::protobuf::LogLevel level, const char* file, int line,
                 const std::string& message) {
  if (level >= google::protobuf::LOGLEVEL_ERROR) Log("protobuf", message, file, line);
}

}  // namespace

LibraryLogRoute::LibraryLogRoute(Logger* logger) {
  route = logger;
  gpr_set_log_function(LogGrpc);
  google::protobuf::SetLogHandler(LogProtobuf);
}

LibraryLogRoute::~LibraryLogRoute() { route = nullptr; }

}  // namespace picost::service
