// Online work on additive shares with correlated randomness: products, squares
// and powers by opening masked values.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_SECRET_SHARING_H_
#define PICOST_ESTIMATOR_PRIMITIVES_SECRET_SHARING_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> SecretSharingPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_SECRET_SHARING_H_
