// --deployment and --network -> the deployments of a request.
#ifndef PICOST_CLIENTS_CLI_COMMANDS_DEPLOYMENT_CHOICES_H_
#define PICOST_CLIENTS_CLI_COMMANDS_DEPLOYMENT_CHOICES_H_

#include <string>
#include <vector>

#include "clients/cli/failure.h"
#include "clients/cli/options.h"
#include "proto/picost/v1/deployment.pb.h"

namespace picost::cli {

struct DeploymentAsked {
  v1::DeploymentChoice choice;
  std::string label;  // for headlines: "deployment lan over rtt=40ms,..."
};

// Each deployment with each network, deployments outside; without --network the
// deployments as they are.
Result<std::vector<DeploymentAsked>> DeploymentChoices(const Options& options);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_COMMANDS_DEPLOYMENT_CHOICES_H_
