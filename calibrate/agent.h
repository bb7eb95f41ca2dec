// The calibrator on the server's machine: it starts the drivers that the client's
// calibrator asks for and passes lines between both.
//
// A connection's first line is the name of a driver of the list (driver_list.h),
// nothing else is run; everything after it is the driver protocol. There is no
// authentication: use it in a network that you trust, for as long as it takes.
#ifndef PICOST_CALIBRATE_AGENT_H_
#define PICOST_CALIBRATE_AGENT_H_

#include <string>

#include "absl/status/status.h"

namespace picost::calibrate {

// Serves one connection after another; ends after `idle_seconds` without one.
absl::Status RunAgent(const std::string& address, int port, double idle_seconds);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_AGENT_H_
