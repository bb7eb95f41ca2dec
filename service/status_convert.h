// absl::Status with its picost payloads -> grpc::Status with google.rpc details.
#ifndef PICOST_SERVICE_STATUS_CONVERT_H_
#define PICOST_SERVICE_STATUS_CONVERT_H_

#include "absl/status/status.h"
#include "third_party/googleapis/google/rpc/status.pb.h"

namespace grpc {
class Status;
}

namespace picost::service {

// Always an ErrorInfo (reason, domain, what is known of the site); by code also
// BadRequest, PreconditionFailure, ResourceInfo or QuotaFailure.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// Code, message, and ToRpcStatus as the binary details.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STATUS_CONVERT_H_
