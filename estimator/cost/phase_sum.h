// The arithmetic of one phase's totals: usage summed per fit -> a PhaseCost.
//
// Whoever adds up calls, from scratch or from a memo of layers, ends here, so that
// both get the same bits.
#ifndef PICOST_ESTIMATOR_COST_PHASE_SUM_H_
#define PICOST_ESTIMATOR_COST_PHASE_SUM_H_

#include <array>
#include <cstdint>
#include <vector>

#include "estimator/base/units.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

inline constexpr int kExecutorCount = 3;

// Usage and traffic of one fit, summed, and the squares of its calls' own scatter.
struct GroupTotal {
  const FitGroup* group = nullptr;
  std::vector<int64_t> usage;
  primitives::Traffic traffic;
  double own_variance = 0;
};

struct PhaseTotals {
  primitives::Traffic traffic;
  Flights critical_flights;
  double traffic_relative_bound = 0;
  bool claimed = true;  // every fit claims its interval
  // By executor: some call has no table.
  std::array<bool, kExecutorCount> missing = {};
  // By executor; in ascending order of (table id, group key).
  std::array<std::vector<const GroupTotal*>, kExecutorCount> groups;
};

// What a call adds to GroupTotal::own_variance.
double OwnVariance(const FitGroup& group, const std::vector<int64_t>& usage);

PhaseCost FinishPhase(const PhaseTotals& totals, const NetworkProfile& network);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_PHASE_SUM_H_
