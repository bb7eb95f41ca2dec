// Cheetah's homomorphic operations: convolution, fully connected layer, batch norm,
// element-wise product. Coefficient packing, no rotations.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_LINEAR_H_
#define PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_LINEAR_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> CheetahLinearPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_LINEAR_H_
