// CallPlan x Deployment -> Estimate: prices every call and adds up.
//
// Both parties of the backends that we price run half-duplex and one layer after
// the other: while one computes or sends, the other waits. So a phase takes
//
//   compute (client, server, joint) + bytes / goodput per direction
//     + flights x round-trip time / 2 + slow start - overlap,
//
// for every phase apart. Usage is summed per (fit, phase, party) before the fit
// is applied, since layers that share coefficients share their errors. The layers'
// offline work is independent: a party with more threads than its table was
// measured with packs it (makespan.h). docs/cost_model.md has each term's source.
#ifndef PICOST_ESTIMATOR_COST_COMPOSE_H_
#define PICOST_ESTIMATOR_COST_COMPOSE_H_

#include <array>

#include "absl/status/statusor.h"
#include "estimator/cost/call_plan.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"
#include "estimator/cost/pricing.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// kInvalidArgument where the network profile is not physical (bandwidth not
// positive, negative round-trip time). Missing tables are no error: seconds of
// the phases concerned are absent and Estimate::missing lists the primitives.
absl::StatusOr<Estimate> Compose(const CallPlan& plan, const Deployment& deployment);

// The phases' totals alone.
absl::StatusOr<std::array<PhaseCost, primitives::kPhaseCount>> ComposeTotals(
    const CallPlan& plan, const Deployment& deployment);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_COMPOSE_H_
