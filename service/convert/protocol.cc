#include "service/convert/protocol.h"

#include <utility>

#include "service/error_reason.h"

namespace picost::service {

ProtocolChoice FromProto(const v1::ProtocolChoice& choice) {
  ProtocolChoice protocol{.id = choice.protocol().substr(choice.protocol().find('/') + 1)};
  for (const auto& [name, value] : choice.parameters()) protocol.parameters.Set(name, value);
  return protocol;
}

absl::Status PlanningError(absl::Status status) {
  if (status.code() != absl::StatusCode::kUnimplemented) return status;
  return WithReason(std::move(status), kLayerNotPlanned);
}

}  // namespace picost::service
