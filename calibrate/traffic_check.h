// Declared traffic against the metered wire: exact, or within the bound that the
// catalogue states for an empirical form.
#ifndef PICOST_CALIBRATE_TRAFFIC_CHECK_H_
#define PICOST_CALIBRATE_TRAFFIC_CHECK_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "calibrate/driver_pair.h"
#include "estimator/cost/calibration_table.h"

namespace picost::calibrate {

// Empty where the sample's bytes and flights are what the catalogue declares;
// otherwise one sentence. kInvalidArgument where the sample is no call of it.
absl::StatusOr<std::string> TrafficDifference(const cost::Sample& sample);

struct CheckResult {
  int compared = 0;
  std::set<std::string> primitives;  // that were compared at least once
  std::set<std::string> local;       // that the driver runs without a wire
  std::vector<std::string> failures;
};

// Runs every operation with its example parameters, and every shape of the sweep
// with a small count, once.
absl::StatusOr<CheckResult> CheckTraffic(DriverPair& pair);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_TRAFFIC_CHECK_H_
