#ifndef PICOST_ESTIMATOR_PROTOCOLS_GAZELLE_H_
#define PICOST_ESTIMATOR_PROTOCOLS_GAZELLE_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& Gazelle();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_GAZELLE_H_
