// One sentence that says where the time of an inference goes.
#ifndef PICOST_ESTIMATOR_COST_BOTTLENECK_H_
#define PICOST_ESTIMATOR_COST_BOTTLENECK_H_

#include <string>

#include "estimator/cost/estimate.h"

namespace picost::cost {

// "71 % of online time is flights of 17 cheetah.relu_trunc calls." Names the
// largest (component, primitive) of the online phase, else of the offline one;
// where seconds are absent, says which primitives have no table.
std::string BottleneckSentence(const Estimate& estimate);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_BOTTLENECK_H_
