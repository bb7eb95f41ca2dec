// Cheetah's interactive operations as OpenCheetah runs them: ReLU, truncation, max
// pooling and argmax over silent OT.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_INTERACTIVE_H_
#define PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_INTERACTIVE_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> CheetahInteractivePrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_INTERACTIVE_H_
