// BFV with SIMD slots as DELPHI and GAZELLE use it: keys, encryption, evaluation of
// one linear layer, decryption, Beaver triples.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_HOMOMORPHIC_H_
#define PICOST_ESTIMATOR_PRIMITIVES_HOMOMORPHIC_H_

#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

std::vector<PrimitiveSpec> HomomorphicPrimitives();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_HOMOMORPHIC_H_
