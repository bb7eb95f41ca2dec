#ifndef PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_H_
#define PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& CrypTen();

// PILLAR: polynomial activations evaluated in one round.
const Protocol& PillarEspn();
const Protocol& PillarHoneyBadger();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_H_
