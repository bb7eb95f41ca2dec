// Protocols as requests name them, and what planning says of them.
#ifndef PICOST_SERVICE_CONVERT_PROTOCOL_H_
#define PICOST_SERVICE_CONVERT_PROTOCOL_H_

#include "absl/status/status.h"
#include "estimator/estimator.h"
#include "proto/picost/v1/question.pb.h"

namespace picost::service {

// Of a validated request.
ProtocolChoice FromProto(const v1::ProtocolChoice& choice);

// A layer that the protocol does not cover is the model's matter, not the request's:
// kUnimplemented gets this reason.
absl::Status PlanningError(absl::Status status);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_PROTOCOL_H_
