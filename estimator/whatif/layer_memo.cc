#include "estimator/whatif/layer_memo.h"

#include <algorithm>

namespace picost::whatif {

using primitives::PrimitiveCall;

int32_t Accumulator::Intern(const PrimitiveCall& call, const cost::Pricing& pricing) {
  const int phase = static_cast<int>(call.phase);
  const int executor = static_cast<int>(call.executor);
  std::pair<std::string, std::string> key(pricing.model->table().id, pricing.group->key);
  for (size_t i = 0; i < fits_.size(); ++i) {
    const Fit& fit = fits_[i];
    if (fit.phase == phase && fit.executor == executor && fit.key == key) {
      return static_cast<int32_t>(i);
    }
  }
  Fit& fit = fits_.emplace_back();
  fit.phase = phase;
  fit.executor = executor;
  fit.key = std::move(key);
  fit.total.group = pricing.group;
  fit.total.lanes = pricing.Lanes();
  fit.total.usage.assign(call.usage.size(), 0);
  // Composition visits fits in ascending order of their keys.
  auto& groups = totals_[phase].groups[executor];
  groups.clear();
  std::vector<const Fit*> sorted;
  for (const Fit& other : fits_) {
    if (other.phase == phase && other.executor == executor) sorted.push_back(&other);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const Fit* a, const Fit* b) { return a->key < b->key; });
  for (const Fit* other : sorted) groups.push_back(&other->total);
  return static_cast<int32_t>(fits_.size() - 1);
}

PricedBy Accumulator::FindPrice(const PrimitiveCall& call,
                                const std::vector<protocols::Refill>& refills) {
  PricedBy price{.network = &deployment_->network};
  for (const primitives::PoolUse& use : call.pools) {
    const auto refill = std::find_if(refills.begin(), refills.end(),
                                     [&use](const auto& r) { return r.pool == use.pool; });
    price.pools.push_back(refill == refills.end() ? -1
                                                  : static_cast<int32_t>(refill - refills.begin()));
  }
  if (call.usage.empty()) return price;  // no work by declaration
  price.pricing = cost::FindPricing(call, *deployment_);
  if (price.pricing.group != nullptr) price.fit = Intern(call, price.pricing);
  return price;
}

void Accumulator::AddCall(const PrimitiveCall& call, const PricedBy& price, LayerCost& layer) {
  PhaseShare& share = layer.phases[static_cast<int>(call.phase)];
  share.used = true;
  share.traffic += call.traffic;
  if (call.spec->duplex) share.duplex_traffic += call.traffic;
  share.critical_flights += call.critical_flights.value();
  if (call.spec->status == primitives::FormStatus::kEmpirical) {
    share.traffic_relative_bound =
        std::max(share.traffic_relative_bound, call.spec->traffic_relative_bound);
  }
  for (size_t i = 0; i < call.pools.size(); ++i) {
    if (price.pools[i] >= 0) layer.pool_uses.emplace_back(price.pools[i], call.pools[i].amount);
  }
  if (call.usage.empty()) return;
  if (price.fit < 0) {
    share.missing[static_cast<int>(call.executor)] = true;
    return;
  }
  share.claimed = share.claimed && price.pricing.group->interval_claimed;
  layer.extrapolated = layer.extrapolated || cost::Extrapolates(call, price.pricing);
  layer.terms.push_back({.fit = price.fit,
                         .share = cost::ShareOf(call, price.pricing, *price.network),
                         .traffic = call.traffic,
                         .usage = call.usage});
}

LayerCost Accumulator::Compile(const std::vector<PrimitiveCall>& calls, size_t begin, size_t end,
                               const std::vector<protocols::Refill>& refills) {
  LayerCost layer;
  for (size_t i = begin; i < end; ++i) AddCall(calls[i], FindPrice(calls[i], refills), layer);
  return layer;
}

void Accumulator::Start() {
  for (Fit& fit : fits_) fit.total.Clear();
  for (cost::PhaseTotals& totals : totals_) {
    totals.traffic = {};
    totals.duplex_traffic = {};
    totals.restart_seconds = 0;
    totals.restarts.clear();
    totals.critical_flights = {};
    totals.traffic_relative_bound = 0;
    totals.claimed = true;
    totals.missing = {};
  }
  storage_ = {};
  extrapolated_ = false;
  relu_elements_ = 0;
}

void Accumulator::Add(const LayerCost& layer) {
  for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
    const PhaseShare& share = layer.phases[phase];
    if (!share.used) continue;
    cost::PhaseTotals& totals = totals_[phase];
    totals.traffic += share.traffic;
    totals.duplex_traffic += share.duplex_traffic;
    totals.critical_flights += Flights(share.critical_flights);
    totals.traffic_relative_bound =
        std::max(totals.traffic_relative_bound, share.traffic_relative_bound);
    totals.claimed = totals.claimed && share.claimed;
    for (int executor = 0; executor < cost::kExecutorCount; ++executor) {
      totals.missing[executor] = totals.missing[executor] || share.missing[executor];
    }
  }
  for (const Term& term : layer.terms) {
    Fit& fit = fits_[term.fit];
    fit.total.Add(term.usage, term.traffic, term.share);
    totals_[fit.phase].restart_seconds += term.share.restart_seconds;
    if (keep_restarts_ && term.share.idle_seconds > 0) {
      totals_[fit.phase].restarts.push_back({term.share.idle_seconds, term.traffic});
    }
  }
  storage_.client += layer.storage.client;
  storage_.server += layer.storage.server;
  extrapolated_ = extrapolated_ || layer.extrapolated;
  relu_elements_ += layer.relu_elements;
}

std::array<cost::PhaseCost, primitives::kPhaseCount> Accumulator::Finish() {
  std::array<cost::PhaseCost, primitives::kPhaseCount> phases;
  for (int phase = 0; phase < primitives::kPhaseCount; ++phase) {
    phases[phase] = cost::FinishPhase(static_cast<primitives::Phase>(phase), totals_[phase],
                                      deployment_->network);
  }
  return phases;
}

}  // namespace picost::whatif
