// CrypTen's comparison, and the proxy that counts ReLUs.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_CRYPTEN_H_
#define PICOST_ESTIMATOR_PRIMITIVES_CRYPTEN_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> CrypTenPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_CRYPTEN_H_
