// Half-gates garbled circuits: garbling and sending, labels, evaluation.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_GARBLED_CIRCUITS_H_
#define PICOST_ESTIMATOR_PRIMITIVES_GARBLED_CIRCUITS_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> GarbledCircuitPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_GARBLED_CIRCUITS_H_
