// The calibrator on the server's machine: it starts the drivers that the client's
// calibrator asks for and passes lines between both.
//
// A connection's first line is the name of a driver of the list (driver_list.h),
// nothing else is run; everything after it is the driver protocol. Only the client's
// host is served. That is no authentication: use it in a network that you trust, for as
// long as it takes.
#ifndef PICOST_CALIBRATE_AGENT_H_
#define PICOST_CALIBRATE_AGENT_H_

#include <string>

#include "absl/status/status.h"

namespace picost::calibrate {

struct AgentOptions {
  std::string client_host;  // others get an error and are turned away
  int port = 0;
  double idle_seconds = 600;  // ends after so long without a connection
};

// Serves one connection after another.
absl::Status RunAgent(const AgentOptions& options);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_AGENT_H_
