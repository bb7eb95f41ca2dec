#include "estimator/study/link_latency.h"

#include <algorithm>

#include "estimator/cost/link_time.h"
#include "estimator/cost/uncertainty.h"

namespace picost::study {

std::optional<double> ComputeSeconds(const cost::PhaseCost& phase) {
  double seconds = 0;
  for (const std::optional<Interval>* part :
       {&phase.client_compute_seconds, &phase.server_compute_seconds,
        &phase.joint_compute_seconds}) {
    if (!part->has_value()) return std::nullopt;
    seconds += (*part)->p50;
  }
  return seconds;
}

std::optional<Interval> LatencyOn(primitives::Phase which, const cost::PhaseCost& phase,
                                  const cost::NetworkProfile& network) {
  const bool opens = which == primitives::Phase::kSetup;
  const std::optional<double> compute = ComputeSeconds(phase);
  if (!compute.has_value()) return std::nullopt;
  const double transfer = cost::TransferSeconds(phase.traffic, network) -
                          cost::DuplexSeconds(phase.duplex_traffic, network);
  const double flights = cost::FlightSeconds(phase.critical_flights, network);
  double slow_start = 0;
  for (const cost::RestartTerm& term : phase.restarts) {
    slow_start += cost::RestartSeconds(term.traffic, term.idle_seconds, network);
  }
  if (opens || network.restarts_after_idle) {
    slow_start += cost::ColdStartSeconds(phase.traffic, network);
  }
  double hidden = 0;
  for (const cost::OverlapTerm& term : phase.overlaps) {
    hidden +=
        term.share * std::min(term.work_seconds, cost::TransferSeconds(term.traffic, network));
  }
  const double link = transfer + flights + slow_start - hidden;
  const double unsure[] = {
      cost::kNormalQuantile * transfer * network.bandwidth_relative_stddev,
      cost::kNormalQuantile * (flights + slow_start) * network.round_trip_relative_stddev};
  cost::HalfWidthSum halves;
  halves.Add(cost::LinkDecides(link, *compute + link) ? phase.link_half_widths_seconds
                                                      : phase.compute_half_widths_seconds);
  for (const double half : unsure) halves.Add({half, half});
  const double level = phase.latency_seconds ? phase.latency_seconds->level : 0;
  return cost::MakeInterval(*compute + link, halves.Root(), level);
}

}  // namespace picost::study
