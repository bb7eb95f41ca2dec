// How long independent jobs take on several lanes.
#ifndef PICOST_ESTIMATOR_COST_MAKESPAN_H_
#define PICOST_ESTIMATOR_COST_MAKESPAN_H_

#include <cstdint>
#include <vector>

namespace picost::cost {

// Longest processing time first: each job, the longest ones first, goes to the lane
// that is free first (R. Graham, Bounds on multiprocessing timing anomalies, 1969:
// at most 4/3 - 1/(3 lanes) of the best). 0 without jobs; lanes >= 1. The order of
// `seconds` does not matter.
double Makespan(std::vector<double> seconds, int64_t lanes);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_MAKESPAN_H_
