#ifndef PICOST_ESTIMATOR_PROTOCOLS_PILLAR_ESPN_H_
#define PICOST_ESTIMATOR_PROTOCOLS_PILLAR_ESPN_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& PillarEspn();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_PILLAR_ESPN_H_
