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

using PhaseSums = std::array<PhaseSum, primitives::kPhaseCount>;

std::array<PhaseCost, primitives::kPhaseCount> FinishAll(const PhaseSums& sums,
                                                         const NetworkProfile& network) {
  std::array<PhaseCost, primitives::kPhaseCount> phases;
  for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
    phases[phase] = sums[phase].Finish(static_cast<Phase>(phase), network);
  }
  return phases;
}

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
               .party = call.executor == Executor::kServer ? "server" : "client",
               .scaled_from = table.scaled_from};
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
  layer[phase].Add(call, pricing, deployment.network);
  total[phase].Add(call, pricing, deployment.network);
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

absl::StatusOr<std::array<PhaseCost, primitives::kPhaseCount>> ComposeTotals(
    const CallPlan& plan, const Deployment& deployment) {
  PICOST_RETURN_IF_ERROR(CheckNetwork(deployment.network));
  PhaseSums total;
  const auto add = [&](const PrimitiveCall& call) {
    total[static_cast<int>(call.phase)].Add(call, FindPricing(call, deployment),
                                            deployment.network);
  };
  for (const PrimitiveCall& call : plan.setup_calls) add(call);
  for (const LayerCalls& layer : plan.layers) {
    for (const PrimitiveCall& call : layer.calls) add(call);
  }
  return FinishAll(total, deployment.network);
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
    row.phases = FinishAll(sums, deployment.network);
    row.marginal = MarginalOf(layer, deployment);
    estimate.extrapolated |= row.extrapolated;
    estimate.layers.push_back(std::move(row));
  }
  estimate.phases = FinishAll(total, deployment.network);
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
  provenance.restarts_after_idle = deployment.network.restarts_after_idle;
  provenance.flight_overhead_seconds = deployment.network.flight_overhead_seconds;
  provenance.client_to_server_bytes_per_second =
      deployment.network.client_to_server_bytes_per_second;
  provenance.server_to_client_bytes_per_second =
      deployment.network.server_to_client_bytes_per_second;
  estimate.bottleneck = BottleneckSentence(estimate);
  return estimate;
}

}  // namespace picost::cost
