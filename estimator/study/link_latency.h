// The latency of an estimated phase on another link.
//
// Work of the processors does not depend on the link, bytes and flights neither; so a
// phase that was priced once answers for every round-trip time and bandwidth. The
// chart of a study moves ten thousand trials by this arithmetic (clients/dashboard
// has it in TypeScript); the test holds it to EstimateModel.
#ifndef PICOST_ESTIMATOR_STUDY_LINK_LATENCY_H_
#define PICOST_ESTIMATOR_STUDY_LINK_LATENCY_H_

#include <optional>

#include "estimator/base/interval.h"
#include "estimator/cost/estimate.h"
#include "estimator/cost/network_profile.h"
#include "estimator/primitives/primitive.h"

namespace picost::study {

// Of all processors. Nothing where a primitive has no table.
std::optional<double> ComputeSeconds(const cost::PhaseCost& phase);

// What FinishPhase would answer for this link. phase.restarts are there. Nothing as above.
std::optional<Interval> LatencyOn(primitives::Phase which, const cost::PhaseCost& phase,
                                  const cost::NetworkProfile& network);

}  // namespace picost::study

#endif  // PICOST_ESTIMATOR_STUDY_LINK_LATENCY_H_
