#ifndef PICOST_ESTIMATOR_PROTOCOLS_PILLAR_HONEYBADGER_H_
#define PICOST_ESTIMATOR_PROTOCOLS_PILLAR_HONEYBADGER_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& PillarHoneyBadger();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_PILLAR_HONEYBADGER_H_
