// Linear layers of CrypTFlow2 over a prime field, under SIMD-packed BFV.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_SCI_LINEAR_H_
#define PICOST_ESTIMATOR_PRIMITIVES_SCI_LINEAR_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> SciLinearPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_SCI_LINEAR_H_
