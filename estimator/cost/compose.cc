#include "estimator/cost/compose.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/bottleneck.h"
#include "estimator/cost/marginal.h"
#include "estimator/cost/phase_sum.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::Phase;
using primitives::PrimitiveCall;
using primitives::Traffic;

absl::Status CheckNetwork(const NetworkProfile& network) {
  const std::pair<const char*, double> bandwidths[] = {
      {"client_to_server_bytes_per_second", network.client_to_server_bytes_per_second},
      {"server_to_client_bytes_per_second", network.server_to_client_bytes_per_second}};
  for (const auto& [name, value] : bandwidths) {
    if (!(value > 0) || !std::isfinite(value)) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("bandwidth ", value, " is not positive and finite"),
                       {.field = absl::StrCat("deployment.network.", name),
                        .mend = "Give the payload bytes per second that the link delivers."});
    }
  }
  if (!(network.round_trip_seconds >= 0) || !std::isfinite(network.round_trip_seconds)) {
    return MakeError(
        absl::StatusCode::kInvalidArgument,
        absl::StrCat("round-trip time ", network.round_trip_seconds, " is negative or not finite"),
        {.field = "deployment.network.round_trip_seconds",
         .mend = "Give the seconds of a round trip, 0 or more."});
  }
  return absl::OkStatus();
}

// Sums one phase of a network or of a layer.
class PhaseSum {
 public:
  void Add(const PrimitiveCall& call, const Pricing& pricing) {
    traffic_ += call.traffic;
    critical_flights_ += call.critical_flights;
    if (call.spec->status == primitives::FormStatus::kEmpirical) {
      bound_ = std::max(bound_, call.spec->traffic_relative_bound);
    }
    const int executor = static_cast<int>(call.executor);
    if (call.usage.empty()) return;  // no work by declaration
    if (pricing.group == nullptr) {
      missing_[executor] = true;
      return;
    }
    // Keyed by table and fit: two tables may fit the same primitive.
    GroupTotal& total = totals_[executor][{pricing.model->table().id, pricing.group->key}];
    total.group = pricing.group;
    total.usage.resize(call.usage.size(), 0);
    for (size_t i = 0; i < call.usage.size(); ++i) total.usage[i] += call.usage[i];
    total.traffic += call.traffic;
    total.own_variance += OwnVariance(*pricing.group, call.usage);
    claimed_ = claimed_ && pricing.group->interval_claimed;
  }

  PhaseCost Finish(const NetworkProfile& network) const {
    PhaseTotals totals{.traffic = traffic_,
                       .critical_flights = critical_flights_,
                       .traffic_relative_bound = bound_,
                       .claimed = claimed_,
                       .missing = missing_};
    for (int executor = 0; executor < kExecutorCount; ++executor) {
      for (const auto& [key, total] : totals_[executor]) totals.groups[executor].push_back(&total);
    }
    return FinishPhase(totals, network);
  }

 private:
  Traffic traffic_;
  Flights critical_flights_;
  double bound_ = 0;
  bool claimed_ = true;
  std::array<bool, kExecutorCount> missing_ = {};
  std::array<std::map<std::pair<std::string, std::string>, GroupTotal>, kExecutorCount> totals_;
};

using PhaseSums = std::array<PhaseSum, primitives::kPhaseCount>;

// Gathers what the whole answer says once.
struct Gathered {
  std::map<std::string, MissingPrimitive> missing;
  std::map<std::string, TableUse> tables;
};

void NoteTable(const PrimitiveCall& call, const Pricing& pricing, Gathered& gathered) {
  const CalibrationTable& table = pricing.model->table();
  TableUse use{.table_id = table.id,
               .title = table.title,
               .origin = table.origin,
               .backend_version = table.environment.backend_version,
               .family = call.spec->family,
               .party = call.executor == Executor::kServer ? "server" : "client"};
  const std::string key =
      absl::StrCat(use.party, "|", static_cast<int>(use.family), "|", use.table_id);
  gathered.tables.emplace(key, std::move(use));
}

void NoteMissing(const PrimitiveCall& call, Gathered& gathered) {
  MissingPrimitive missing{.primitive = call.spec->id,
                           .family = call.spec->family,
                           .executor = call.executor,
                           .phase = call.phase};
  for (const primitives::ParameterSpec& parameter : call.spec->parameters) {
    if (parameter.must_match && call.parameters.Has(parameter.name)) {
      missing.parameters.Set(parameter.name, call.parameters.Get(parameter.name));
    }
  }
  const std::string key =
      absl::StrCat(missing.primitive, "|", missing.parameters.DebugString(), "|",
                   static_cast<int>(missing.executor), "|", static_cast<int>(missing.phase));
  gathered.missing.emplace(key, std::move(missing));
}

CallCost PriceCall(const PrimitiveCall& call, const Deployment& deployment, PhaseSums& layer,
                   PhaseSums& total, Gathered& gathered) {
  const Pricing pricing = FindPricing(call, deployment);
  const int phase = static_cast<int>(call.phase);
  layer[phase].Add(call, pricing);
  total[phase].Add(call, pricing);
  CallCost cost{.primitive = call.spec->id,
                .parameters = call.parameters,
                .count = call.count,
                .phase = call.phase,
                .executor = call.executor,
                .traffic_status = call.spec->status,
                .traffic = call.traffic,
                .critical_flights = call.critical_flights};
  if (call.usage.empty()) {
    cost.seconds = 0;
    return cost;
  }
  if (pricing.group == nullptr) {
    NoteMissing(call, gathered);
    return cost;
  }
  cost.seconds = pricing.group->Point(call.usage);
  cost.extrapolated = Extrapolates(call, pricing);
  NoteTable(call, pricing, gathered);
  return cost;
}

}  // namespace

Pricing FindPricing(const PrimitiveCall& call, const Deployment& deployment) {
  const Machine& machine =
      call.executor == Executor::kServer ? deployment.server : deployment.client;
  const auto tables = machine.tables.find(call.spec->family);
  if (tables == machine.tables.end()) return {};
  for (const auto& model : tables->second) {
    if (const FitGroup* group = model->Find(call); group != nullptr) {
      return {.group = group, .model = model.get(), .threads = machine.threads};
    }
  }
  return {};
}

bool Extrapolates(const PrimitiveCall& call, const Pricing& pricing) {
  // More threads than were measured: seconds are those of the measured ones.
  return pricing.group->Extrapolates(call.usage) ||
         pricing.threads > pricing.model->table().environment.threads;
}

absl::StatusOr<Estimate> Compose(const CallPlan& plan, const Deployment& deployment) {
  PICOST_RETURN_IF_ERROR(CheckNetwork(deployment.network));
  Estimate estimate;
  PhaseSums total;
  Gathered gathered;

  PhaseSums ignored;  // the set-up belongs to no layer
  for (const PrimitiveCall& call : plan.setup_calls) {
    estimate.setup_calls.push_back(PriceCall(call, deployment, ignored, total, gathered));
    estimate.extrapolated |= estimate.setup_calls.back().extrapolated;
  }
  for (const LayerCalls& layer : plan.layers) {
    LayerEstimate row{
        .node = layer.node, .kind = layer.kind, .local = layer.local, .note = layer.note};
    PhaseSums sums;
    for (const PrimitiveCall& call : layer.calls) {
      row.calls.push_back(PriceCall(call, deployment, sums, total, gathered));
      row.extrapolated |= row.calls.back().extrapolated;
    }
    for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
      row.phases[phase] = sums[phase].Finish(deployment.network);
    }
    row.marginal = MarginalOf(layer, deployment);
    estimate.extrapolated |= row.extrapolated;
    estimate.layers.push_back(std::move(row));
  }
  for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
    estimate.phases[phase] = total[phase].Finish(deployment.network);
  }
  estimate.client_storage = plan.client_storage;
  estimate.server_storage = plan.server_storage;
  estimate.memory = plan.memory;
  for (auto& [key, missing] : gathered.missing) estimate.missing.push_back(std::move(missing));

  Provenance& provenance = estimate.provenance;
  provenance.graph_fingerprint = plan.graph_fingerprint;
  provenance.protocol_id = plan.protocol_id;
  provenance.protocol_version = plan.protocol_version;
  provenance.protocol_parameters = plan.protocol_parameters;
  provenance.fit_version = kFitVersion;
  for (auto& [key, use] : gathered.tables) provenance.tables.push_back(std::move(use));
  provenance.deployment_id = deployment.id;
  provenance.network_id = deployment.network.id;
  provenance.round_trip_seconds = deployment.network.round_trip_seconds;
  provenance.flight_overhead_seconds = deployment.network.flight_overhead_seconds;
  provenance.client_to_server_bytes_per_second =
      deployment.network.client_to_server_bytes_per_second;
  provenance.server_to_client_bytes_per_second =
      deployment.network.server_to_client_bytes_per_second;
  estimate.bottleneck = BottleneckSentence(estimate);
  return estimate;
}

}  // namespace picost::cost
