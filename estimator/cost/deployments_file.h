// Named deployments: data/deployments.textproto, and the files that `picost calibrate
// run` writes beside its tables.
#ifndef PICOST_ESTIMATOR_COST_DEPLOYMENTS_FILE_H_
#define PICOST_ESTIMATOR_COST_DEPLOYMENTS_FILE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/network_profile.h"

namespace picost::cost {

// Most probes of a scaled table.
inline constexpr int kMostProbes = 10;

// What a file may name. Null where nothing has the name.
struct DeploymentNames {
  std::function<std::shared_ptr<const CostModel>(std::string_view)> table;
  std::function<const NetworkProfile*(std::string_view)> network;
};

// In the order of the file. kInvalidArgument, naming file and deployment, where one
// names what is not there or cannot be scaled, or two have one name.
absl::StatusOr<std::vector<Deployment>> ReadDeploymentsFile(const std::string& path,
                                                            const DeploymentNames& names);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_DEPLOYMENTS_FILE_H_
