#ifndef PICOST_ESTIMATOR_PROTOCOLS_CRYPTFLOW2_H_
#define PICOST_ESTIMATOR_PROTOCOLS_CRYPTFLOW2_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

// Linear layers under homomorphic encryption, in a prime field.
const Protocol& CrypTFlow2He();
// Linear layers by OT, in a ring.
const Protocol& CrypTFlow2Ot();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_CRYPTFLOW2_H_
