// Where a protocol runs: the link, the two machines, their threads.
// A request must name or spell out a deployment: there is no silent default.
#ifndef PICOST_ESTIMATOR_COST_DEPLOYMENT_H_
#define PICOST_ESTIMATOR_COST_DEPLOYMENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "estimator/base/units.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/network_profile.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// One party's machine: which fitted tables price each family of primitives.
// Several may cover one family for different backends (whole-protocol: cheetah
// and sci_he); the first that covers a call prices it.
struct Machine {
  std::map<primitives::Family, std::vector<std::shared_ptr<const CostModel>>> tables;
  int64_t threads = 1;
};

// kJoint primitives are priced by the client's table: their wall time holds both
// parties' turns as the client waits for them.
struct Deployment {
  std::string id;
  NetworkProfile network;
  Machine client;
  Machine server;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_DEPLOYMENT_H_
