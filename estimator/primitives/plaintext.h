// Arithmetic in the clear and the sending of shares.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_PLAINTEXT_H_
#define PICOST_ESTIMATOR_PRIMITIVES_PLAINTEXT_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> PlaintextPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_PLAINTEXT_H_
