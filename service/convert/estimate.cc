#include "service/convert/estimate.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "service/convert/calls.h"
#include "service/convert/enums.h"
#include "service/utf8.h"

namespace picost::service {
namespace {

using service::ToProto;  // the declarations below would hide the enumerations

using primitives::Phase;

void ToProto(const Interval& from, v1::Interval& to) {
  to.set_p50(from.p50);
  to.set_mean(from.mean);
  to.set_standard_deviation(from.standard_deviation);
  to.set_low(from.low);
  to.set_high(from.high);
  to.set_level(from.level);
}

void ToProto(const cost::PhaseCost& from, v1::PhaseCost& to) {
  ToProto(from.traffic, *to.mutable_traffic());
  to.set_traffic_relative_bound(from.traffic_relative_bound);
  if (from.client_compute_seconds)
    ToProto(*from.client_compute_seconds, *to.mutable_client_compute_seconds());
  if (from.server_compute_seconds)
    ToProto(*from.server_compute_seconds, *to.mutable_server_compute_seconds());
  if (from.joint_compute_seconds)
    ToProto(*from.joint_compute_seconds, *to.mutable_joint_compute_seconds());
  to.set_transfer_seconds(from.transfer_seconds);
  to.set_flight_seconds(from.flight_seconds);
  if (from.latency_seconds) ToProto(*from.latency_seconds, *to.mutable_latency_seconds());
  to.set_overlapped_seconds(from.overlapped_seconds);
  to.set_slow_start_seconds(from.slow_start_seconds);
}

template <typename Message>
void PhasesToProto(const std::array<cost::PhaseCost, primitives::kPhaseCount>& from, Message& to) {
  ToProto(from[static_cast<int>(Phase::kSetup)], *to.mutable_setup());
  ToProto(from[static_cast<int>(Phase::kOffline)], *to.mutable_offline());
  ToProto(from[static_cast<int>(Phase::kOnline)], *to.mutable_online());
}

void ToProto(const cost::CallCost& from, v1::CallCost& to) {
  to.set_primitive(absl::StrCat("primitives/", from.primitive));
  ToProto(from.parameters, *to.mutable_parameters());
  to.set_count(from.count);
  to.set_phase(ToProto(from.phase));
  to.set_executor(ToProto(from.executor));
  to.set_traffic_status(ToProto(from.traffic_status));
  ToProto(from.traffic, *to.mutable_traffic());
  to.set_critical_flights(from.critical_flights.value());
  if (from.seconds) to.set_compute_seconds(*from.seconds);
  to.set_extrapolated(from.extrapolated);
}

void ToProto(const cost::MarginalCost& from, v1::ReluMarginal& to) {
  const int offline = static_cast<int>(Phase::kOffline);
  const int online = static_cast<int>(Phase::kOnline);
  to.set_offline_seconds_per_relu(from.seconds_per_relu[offline]);
  to.set_online_seconds_per_relu(from.seconds_per_relu[online]);
  to.set_offline_step_seconds(from.step_seconds[offline]);
  to.set_online_step_seconds(from.step_seconds[online]);
}

void ToProto(const cost::MissingPrimitive& from, v1::MissingPrimitive& to) {
  to.set_primitive(absl::StrCat("primitives/", from.primitive));
  ToProto(from.parameters, *to.mutable_parameters());
  to.set_family(ToProto(from.family));
  to.set_executor(ToProto(from.executor));
  to.set_phase(ToProto(from.phase));
}

std::string NameUnlessEmpty(const char* collection, const std::string& id) {
  return id.empty() ? std::string() : absl::StrCat(collection, "/", id);
}

}  // namespace

void ToProto(const cost::Provenance& from, v1::Provenance& to) {
  to.set_model(absl::StrCat("models/", from.graph_fingerprint));
  to.set_protocol(absl::StrCat("protocols/", from.protocol_id));
  to.set_protocol_version(from.protocol_version);
  ToProto(from.protocol_parameters, *to.mutable_protocol_parameters());
  to.set_fit_version(from.fit_version);
  for (const cost::TableUse& use : from.tables) {
    auto* entry = to.add_tables();
    entry->set_table(absl::StrCat("tables/", use.table_id));
    entry->set_title(use.title);
    entry->set_origin(ToProto(use.origin));
    entry->set_backend_version(use.backend_version);
    entry->set_family(ToProto(use.family));
    entry->set_scaled_from(NameUnlessEmpty("tables", use.scaled_from));
    entry->set_party(use.party == "client" ? v1::EXECUTOR_CLIENT : v1::EXECUTOR_SERVER);
  }
  to.set_deployment(NameUnlessEmpty("deployments", from.deployment_id));
  to.set_network(NameUnlessEmpty("networks", from.network_id));
  to.set_round_trip_seconds(from.round_trip_seconds);
  to.set_client_to_server_bytes_per_second(from.client_to_server_bytes_per_second);
  to.set_server_to_client_bytes_per_second(from.server_to_client_bytes_per_second);
  to.set_flight_overhead_seconds(from.flight_overhead_seconds);
  to.set_restarts_after_idle(from.restarts_after_idle);
}

void TotalsToProto(const std::array<cost::PhaseCost, primitives::kPhaseCount>& phases,
                   Bytes client_storage, Bytes server_storage, v1::Estimate& to) {
  to.clear_setup();
  to.clear_offline();
  to.clear_online();
  PhasesToProto(phases, to);
  to.set_client_storage_bytes(client_storage.value());
  to.set_server_storage_bytes(server_storage.value());
}

void ToProto(const LoadedGraph& graph, const cost::Estimate& from, v1::EstimateView view,
             v1::Estimate& to) {
  const bool calls = view == v1::ESTIMATE_VIEW_CALLS;
  ToProto(graph.counts.total, *to.mutable_totals());
  PhasesToProto(from.phases, to);
  to.set_client_storage_bytes(from.client_storage.value());
  to.set_server_storage_bytes(from.server_storage.value());
  if (view != v1::ESTIMATE_VIEW_TOTALS) {
    for (size_t i = 0; i < from.layers.size(); ++i) {
      const cost::LayerEstimate& layer = from.layers[i];
      auto* entry = to.add_layers();
      entry->set_node(ToUtf8(layer.node));
      entry->set_kind(layer.kind);
      ToProto(graph.counts.by_node[i], *entry->mutable_counts());
      PhasesToProto(layer.phases, *entry);
      if (calls) {
        for (const cost::CallCost& call : layer.calls) ToProto(call, *entry->add_calls());
      }
      entry->set_extrapolated(layer.extrapolated);
      entry->set_local(layer.local);
      entry->set_note(ToUtf8(layer.note));
      if (layer.marginal) ToProto(*layer.marginal, *entry->mutable_relu_marginal());
    }
  }
  if (calls) {
    for (const cost::CallCost& call : from.setup_calls) ToProto(call, *to.add_setup_calls());
  }
  for (const auto& item : from.memory) ToProto(item, *to.add_memory());
  for (const cost::MissingPrimitive& missing : from.missing) ToProto(missing, *to.add_missing());
  to.set_extrapolated(from.extrapolated);
  to.set_bottleneck(ToUtf8(from.bottleneck));
  ToProto(graph.graph.notes(), *to.mutable_notes());
  ToProto(from.provenance, *to.mutable_provenance());
}

void ToProto(const ComparedCell& from, v1::ComparedCell& to) {
  to.set_protocol(static_cast<int32_t>(from.protocol));
  to.set_deployment(static_cast<int32_t>(from.deployment));
  if (!from.status.ok()) return;  // the caller says why
  PhasesToProto(from.phases, to);
  if (from.seconds) ToProto(*from.seconds, *to.mutable_seconds());
  for (const cost::MissingPrimitive& missing : from.missing) ToProto(missing, *to.add_missing());
  to.set_extrapolated(from.extrapolated);
  to.set_bottleneck(ToUtf8(from.bottleneck));
}

}  // namespace picost::service
