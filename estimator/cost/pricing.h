// Which fit prices a call under a deployment.
#ifndef PICOST_ESTIMATOR_COST_PRICING_H_
#define PICOST_ESTIMATOR_COST_PRICING_H_

#include <cstdint>

#include "estimator/cost/cost_model.h"
#include "estimator/cost/deployment.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// The fit that prices a call and the table it is from; null where none does.
struct Pricing {
  const FitGroup* group = nullptr;
  const CostModel* model = nullptr;
  int64_t threads = 1;  // that the party has

  // How many jobs of the table's threads run at once.
  int64_t Lanes() const;
};
Pricing FindPricing(const primitives::PrimitiveCall& call, const Deployment& deployment);

// Whether a priced call lies outside what its table measured.
bool Extrapolates(const primitives::PrimitiveCall& call, const Pricing& pricing);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_PRICING_H_
