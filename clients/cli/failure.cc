#include "clients/cli/failure.h"

#include <grpcpp/support/status.h>

#include "third_party/googleapis/google/rpc/error_details.pb.h"
#include "third_party/googleapis/google/rpc/status.pb.h"

namespace picost::cli {
namespace {

// Empty where the status did not come from picostd: then it is the transport's.
std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return "";
  google::rpc::ErrorInfo info;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

}  // namespace

Failure FailureOf(const grpc::Status& status) {
  const std::string reason = ReasonOf(status);
  Failure failure{kExitOther, status.error_message()};
  if (reason == "MODEL_REFUSED" || reason == "LAYER_NOT_PLANNED") {
    failure.exit_status = kExitModelRefused;
    return failure;
  }
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::NOT_FOUND:
      failure.exit_status = kExitArguments;
      break;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      if (reason.empty()) {
        failure = {kExitUnreachable, "the server cannot be reached: " + status.error_message()};
      }
      break;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      // The transport's own limit on messages: the file is too big to send.
      if (reason.empty()) failure.exit_status = kExitModelRefused;
      break;
    default:
      break;
  }
  return failure;
}

}  // namespace picost::cli
