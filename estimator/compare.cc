#include "estimator/compare.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/compose.h"
#include "estimator/cost/uncertainty.h"

namespace picost {
namespace {

using primitives::Phase;

std::vector<Phase> PhasesOf(CompareMetric metric) {
  if (metric == CompareMetric::kOnline) return {Phase::kOnline};
  return {Phase::kOffline, Phase::kOnline};
}

// One candidate on one network, as a line in each of the three quantities:
// seconds = compute + flight_seconds (proportional to round-trip time, but for
// the overhead) + transfer_seconds (proportional to 1 / bandwidth).
struct Point {
  ComparedCell cell;
  double seconds = 0;
  double round_trips = 0;  // d seconds / d round-trip time
  double transfer_seconds = 0;
  double relu_seconds = 0;  // what goes when all but the last ReLUs go
  int64_t relu_elements = 0;
};

Point Evaluate(const CompareCandidate& candidate, const cost::Estimate& estimate,
               const cost::NetworkProfile& network, CompareMetric metric) {
  Point point;
  point.cell.candidate = candidate.label;
  point.cell.network = network.id;
  point.cell.extrapolated = estimate.extrapolated;
  Interval sum;
  double squares = 0;
  bool complete = true;
  bool first = true;
  for (const Phase phase : PhasesOf(metric)) {
    const cost::PhaseCost& cost = estimate.phases[static_cast<int>(phase)];
    point.cell.client_to_server_bytes += cost.traffic.client_to_server.value();
    point.cell.server_to_client_bytes += cost.traffic.server_to_client.value();
    point.cell.flights += cost.traffic.flights.value();
    point.transfer_seconds += cost.transfer_seconds;
    const double flight_time = network.round_trip_seconds / 2 + network.flight_overhead_seconds;
    if (flight_time > 0) point.round_trips += cost.flight_seconds / flight_time / 2;
    if (!cost.latency_seconds.has_value()) {
      complete = false;
      continue;
    }
    const Interval& part = *cost.latency_seconds;
    sum.p50 += part.p50;
    squares += (part.high - part.p50) * (part.high - part.p50);
    sum.level = first ? part.level : std::min(sum.level, part.level);
    first = false;
  }
  if (complete) {
    // Phases of one candidate mostly use different fits: their errors are taken
    // as independent.
    point.cell.seconds = cost::MakeInterval(sum.p50, std::sqrt(squares), sum.level);
    point.seconds = sum.p50;
  }
  for (const cost::MissingPrimitive& missing : estimate.missing) {
    if (point.cell.missing.empty() || point.cell.missing.back() != missing.primitive) {
      point.cell.missing.push_back(missing.primitive);
    }
  }
  for (size_t i = 0; i < estimate.layers.size(); ++i) {
    const auto& marginal = estimate.layers[i].marginal;
    if (!marginal.has_value()) continue;
    const int64_t relus = candidate.plan.layers[i].relu_elements;
    point.relu_elements += relus;
    for (const Phase phase : PhasesOf(metric)) {
      point.relu_seconds +=
          marginal->seconds_per_relu[static_cast<int>(phase)] * static_cast<double>(relus);
    }
  }
  return point;
}

// The x at which a0 + a1 x = b0 + b1 x; nothing where the lines are parallel.
std::optional<double> Crossing(double a0, double a1, double b0, double b1) {
  if (a1 == b1) return std::nullopt;
  return (b0 - a0) / (a1 - b1);
}

// Below the crossing the line with the larger slope is the lower one.
void AddBreakEven(const Point& a, const Point& b, double a_slope, double b_slope,
                  BreakEvenQuantity quantity, double value, Comparison& comparison) {
  const bool a_first = a_slope > b_slope;
  comparison.break_evens.push_back({.network = a.cell.network,
                                    .first = a_first ? a.cell.candidate : b.cell.candidate,
                                    .second = a_first ? b.cell.candidate : a.cell.candidate,
                                    .quantity = quantity,
                                    .value = value});
}

void AddBreakEvens(const Point& a, const Point& b, const cost::NetworkProfile& network,
                   Comparison& comparison) {
  if (!a.cell.seconds.has_value() || !b.cell.seconds.has_value()) return;
  const double now = network.round_trip_seconds;
  if (const auto x = Crossing(a.seconds - a.round_trips * now, a.round_trips,
                              b.seconds - b.round_trips * now, b.round_trips);
      x.has_value() && *x > 0 && *x <= 1) {
    AddBreakEven(a, b, a.round_trips, b.round_trips, BreakEvenQuantity::kRoundTripSeconds, *x,
                 comparison);
  }
  // In 1 / factor the time is a line; the faster below in it is the faster above
  // in the factor, hence the slopes change sign.
  if (const auto x = Crossing(a.seconds - a.transfer_seconds, a.transfer_seconds,
                              b.seconds - b.transfer_seconds, b.transfer_seconds);
      x.has_value() && *x >= 1e-3 && *x <= 1e3) {
    AddBreakEven(a, b, -a.transfer_seconds, -b.transfer_seconds,
                 BreakEvenQuantity::kBandwidthFactor, 1 / *x, comparison);
  }
  if (const auto x = Crossing(a.seconds - a.relu_seconds, a.relu_seconds,
                              b.seconds - b.relu_seconds, b.relu_seconds);
      x.has_value() && *x > 0 && *x <= 1) {
    AddBreakEven(a, b, a.relu_seconds, b.relu_seconds, BreakEvenQuantity::kReluFraction, *x,
                 comparison);
    comparison.break_evens.back().relu_elements = static_cast<int64_t>(
        *x * static_cast<double>(std::max(a.relu_elements, b.relu_elements)) + 0.5);
  }
}

absl::Status Check(const std::vector<CompareCandidate>& candidates,
                   const std::vector<cost::NetworkProfile>& networks) {
  const auto refuse = [](const char* what, const char* field, const char* mend) {
    return MakeError(absl::StatusCode::kInvalidArgument, what, {.field = field, .mend = mend});
  };
  std::set<std::string> labels;
  for (const CompareCandidate& candidate : candidates) labels.insert(candidate.label);
  if (candidates.size() < 2) {
    return refuse("fewer than two candidates", "candidates", "Name two protocols or more.");
  }
  if (labels.size() != candidates.size()) {
    return refuse("two candidates have one label", "candidates.label", "Give each its own.");
  }
  if (networks.empty()) return refuse("no network", "networks", "Name at least one.");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Comparison> CompareDeployments(const std::vector<CompareCandidate>& candidates,
                                              const std::vector<cost::NetworkProfile>& networks,
                                              CompareMetric metric) {
  PICOST_RETURN_IF_ERROR(Check(candidates, networks));
  Comparison comparison;
  for (const cost::NetworkProfile& network : networks) {
    std::vector<Point> points;
    for (const CompareCandidate& candidate : candidates) {
      cost::Deployment deployment = candidate.deployment;
      deployment.network = network;
      PICOST_ASSIGN_OR_RETURN(const cost::Estimate estimate,
                              cost::Compose(candidate.plan, deployment));
      points.push_back(Evaluate(candidate, estimate, network, metric));
    }
    const Point* fastest = nullptr;
    for (const Point& point : points) {
      comparison.cells.push_back(point.cell);
      if (point.cell.seconds.has_value() &&
          (fastest == nullptr || point.seconds < fastest->seconds)) {
        fastest = &point;
      }
    }
    comparison.fastest.push_back(fastest == nullptr ? "" : fastest->cell.candidate);
    for (size_t i = 0; i < points.size(); ++i) {
      for (size_t j = i + 1; j < points.size(); ++j) {
        AddBreakEvens(points[i], points[j], network, comparison);
      }
    }
  }
  return comparison;
}

}  // namespace picost
