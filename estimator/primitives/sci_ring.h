// CrypTFlow2 over the ring of ring_bits-bit integers (the variant with OT alone).
#ifndef PICOST_ESTIMATOR_PRIMITIVES_SCI_RING_H_
#define PICOST_ESTIMATOR_PRIMITIVES_SCI_RING_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> SciRingPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_SCI_RING_H_
