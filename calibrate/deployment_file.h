// The deployment that a run writes beside its tables, so that a daemon answers from
// them (picostd --calibration_dir).
//
// Each family of primitives has the table that was measured here. The homomorphic
// family, where no driver of it ran, has a shipped table scaled to this machine by
// what did run: multiply-adds of shares, which like a number-theoretic transform
// are bound by 64-bit products. That takes two shipped tables of one other machine,
// one of the homomorphic operations and one of the multiply-adds there.
#ifndef PICOST_CALIBRATE_DEPLOYMENT_FILE_H_
#define PICOST_CALIBRATE_DEPLOYMENT_FILE_H_

#include <memory>
#include <string>

#include "estimator/cost/cost_model.h"
#include "estimator/cost/data_directory.h"

namespace picost::calibrate {

struct MeasuredHere {
  std::string name;                               // of the deployment
  std::string network = "lo";                     // id of the link
  std::shared_ptr<const cost::CostModel> pi_ref;  // null: not measured
  std::shared_ptr<const cost::CostModel> he;      // null: not measured
  // The client is another kind of machine than the server.
  bool machines_differ = false;
};

// Text of a DeploymentsFile; `shipped` may be null: then nothing can be scaled. `summary`:
// lines that say for people which table prices what, and what is not priced.
struct DeploymentText {
  std::string textproto;
  std::string summary;
};
DeploymentText WriteDeployment(const MeasuredHere& measured, const cost::DataDirectory* shipped);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_DEPLOYMENT_FILE_H_
