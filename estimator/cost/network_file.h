// data/networks/<id>.textproto: one link.
#ifndef PICOST_ESTIMATOR_COST_NETWORK_FILE_H_
#define PICOST_ESTIMATOR_COST_NETWORK_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "estimator/cost/network_profile.h"

namespace picost::cost {

// kInvalidArgument, naming the file, where a figure is out of range, the source is
// missing, or the file's id is not `id`.
absl::StatusOr<NetworkProfile> ReadNetworkFile(const std::string& path, const std::string& id);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_NETWORK_FILE_H_
