// The rest of Cheetah's interactive side: division by a public number, the steps of
// lowered functions, set-up and the silent OT itself.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_STEPS_H_
#define PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_STEPS_H_

#include <cstdint>
#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

// Correlated OTs that one cheetah.ferret_extension makes usable.
int64_t FerretExtensionYield();

std::vector<PrimitiveSpec> CheetahStepPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_STEPS_H_
