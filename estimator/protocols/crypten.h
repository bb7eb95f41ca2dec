#ifndef PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_H_
#define PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& CrypTen();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_H_
