// CallPlan x Deployment -> Estimate: prices every call and adds up.
//
// Both parties of the backends that we price run half-duplex and one layer after
// the other: while one computes or sends, the other waits. So a phase takes
//
//   compute (client, server, joint) + bytes / goodput per direction
//     + flights x round-trip time / 2,
//
// for every phase apart. Usage is summed per (fit, phase, party) before the fit
// is applied, since layers that share coefficients share their errors.
#ifndef PICOST_ESTIMATOR_COST_COMPOSE_H_
#define PICOST_ESTIMATOR_COST_COMPOSE_H_

#include "absl/status/statusor.h"
#include "estimator/cost/call_plan.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"

namespace picost::cost {

// kInvalidArgument where the network profile is not physical (bandwidth not
// positive, negative round-trip time). Missing tables are no error: seconds of
// the phases concerned are absent and Estimate::missing lists the primitives.
absl::StatusOr<Estimate> Compose(const CallPlan& plan, const Deployment& deployment);

// The fit that prices a call under the deployment and the table it is from;
// null where none does.
struct Pricing {
  const FitGroup* group = nullptr;
  const CostModel* model = nullptr;
  int64_t threads = 1;  // that the party has
};
Pricing FindPricing(const primitives::PrimitiveCall& call, const Deployment& deployment);

// Whether a priced call lies outside what its table measured.
bool Extrapolates(const primitives::PrimitiveCall& call, const Pricing& pricing);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_COMPOSE_H_
