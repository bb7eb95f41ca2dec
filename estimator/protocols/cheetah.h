#ifndef PICOST_ESTIMATOR_PROTOCOLS_CHEETAH_H_
#define PICOST_ESTIMATOR_PROTOCOLS_CHEETAH_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& Cheetah();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_CHEETAH_H_
