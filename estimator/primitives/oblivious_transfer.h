// Oblivious transfer: base OTs, IKNP/ALSZ extension, Ferret.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_OBLIVIOUS_TRANSFER_H_
#define PICOST_ESTIMATOR_PRIMITIVES_OBLIVIOUS_TRANSFER_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> ObliviousTransferPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_OBLIVIOUS_TRANSFER_H_
