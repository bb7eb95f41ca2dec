#include "service/study/trial_cost.h"

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "estimator/primitives/catalog.h"
#include "estimator/study/link_latency.h"
#include "service/convert/deployment.h"
#include "service/convert/edits.h"
#include "service/convert/estimate.h"
#include "service/serialize.h"
#include "service/utf8.h"

namespace picost::service {
namespace {

using primitives::Family;
using primitives::Phase;

// Blocks of a network repeat: equal calls are one term.
void RestartsToProto(const std::vector<cost::RestartTerm>& from, v1::PhaseLinkTerms& to) {
  std::map<std::tuple<double, int64_t, int64_t>, v1::RestartTerm*> known;
  for (const cost::RestartTerm& term : from) {
    const int64_t up = term.traffic.client_to_server.value();
    const int64_t down = term.traffic.server_to_client.value();
    v1::RestartTerm*& out = known[{term.idle_seconds, up, down}];
    if (out == nullptr) {
      out = to.add_restarts();
      out->set_idle_seconds(term.idle_seconds);
      out->set_client_to_server_bytes(up);
      out->set_server_to_client_bytes(down);
    }
    out->set_call_count(out->call_count() + 1);
  }
}

void TermsToProto(const cost::PhaseCost& from, v1::PhaseLinkTerms& to) {
  if (const auto compute = study::ComputeSeconds(from)) to.set_compute_seconds(*compute);
  to.set_compute_half_width_seconds(from.compute_half_widths_seconds.above);
  to.set_compute_half_width_below_seconds(from.compute_half_widths_seconds.below);
  to.set_link_half_width_seconds(from.link_half_widths_seconds.above);
  to.set_link_half_width_below_seconds(from.link_half_widths_seconds.below);
  to.set_duplex_client_to_server_bytes(from.duplex_traffic.client_to_server.value());
  to.set_duplex_server_to_client_bytes(from.duplex_traffic.server_to_client.value());
  to.set_critical_flights(from.critical_flights.value());
  for (const cost::OverlapTerm& term : from.overlaps) {
    v1::OverlapTerm& out = *to.add_overlaps();
    out.set_overlap_share(term.share);
    out.set_work_seconds(term.work_seconds);
    out.set_client_to_server_bytes(term.traffic.client_to_server.value());
    out.set_server_to_client_bytes(term.traffic.server_to_client.value());
  }
  RestartsToProto(from.restarts, to);
}

enum class Cause { kHomomorphic, kGarblingAndTransfers, kOther };

// Whole layers are told apart by what the backend runs for them: linear ones on
// ciphertexts, all others as circuits over oblivious transfers; CrypTen's run on shares.
Cause CauseOfWhole(std::string_view id) {
  for (const std::string_view linear : {".conv", ".fc", ".bn", ".ewmul_he"}) {
    if (id.ends_with(linear)) return Cause::kHomomorphic;
  }
  return id.starts_with("crypten.") ? Cause::kOther : Cause::kGarblingAndTransfers;
}

Cause CauseOf(std::string_view id) {
  const primitives::PrimitiveSpec* spec = primitives::FindPrimitive(id);
  if (spec == nullptr) return Cause::kOther;
  switch (spec->family) {
    case Family::kHomomorphic:
      return Cause::kHomomorphic;
    case Family::kGarbling:
    case Family::kObliviousTransfer:
      return Cause::kGarblingAndTransfers;
    case Family::kSecretSharing:
    case Family::kPlaintext:
      return Cause::kOther;
    case Family::kWholeProtocol:
      return CauseOfWhole(id);
  }
  return Cause::kOther;
}

v1::PhaseCauses& PhaseOf(Phase phase, v1::TrialLayer& layer) {
  switch (phase) {
    case Phase::kSetup:
      return *layer.mutable_setup();
    case Phase::kOffline:
      return *layer.mutable_offline();
    case Phase::kOnline:
      break;
  }
  return *layer.mutable_online();
}

void AddCalls(const std::vector<cost::CallCost>& calls, v1::TrialLayer& layer) {
  for (const cost::CallCost& call : calls) {
    v1::PhaseCauses& causes = PhaseOf(call.phase, layer);
    if (!call.seconds.has_value()) {
      causes.set_incomplete(true);
      continue;
    }
    const double seconds = *call.seconds;
    switch (CauseOf(call.primitive)) {
      case Cause::kHomomorphic:
        causes.set_homomorphic_seconds(causes.homomorphic_seconds() + seconds);
        break;
      case Cause::kGarblingAndTransfers:
        causes.set_garbling_and_transfers_seconds(causes.garbling_and_transfers_seconds() +
                                                  seconds);
        break;
      case Cause::kOther:
        causes.set_other_compute_seconds(causes.other_compute_seconds() + seconds);
        break;
    }
  }
}

// Bytes, with the waiting for windows to open, less what work hides.
double TransferOf(const cost::PhaseCost& cost) {
  return cost.transfer_seconds + cost.slow_start_seconds - cost.overlapped_seconds;
}

// Several threads take less time than the sum of the calls.
void ScaleWork(const cost::PhaseCost& cost, v1::PhaseCauses& causes) {
  const auto work = study::ComputeSeconds(cost);
  const double sum = causes.homomorphic_seconds() + causes.garbling_and_transfers_seconds() +
                     causes.other_compute_seconds();
  if (!work.has_value() || sum <= 0) return;
  const double share = *work / sum;
  causes.set_homomorphic_seconds(causes.homomorphic_seconds() * share);
  causes.set_garbling_and_transfers_seconds(causes.garbling_and_transfers_seconds() * share);
  causes.set_other_compute_seconds(causes.other_compute_seconds() * share);
}

}  // namespace

void CostToProto(const whatif::EditTotals& totals, const cost::NetworkProfile& network,
                 v1::Trial& trial) {
  ToProto(totals, *trial.mutable_totals());
  v1::LinkTerms& terms = *trial.mutable_link_terms();
  TermsToProto(totals.phases[static_cast<int>(Phase::kSetup)], *terms.mutable_setup());
  TermsToProto(totals.phases[static_cast<int>(Phase::kOffline)], *terms.mutable_offline());
  TermsToProto(totals.phases[static_cast<int>(Phase::kOnline)], *terms.mutable_online());
  ToProto(network, *terms.mutable_network());
}

void LayersToProto(const cost::Estimate& estimate, const count::OpCounts& counts,
                   const v1::Trial& trial, v1::TrialLayers& layers) {
  constexpr std::array<Phase, 3> kPhases = {Phase::kSetup, Phase::kOffline, Phase::kOnline};
  double setup_transfer = 0;
  double setup_flights = 0;
  v1::TrialLayer setup;
  for (size_t i = 0; i < estimate.layers.size(); ++i) {
    const cost::LayerEstimate& layer = estimate.layers[i];
    v1::TrialLayer& out = *layers.add_layers();
    out.set_node(ToUtf8(layer.node));
    out.set_kind(layer.kind);
    out.set_relu_elements(counts.by_node[i].relu_elements);
    AddCalls(layer.calls, out);
    for (const Phase phase : kPhases) {
      const cost::PhaseCost& cost = layer.phases[static_cast<int>(phase)];
      v1::PhaseCauses& causes = PhaseOf(phase, out);
      causes.set_transfer_seconds(TransferOf(cost));
      ScaleWork(cost, causes);
      causes.set_flight_seconds(cost.flight_seconds);
    }
    setup_transfer += out.setup().transfer_seconds();
    setup_flights += out.setup().flight_seconds();
  }
  // What remains of the total is what no layer asked for.
  setup.set_node("(setup)");
  setup.set_kind("setup");
  AddCalls(estimate.setup_calls, setup);
  const cost::PhaseCost& total = estimate.phases[static_cast<int>(Phase::kSetup)];
  setup.mutable_setup()->set_transfer_seconds(TransferOf(total) - setup_transfer);
  setup.mutable_setup()->set_flight_seconds(total.flight_seconds - setup_flights);
  *layers.add_layers() = setup;

  layers.set_bottleneck(ToUtf8(estimate.bottleneck));
  ToProto(estimate.provenance, *layers.mutable_provenance());
  v1::EditTotals totals;
  ToProto(whatif::EditTotals{.phases = estimate.phases,
                             .client_storage = estimate.client_storage,
                             .server_storage = estimate.server_storage,
                             .extrapolated = estimate.extrapolated,
                             .relu_elements = counts.total.relu_elements},
          totals);
  layers.set_reproduced(SerializeInOrder(totals) == SerializeInOrder(trial.totals()));
}

}  // namespace picost::service
