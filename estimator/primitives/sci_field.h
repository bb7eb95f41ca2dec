// CrypTFlow2 over a prime field (the variant with homomorphic linear layers).
#ifndef PICOST_ESTIMATOR_PRIMITIVES_SCI_FIELD_H_
#define PICOST_ESTIMATOR_PRIMITIVES_SCI_FIELD_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> SciFieldPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_SCI_FIELD_H_
