#include "estimator/cost/bottleneck.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace picost::cost {
namespace {

using primitives::Phase;

// Seconds and calls of one component of one primitive.
struct Share {
  double seconds = 0;
  int64_t calls = 0;
};

std::string PhaseSentence(const Estimate& estimate, Phase phase) {
  const PhaseCost& total = estimate.phases[static_cast<int>(phase)];
  const double latency = total.latency_seconds->p50;
  const Provenance& network = estimate.provenance;
  // (component, primitive), in the order of their names: ties are stable.
  std::map<std::pair<std::string, std::string>, Share> shares;
  // Layers that several threads do at once take less than their sum.
  double work = 0;
  for (const LayerEstimate& layer : estimate.layers) {
    for (const CallCost& call : layer.calls) {
      if (call.phase == phase) work += call.seconds.value_or(0);
    }
  }
  const double packed = total.client_compute_seconds->p50 + total.server_compute_seconds->p50 +
                        total.joint_compute_seconds->p50;
  const double packing = packed < work ? packed / work : 1;
  const auto add = [&](const CallCost& call) {
    if (call.phase != phase) return;
    const auto note = [&](const char* component, double seconds) {
      Share& share = shares[{component, call.primitive}];
      share.seconds += seconds;
      if (seconds > 0) ++share.calls;
    };
    note("compute", packing * call.seconds.value_or(0));
    note("client-to-server transfer", static_cast<double>(call.traffic.client_to_server.value()) /
                                          network.client_to_server_bytes_per_second);
    note("server-to-client transfer", static_cast<double>(call.traffic.server_to_client.value()) /
                                          network.server_to_client_bytes_per_second);
    note("flights", static_cast<double>(call.critical_flights.value()) *
                        (network.round_trip_seconds / 2 + network.flight_overhead_seconds));
  };
  for (const CallCost& call : estimate.setup_calls) add(call);
  for (const LayerEstimate& layer : estimate.layers) {
    for (const CallCost& call : layer.calls) add(call);
  }
  const std::pair<std::string, std::string>* largest = nullptr;
  Share share;
  for (const auto& [key, candidate] : shares) {
    if (largest == nullptr || candidate.seconds > share.seconds) {
      largest = &key;
      share = candidate;
    }
  }
  if (largest == nullptr) return "";
  const int64_t percent = static_cast<int64_t>(100 * share.seconds / latency + 0.5);
  return absl::StrCat(percent, " % of ", std::string(primitives::PhaseName(phase)), " time is ",
                      largest->first, " of ", share.calls, " ", largest->second,
                      share.calls == 1 ? " call." : " calls.");
}

}  // namespace

std::string BottleneckSentence(const Estimate& estimate) {
  if (!estimate.missing.empty()) {
    std::vector<std::string> ids;
    for (const MissingPrimitive& missing : estimate.missing) {
      if (ids.empty() || ids.back() != missing.primitive) ids.push_back(missing.primitive);
    }
    return absl::StrCat("No table of the deployment covers ", absl::StrJoin(ids, ", "), ".");
  }
  std::string sentences;
  for (const Phase phase : {Phase::kOffline, Phase::kOnline}) {
    const PhaseCost& total = estimate.phases[static_cast<int>(phase)];
    if (!total.latency_seconds.has_value() || total.latency_seconds->p50 <= 0) continue;
    const std::string sentence = PhaseSentence(estimate, phase);
    if (!sentence.empty()) absl::StrAppend(&sentences, sentences.empty() ? "" : " ", sentence);
  }
  return sentences;
}

}  // namespace picost::cost
