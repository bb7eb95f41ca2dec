#ifndef PICOST_ESTIMATOR_PROTOCOLS_DELPHI_CLIENT_GARBLER_H_
#define PICOST_ESTIMATOR_PROTOCOLS_DELPHI_CLIENT_GARBLER_H_

#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& DelphiClientGarbler();

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_DELPHI_CLIENT_GARBLER_H_
