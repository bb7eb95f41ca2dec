// The arithmetic of one phase's totals: usage summed per fit -> a PhaseCost.
//
// Whoever adds up calls, from scratch or from a memo of layers, ends here, so that
// both get the same bits.
#ifndef PICOST_ESTIMATOR_COST_PHASE_SUM_H_
#define PICOST_ESTIMATOR_COST_PHASE_SUM_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "estimator/base/units.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"
#include "estimator/cost/pricing.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

inline constexpr int kExecutorCount = 3;

// What one priced call adds beside its usage and its traffic.
struct CallShare {
  double own_variance = 0;  // square of its own scatter
  double job_seconds = 0;   // of independent work that may be packed; else 0
  double restart_seconds = 0;
  double idle_seconds = 0;  // where another link might restart (MayRestart); else 0
  friend bool operator==(const CallShare&, const CallShare&) = default;
};
CallShare ShareOf(const primitives::PrimitiveCall& call, const Pricing& pricing,
                  const NetworkProfile& network);

// Usage and traffic of one fit, summed, and what its calls add beside.
struct GroupTotal {
  const FitGroup* group = nullptr;
  int64_t lanes = 1;
  std::vector<int64_t> usage;
  primitives::Traffic traffic;
  double own_variance = 0;
  std::vector<double> job_seconds;  // empty where lanes is 1

  void Add(const std::vector<int64_t>& call_usage, const primitives::Traffic& call_traffic,
           const CallShare& share);
  void Clear();  // all but the fit
};

struct PhaseTotals {
  primitives::Traffic traffic;
  primitives::Traffic duplex_traffic;  // part of it: both directions at once
  Flights critical_flights;
  double traffic_relative_bound = 0;
  double restart_seconds = 0;  // of slow starts after long work
  std::vector<RestartTerm> restarts;
  bool claimed = true;  // every fit claims its interval
  // By executor: some call has no table.
  std::array<bool, kExecutorCount> missing = {};
  // By executor; in ascending order of (table id, group key).
  std::array<std::vector<const GroupTotal*>, kExecutorCount> groups;
};

PhaseCost FinishPhase(primitives::Phase phase, const PhaseTotals& totals,
                      const NetworkProfile& network);

// Sums the calls of one phase, of a network or of a layer.
class PhaseSum {
 public:
  void Add(const primitives::PrimitiveCall& call, const Pricing& pricing,
           const NetworkProfile& network);
  PhaseCost Finish(primitives::Phase phase, const NetworkProfile& network) const;

 private:
  PhaseTotals totals_;
  std::array<std::map<std::pair<std::string, std::string>, GroupTotal>, kExecutorCount> groups_;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_PHASE_SUM_H_
