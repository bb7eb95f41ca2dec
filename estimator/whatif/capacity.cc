#include "estimator/whatif/capacity.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::whatif {
namespace {

using primitives::Phase;

const cost::PhaseCost& At(const EditTotals& totals, Phase phase) {
  return totals.phases[static_cast<int>(phase)];
}

double Up(const cost::PhaseCost& phase) {
  return static_cast<double>(phase.traffic.client_to_server.value());
}
double Down(const cost::PhaseCost& phase) {
  return static_cast<double>(phase.traffic.server_to_client.value());
}

// Mean wait of M/D/1: load x service / (2 (1 - load)) (Pollaczek-Khinchine with a
// service time that does not vary).
std::optional<double> MeanWait(double arrivals, double service) {
  const double load = arrivals * service;
  if (load >= 1) return std::nullopt;
  return load * service / (2 * (1 - load));
}

}  // namespace

absl::StatusOr<Capacity> EstimateCapacity(const EditTotals& totals,
                                          const cost::NetworkProfile& network,
                                          const CapacityQuestion& question) {
  if (!(question.arrivals_per_second >= 0) || !std::isfinite(question.arrivals_per_second)) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("arrival rate ", question.arrivals_per_second),
                     {.field = "arrivals_per_second", .mend = "Give a finite rate, 0 or more"});
  }
  if (question.client_storage < Bytes(0)) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "negative storage",
        {.field = "client_storage_bytes", .mend = "Give a number of bytes, 0 or more"});
  }
  const cost::PhaseCost& offline = At(totals, Phase::kOffline);
  const cost::PhaseCost& online = At(totals, Phase::kOnline);
  if (!offline.latency_seconds.has_value() || !online.latency_seconds.has_value()) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     "capacity needs seconds, and a primitive has no table",
                     {.field = "deployment", .mend = "Use a deployment that covers the protocol"});
  }
  const double arrivals = question.arrivals_per_second;
  Capacity capacity;
  capacity.offline_seconds = offline.latency_seconds->p50;
  capacity.online_seconds = online.latency_seconds->p50;
  if (totals.client_storage > Bytes(0)) {
    capacity.stockpile = question.client_storage.value() / totals.client_storage.value();
    capacity.burst = *capacity.stockpile;
  }

  // Parties and link take turns, so that offline work is made between inferences: one
  // inference keeps the pair busy for the sum of both phases, stocked or not.
  const double service = capacity.offline_seconds + capacity.online_seconds;
  capacity.sustainable_per_second = service > 0 ? 1 / service : 0;
  capacity.utilization = arrivals * service;
  capacity.sustainable = capacity.utilization < 1;
  const bool stocked =
      capacity.offline_seconds == 0 || !capacity.stockpile.has_value() || *capacity.stockpile > 0;
  if (capacity.sustainable) {
    capacity.wait_without_stock_seconds = MeanWait(arrivals, service);
    if (stocked) capacity.wait_with_stock_seconds = MeanWait(arrivals, capacity.online_seconds);
  }

  const auto use = [&](const char* name, double before, double during) {
    capacity.resources.push_back({.resource = name,
                                  .offline_seconds = before,
                                  .online_seconds = during,
                                  .utilization = arrivals * (before + during)});
  };
  use("client compute", offline.client_compute_seconds->p50, online.client_compute_seconds->p50);
  use("server compute", offline.server_compute_seconds->p50, online.server_compute_seconds->p50);
  use("joint compute", offline.joint_compute_seconds->p50, online.joint_compute_seconds->p50);
  use("uplink", Up(offline) / network.client_to_server_bytes_per_second,
      Up(online) / network.client_to_server_bytes_per_second);
  use("downlink", Down(offline) / network.server_to_client_bytes_per_second,
      Down(online) / network.server_to_client_bytes_per_second);
  use("flights", offline.flight_seconds, online.flight_seconds);
  const auto largest = std::max_element(capacity.resources.begin(), capacity.resources.end(),
                                        [](const ResourceUse& a, const ResourceUse& b) {
                                          return a.offline_seconds + a.online_seconds <
                                                 b.offline_seconds + b.online_seconds;
                                        });
  capacity.saturates_first = largest->resource;

  // up / (x B) + down / ((1 - x) B) is least at x = sqrt(up) / (sqrt(up) + sqrt(down)),
  // where it is (sqrt(up) + sqrt(down))^2 / B.
  const double up = std::sqrt(Up(offline) + Up(online));
  const double down = std::sqrt(Down(offline) + Down(online));
  const double shared =
      network.client_to_server_bytes_per_second + network.server_to_client_bytes_per_second;
  capacity.best_uplink_share = up + down > 0 ? up / (up + down) : 0.5;
  capacity.best_split_transfer_seconds = (up + down) * (up + down) / shared;
  capacity.transfer_seconds = offline.transfer_seconds + online.transfer_seconds;
  return capacity;
}

}  // namespace picost::whatif
