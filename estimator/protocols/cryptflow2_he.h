#ifndef PICOST_ESTIMATOR_PROTOCOLS_CRYPTFLOW2_HE_H_
#define PICOST_ESTIMATOR_PROTOCOLS_CRYPTFLOW2_HE_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& CrypTFlow2He();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_CRYPTFLOW2_HE_H_
