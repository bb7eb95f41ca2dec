// Checks of requests: the one place where a field's range is enforced.
//
// Every error is kInvalidArgument and names the field by its path in the
// request, its value and what is allowed.
#ifndef PICOST_SERVICE_VALIDATE_H_
#define PICOST_SERVICE_VALIDATE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/picost/v1/deployment.pb.h"
#include "proto/picost/v1/graph.pb.h"
#include "proto/picost/v1/models.pb.h"
#include "proto/picost/v1/oracle.pb.h"

namespace picost::service {

// "models/abc", "models" -> "abc". Ids: 1 to 128 of [A-Za-z0-9._-].
absl::StatusOr<std::string> ParseResourceName(std::string_view name, std::string_view collection,
                                              std::string_view field);
// The same for "models/<64 hexadecimal digits>".
absl::StatusOr<std::string> ParseModelName(std::string_view name, std::string_view field);

absl::Status ValidateDisplayName(std::string_view display_name);

// `field` is the path of the message in the request: "graph".
absl::Status ValidateGraphSource(const v1::GraphSource& graph, std::string_view field);
absl::Status ValidateProtocolChoice(const v1::ProtocolChoice& choice, std::string_view field);
absl::Status ValidateNetworkProfile(const v1::NetworkProfile& profile, std::string_view field);
absl::Status ValidateDeploymentChoice(const v1::DeploymentChoice& choice, std::string_view field);
absl::Status ValidateRewrites(const google::protobuf::RepeatedPtrField<std::string>& rewrites);
absl::Status ValidateView(bool present, v1::EstimateView view);
absl::Status ValidateCounting(bool present, v1::ReluConvention counting);

absl::Status Validate(const v1::CreateModelRequest& request);
absl::Status Validate(const v1::UploadModelHeader& header);
absl::Status Validate(const v1::InspectRequest& request);
absl::Status Validate(const v1::PlanRequest& request);
absl::Status Validate(const v1::ComparePlansRequest& request);
absl::Status Validate(const v1::EstimateRequest& request);

}  // namespace picost::service

#endif  // PICOST_SERVICE_VALIDATE_H_
