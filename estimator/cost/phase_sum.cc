#include "estimator/cost/phase_sum.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "estimator/base/interval.h"
#include "estimator/cost/link_time.h"
#include "estimator/cost/makespan.h"
#include "estimator/cost/uncertainty.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::Phase;

// Work of one fit with its variance.
struct Work {
  const FitGroup* group = nullptr;
  double seconds = 0;
  double variance = 0;

  HalfWidths Halves(bool link_decides) const {
    const HalfWidths& factors = link_decides ? group->link_conformal : group->conformal;
    const double deviation = std::sqrt(variance);
    return {factors.above * deviation, factors.below * deviation};
  }
};

Work WorkOf(const GroupTotal& total) {
  const FitGroup& group = *total.group;
  double seconds = group.Point(total.usage);
  const double session = group.session_relative_stddev * seconds;
  double variance = group.Variance(total.usage) + total.own_variance + session * session;
  if (!total.job_seconds.empty() && seconds > 0) {
    double sum = 0;
    for (const double job : total.job_seconds) sum += job;
    // Relative errors stay: jobs that share their unit costs err together.
    const double share = sum > 0 ? Makespan(total.job_seconds, total.lanes) / sum : 1;
    seconds *= share;
    variance *= share * share;
  }
  return {.group = &group, .seconds = seconds, .variance = variance};
}

}  // namespace

CallShare ShareOf(const primitives::PrimitiveCall& call, const Pricing& pricing,
                  const NetworkProfile& network) {
  const double seconds = pricing.group->Point(call.usage);
  const double own = pricing.group->OwnRelativeStddev() * seconds;
  CallShare share{.own_variance = own * own,
                  .restart_seconds = RestartSeconds(call.traffic, seconds, network)};
  if (MayRestart(call.traffic, seconds)) share.idle_seconds = seconds;
  // Interactive work waits for the other party; online layers wait for each other.
  const bool independent = call.phase == Phase::kOffline && call.executor != Executor::kJoint;
  if (independent && pricing.Lanes() > 1) share.job_seconds = seconds;
  return share;
}

void GroupTotal::Add(const std::vector<int64_t>& call_usage,
                     const primitives::Traffic& call_traffic, const CallShare& share) {
  usage.resize(call_usage.size(), 0);
  for (size_t i = 0; i < call_usage.size(); ++i) usage[i] += call_usage[i];
  traffic += call_traffic;
  own_variance += share.own_variance;
  if (share.job_seconds > 0) job_seconds.push_back(share.job_seconds);
}

void GroupTotal::Clear() {
  std::fill(usage.begin(), usage.end(), 0);
  traffic = {};
  own_variance = 0;
  job_seconds.clear();
}

// A part that claims no interval spoils the whole's only where it matters: one set of base
// OTs (12 ms, measured too rarely for an interval) does not spoil half a minute's.
constexpr double kNegligible = 0.01;

PhaseCost FinishPhase(Phase phase, const PhaseTotals& totals, const NetworkProfile& network) {
  PhaseCost cost;
  cost.traffic = totals.traffic;
  cost.traffic_relative_bound = totals.traffic_relative_bound;
  cost.transfer_seconds =
      TransferSeconds(totals.traffic, network) - DuplexSeconds(totals.duplex_traffic, network);
  cost.flight_seconds = FlightSeconds(totals.critical_flights, network);
  // The set-up opens the connections; later phases find them as the link keeps them.
  cost.slow_start_seconds = totals.restart_seconds;
  if (phase == Phase::kSetup || network.restarts_after_idle) {
    cost.slow_start_seconds += ColdStartSeconds(totals.traffic, network);
  }
  cost.critical_flights = totals.critical_flights;
  cost.duplex_traffic = totals.duplex_traffic;
  cost.restarts = totals.restarts;
  std::optional<Interval>* const parts[kExecutorCount] = {
      &cost.client_compute_seconds, &cost.server_compute_seconds, &cost.joint_compute_seconds};
  std::array<std::vector<Work>, kExecutorCount> works;
  double point = 0;
  for (int executor = 0; executor < kExecutorCount; ++executor) {
    for (const GroupTotal* total : totals.groups[executor]) {
      const Work work = WorkOf(*total);
      point += work.seconds;
      cost.overlapped_seconds +=
          work.group->overlap * std::min(work.seconds, TransferSeconds(total->traffic, network));
      // A fit that no call uses any more, where layers are remembered, hides nothing.
      const bool used = work.seconds > 0 || total->traffic != primitives::Traffic{};
      if (work.group->overlap > 0 && used) {
        cost.overlaps.push_back({work.group->overlap, work.seconds, total->traffic});
      }
      works[executor].push_back(work);
    }
  }
  double unclaimed = 0;
  for (const auto& of_executor : works) {
    for (const Work& work : of_executor) {
      if (!work.group->interval_claimed) unclaimed += work.seconds;
    }
  }
  const double level = totals.claimed || unclaimed <= kNegligible * point ? kIntervalLevel : 0;
  const double link = cost.transfer_seconds + cost.flight_seconds + cost.slow_start_seconds -
                      cost.overlapped_seconds;
  const bool link_decides = LinkDecides(link, point + link);
  HalfWidthSum halves;                     // of independent parts
  HalfWidthSum plain_halves, link_halves;  // where processors decide, where the link does
  bool complete = true;
  for (int executor = 0; executor < kExecutorCount; ++executor) {
    if (totals.missing[executor]) {
      complete = false;
      continue;
    }
    double part_point = 0;
    HalfWidthSum part_halves;
    for (const Work& work : works[executor]) {
      part_point += work.seconds;
      part_halves.Add(work.Halves(link_decides));
      halves.Add(work.Halves(link_decides));
      plain_halves.Add(work.Halves(/*link_decides=*/false));
      link_halves.Add(work.Halves(/*link_decides=*/true));
    }
    *parts[executor] = MakeInterval(part_point, part_halves.Root(), level);
  }
  cost.compute_half_widths_seconds = plain_halves.Root();
  cost.link_half_widths_seconds = link_halves.Root();
  if (complete) {
    const double transfer =
        kNormalQuantile * cost.transfer_seconds * network.bandwidth_relative_stddev;
    const double flight = kNormalQuantile * (cost.flight_seconds + cost.slow_start_seconds) *
                          network.round_trip_relative_stddev;
    halves.Add({transfer, transfer});
    halves.Add({flight, flight});
    cost.latency_seconds = MakeInterval(point + link, halves.Root(), level);
  }
  return cost;
}

void PhaseSum::Add(const primitives::PrimitiveCall& call, const Pricing& pricing,
                   const NetworkProfile& network) {
  totals_.traffic += call.traffic;
  if (call.spec->duplex) totals_.duplex_traffic += call.traffic;
  totals_.critical_flights += call.critical_flights;
  if (call.spec->status == primitives::FormStatus::kEmpirical) {
    totals_.traffic_relative_bound =
        std::max(totals_.traffic_relative_bound, call.spec->traffic_relative_bound);
  }
  const int executor = static_cast<int>(call.executor);
  if (call.usage.empty()) return;  // no work by declaration
  if (pricing.group == nullptr) {
    totals_.missing[executor] = true;
    return;
  }
  // Keyed by table and fit: two tables may fit the same primitive.
  GroupTotal& total = groups_[executor][{pricing.model->table().id, pricing.group->key}];
  total.group = pricing.group;
  total.lanes = pricing.Lanes();
  const CallShare share = ShareOf(call, pricing, network);
  total.Add(call.usage, call.traffic, share);
  totals_.restart_seconds += share.restart_seconds;
  if (share.idle_seconds > 0) totals_.restarts.push_back({share.idle_seconds, call.traffic});
  totals_.claimed = totals_.claimed && pricing.group->interval_claimed;
}

PhaseCost PhaseSum::Finish(Phase phase, const NetworkProfile& network) const {
  PhaseTotals totals = totals_;
  for (int executor = 0; executor < kExecutorCount; ++executor) {
    for (const auto& [key, total] : groups_[executor]) totals.groups[executor].push_back(&total);
  }
  return FinishPhase(phase, totals, network);
}

}  // namespace picost::cost
