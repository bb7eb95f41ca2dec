#ifndef PICOST_ESTIMATOR_PROTOCOLS_MINIONN_H_
#define PICOST_ESTIMATOR_PROTOCOLS_MINIONN_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& MiniOnn();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_MINIONN_H_
