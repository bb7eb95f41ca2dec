#include "estimator/whatif/layer_template.h"

#include <cstddef>

#include "estimator/base/status_macros.h"
#include "estimator/base/units.h"

namespace picost::whatif {
namespace {

using primitives::PrimitiveCall;

// Calls of the layer itself: refills at its end depend on the layers before.
size_t OwnCalls(const protocols::LayerPlan& plan) {
  return plan.calls.size() - static_cast<size_t>(plan.refill_calls);
}

bool SameButForCount(const PrimitiveCall& a, const PrimitiveCall& b) {
  if (a.spec != b.spec || a.phase != b.phase || a.executor != b.executor ||
      a.parameters != b.parameters || a.pools.size() != b.pools.size()) {
    return false;
  }
  for (size_t i = 0; i < a.pools.size(); ++i) {
    if (a.pools[i].pool != b.pools[i].pool) return false;
  }
  return true;
}

}  // namespace

std::optional<LayerTemplate::Affine> LayerTemplate::Line(int64_t kept_a, int64_t a, int64_t kept_b,
                                                         int64_t b) {
  if ((b - a) % (kept_b - kept_a) != 0) return std::nullopt;
  const int64_t slope = (b - a) / (kept_b - kept_a);
  return Affine{.offset = a - slope * kept_a, .slope = slope};
}

bool LayerTemplate::Meets(const LayerProbe& probe) const {
  if (OwnCalls(*probe.plan) != calls_.size()) return false;
  for (size_t i = 0; i < calls_.size(); ++i) {
    const PrimitiveCall& planned = probe.plan->calls[i];
    if (!SameButForCount(planned, calls_[i].call)) return false;
    if (planned.count != calls_[i].count.At(probe.kept)) return false;
  }
  return probe.plan->storage.client.value() == client_storage_.At(probe.kept) &&
         probe.plan->storage.server.value() == server_storage_.At(probe.kept) &&
         probe.relu_elements == relu_elements_.At(probe.kept);
}

std::optional<LayerTemplate> LayerTemplate::Through(const std::vector<LayerProbe>& probes) {
  if (probes.size() < 3) return std::nullopt;  // nothing would be checked
  const LayerProbe& a = probes[0];
  const LayerProbe& b = probes[1];
  const size_t calls = OwnCalls(*a.plan);
  if (OwnCalls(*b.plan) != calls) return std::nullopt;
  LayerTemplate made;
  for (size_t i = 0; i < calls; ++i) {
    const std::optional<Affine> count =
        Line(a.kept, a.plan->calls[i].count, b.kept, b.plan->calls[i].count);
    if (!count.has_value()) return std::nullopt;
    made.calls_.push_back({.call = a.plan->calls[i], .count = *count, .price = {}});
  }
  const auto line = [&](auto value, Affine& affine) {
    const std::optional<Affine> found = Line(a.kept, value(a), b.kept, value(b));
    if (found.has_value()) affine = *found;
    return found.has_value();
  };
  if (!line([](const LayerProbe& p) { return p.plan->storage.client.value(); },
            made.client_storage_) ||
      !line([](const LayerProbe& p) { return p.plan->storage.server.value(); },
            made.server_storage_) ||
      !line([](const LayerProbe& p) { return p.relu_elements; }, made.relu_elements_)) {
    return std::nullopt;
  }
  for (const LayerProbe& probe : probes) {
    if (!made.Meets(probe)) return std::nullopt;
  }
  return made;
}

void LayerTemplate::Price(Accumulator& accumulator, const std::vector<protocols::Refill>& refills) {
  for (TemplateCall& one : calls_) one.price = accumulator.FindPrice(one.call, refills);
}

absl::Status LayerTemplate::At(int64_t kept, LayerCost& layer) {
  layer.phases = {};
  layer.terms.clear();
  layer.pool_uses.clear();
  layer.extrapolated = false;
  for (TemplateCall& one : calls_) {
    PICOST_RETURN_IF_ERROR(primitives::SetCount(one.count.At(kept), one.call));
    Accumulator::AddCall(one.call, one.price, layer);
  }
  layer.storage = {Bytes(client_storage_.At(kept)), Bytes(server_storage_.At(kept))};
  layer.relu_elements = relu_elements_.At(kept);
  return absl::OkStatus();
}

}  // namespace picost::whatif
