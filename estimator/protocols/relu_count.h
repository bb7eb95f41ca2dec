#ifndef PICOST_ESTIMATOR_PROTOCOLS_RELU_COUNT_H_
#define PICOST_ESTIMATOR_PROTOCOLS_RELU_COUNT_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& ReluCount();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_RELU_COUNT_H_
