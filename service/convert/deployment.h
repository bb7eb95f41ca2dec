// Deployments, both ways.
#ifndef PICOST_SERVICE_CONVERT_DEPLOYMENT_H_
#define PICOST_SERVICE_CONVERT_DEPLOYMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "estimator/cost/data_directory.h"
#include "estimator/cost/deployment.h"
#include "proto/picost/v1/deployment.pb.h"

namespace picost::service {

void ToProto(const cost::NetworkProfile& from, v1::NetworkProfile& to);
void ToProto(const cost::Deployment& from, v1::Deployment& to);

// Of a validated request. kNotFound, with the names there are, where it names a
// deployment, network or table that does not exist. `field`: path of the choice.
absl::StatusOr<cost::Deployment> FromProto(const v1::DeploymentChoice& choice,
                                           const cost::DataDirectory& data,
                                           const std::string& field = "deployment");

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_DEPLOYMENT_H_
