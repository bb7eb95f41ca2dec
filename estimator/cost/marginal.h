// What one ReLU of a layer costs, and what the layer's last one takes with it.
#ifndef PICOST_ESTIMATOR_COST_MARGINAL_H_
#define PICOST_ESTIMATOR_COST_MARGINAL_H_

#include <optional>

#include "estimator/cost/call_plan.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"

namespace picost::cost {

// Of the layer's ReLU calls under the deployment. The slope is that of the secant
// between the layer's count and the smallest batch: costs climb stairs (blocks of
// OTs, padded batches), and the secant is what many ReLUs less save on average.
// The step is what is left at zero of the straight line: flights, fixed messages,
// calls. Refills of OT pools are shared by the network and in neither.
//
// Nothing where the layer has no ReLUs, or where no table covers its calls.
std::optional<MarginalCost> MarginalOf(const LayerCalls& layer, const Deployment& deployment);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_MARGINAL_H_
