#include "estimator/cost/phase_sum.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "estimator/base/interval.h"
#include "estimator/cost/link_time.h"
#include "estimator/cost/uncertainty.h"

namespace picost::cost {
namespace {

// Square of half the width of the interval of one fit's seconds.
double HalfWidthSquared(const GroupTotal& total) {
  const FitGroup& group = *total.group;
  const double session = group.session_relative_stddev * group.Point(total.usage);
  return group.conformal_factor * group.conformal_factor *
         (group.Variance(total.usage) + total.own_variance + session * session);
}

}  // namespace

double OwnVariance(const FitGroup& group, const std::vector<int64_t>& usage) {
  const double own = group.OwnRelativeStddev() * group.Point(usage);
  return own * own;
}

PhaseCost FinishPhase(const PhaseTotals& totals, const NetworkProfile& network) {
  PhaseCost cost;
  cost.traffic = totals.traffic;
  cost.traffic_relative_bound = totals.traffic_relative_bound;
  cost.transfer_seconds = TransferSeconds(totals.traffic, network);
  cost.flight_seconds = FlightSeconds(totals.critical_flights, network);
  const double level = totals.claimed ? kIntervalLevel : 0;
  std::optional<Interval>* const parts[kExecutorCount] = {
      &cost.client_compute_seconds, &cost.server_compute_seconds, &cost.joint_compute_seconds};
  cost.critical_flights = totals.critical_flights;
  double point = 0;
  double squares = 0;  // half widths of independent parts
  bool complete = true;
  for (int executor = 0; executor < kExecutorCount; ++executor) {
    if (totals.missing[executor]) {
      complete = false;
      continue;
    }
    double part_point = 0;
    double part_squares = 0;
    for (const GroupTotal* total : totals.groups[executor]) {
      const double work = total->group->Point(total->usage);
      part_point += work;
      const double overlap = total->group->overlap;
      cost.overlapped_seconds +=
          overlap * std::min(work, TransferSeconds(total->traffic, network));
      if (overlap > 0) cost.overlaps.push_back({overlap, work, total->traffic});
      part_squares += HalfWidthSquared(*total);
    }
    *parts[executor] = MakeInterval(part_point, std::sqrt(part_squares), level);
    point += part_point;
    squares += part_squares;
  }
  cost.compute_half_width_seconds = std::sqrt(squares);
  if (complete) {
    const double transfer =
        kNormalQuantile * cost.transfer_seconds * network.bandwidth_relative_stddev;
    const double flight =
        kNormalQuantile * cost.flight_seconds * network.round_trip_relative_stddev;
    squares += transfer * transfer + flight * flight;
    cost.latency_seconds =
        MakeInterval(point + cost.transfer_seconds + cost.flight_seconds - cost.overlapped_seconds,
                     std::sqrt(squares), level);
  }
  return cost;
}

}  // namespace picost::cost
