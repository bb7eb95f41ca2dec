#include "clients/cli/commands/deployment_choices.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/network_argument.h"

namespace picost::cli {

Result<std::vector<DeploymentAsked>> DeploymentChoices(const Options& options) {
  if (options.deployments.empty()) {
    return BadArgument(
        "where does it run? Give --deployment=NAME; `picost deployments` lists them. --network "
        "replaces its link");
  }
  std::vector<DeploymentAsked> all;
  for (const std::string& name : options.deployments) {
    const std::string resource = absl::StrCat("deployments/", name);
    const std::string label = absl::StrCat("deployment ", name);
    if (options.networks.empty()) {
      DeploymentAsked asked{.label = label};
      asked.choice.set_name(resource);
      all.push_back(std::move(asked));
    }
    for (const std::string& text : options.networks) {
      auto network = ParseNetwork(text);
      if (const Failure* failure = FailureIn(network)) return *failure;
      DeploymentAsked asked{.label = absl::StrCat(label, " over ", text)};
      *asked.choice.mutable_custom() = std::get<v1::CustomDeployment>(std::move(network));
      asked.choice.mutable_custom()->set_base(resource);
      all.push_back(std::move(asked));
    }
  }
  return all;
}

}  // namespace picost::cli
