#include "estimator/cost/pricing.h"

#include <algorithm>

namespace picost::cost {

using primitives::Executor;

int64_t Pricing::Lanes() const {
  return std::max<int64_t>(1, threads / model->table().environment.threads);
}

Pricing FindPricing(const primitives::PrimitiveCall& call, const Deployment& deployment) {
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

bool Extrapolates(const primitives::PrimitiveCall& call, const Pricing& pricing) {
  // More threads than were measured: nobody has seen how they get on. A table that was
  // scaled was not measured there at all.
  const CalibrationTable& table = pricing.model->table();
  return pricing.group->Extrapolates(call.usage) || pricing.threads > table.environment.threads ||
         !table.scaled_from.empty();
}

}  // namespace picost::cost
