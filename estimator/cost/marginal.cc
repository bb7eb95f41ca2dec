#include "estimator/cost/marginal.h"

#include <algorithm>
#include <array>
#include <vector>

#include "estimator/cost/compose.h"
#include "estimator/cost/link_time.h"

namespace picost::cost {
namespace {

using primitives::PrimitiveCall;

// Backends work on batches of at least this many.
constexpr int64_t kSmallestBatch = 8;

// Seconds of one call: work, bytes, flights. Nothing where no table covers it.
std::optional<double> CallSeconds(const PrimitiveCall& call, const Deployment& deployment) {
  double seconds = TransferSeconds(call.traffic, deployment.network) +
                   FlightSeconds(call.critical_flights, deployment.network);
  if (call.usage.empty()) return seconds;
  const Pricing pricing = FindPricing(call, deployment);
  if (pricing.group == nullptr) return std::nullopt;
  return seconds + pricing.group->Point(call.usage);
}

// A call that grows with the layer's ReLUs handles a whole number of items for
// each: one comparison, 84 OTs. Others (refills) are not of the ReLUs.
bool GrowsWithRelus(const PrimitiveCall& call, int64_t relus) {
  return call.count > 0 && call.count % relus == 0;
}

}  // namespace

std::optional<MarginalCost> MarginalOf(const LayerCalls& layer, const Deployment& deployment) {
  const int64_t relus = layer.relu_elements;
  if (relus <= 0) return std::nullopt;
  const int64_t few = std::min(relus, kSmallestBatch);
  std::array<double, primitives::kPhaseCount> at_all = {};
  std::array<double, primitives::kPhaseCount> at_few = {};
  bool any = false;
  for (const PrimitiveCall& call : layer.calls) {
    if (!GrowsWithRelus(call, relus)) continue;
    const auto smaller = primitives::MakeCall(call.spec->id, call.parameters,
                                              call.count / relus * few, call.phase, call.executor);
    if (!smaller.ok()) return std::nullopt;
    const std::optional<double> all_seconds = CallSeconds(call, deployment);
    const std::optional<double> few_seconds = CallSeconds(*smaller, deployment);
    if (!all_seconds.has_value() || !few_seconds.has_value()) return std::nullopt;
    at_all[static_cast<int>(call.phase)] += *all_seconds;
    at_few[static_cast<int>(call.phase)] += *few_seconds;
    any = true;
  }
  if (!any) return std::nullopt;
  MarginalCost marginal;
  for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
    double slope = 0;
    if (relus > few) slope = (at_all[phase] - at_few[phase]) / static_cast<double>(relus - few);
    marginal.seconds_per_relu[phase] = slope;
    marginal.step_seconds[phase] = std::max(0.0, at_few[phase] - slope * static_cast<double>(few));
  }
  return marginal;
}

}  // namespace picost::cost
