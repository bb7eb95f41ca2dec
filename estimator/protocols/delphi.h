#ifndef PICOST_ESTIMATOR_PROTOCOLS_DELPHI_H_
#define PICOST_ESTIMATOR_PROTOCOLS_DELPHI_H_

#include <string>
#include <string_view>
#include <vector>

#include "estimator/protocols/garbled_planner.h"
#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const Protocol& Delphi();

// Shared with the variants of DELPHI.
std::vector<ProtocolParameter> DelphiParameters();
GarbledOptions DelphiOptions(const primitives::Parameters& parameters, std::string_view id);
}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_DELPHI_H_
