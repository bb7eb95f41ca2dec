// Cheetah's interactive operations as OpenCheetah runs them: comparisons over
// silent OT, truncation, pooling, argmax, and the silent OT itself.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_INTERACTIVE_H_
#define PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_INTERACTIVE_H_

#include <cstdint>
#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

// Correlated OTs that one cheetah.ferret_extension makes usable.
int64_t FerretExtensionYield();

std::vector<PrimitiveSpec> CheetahInteractivePrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_INTERACTIVE_H_
