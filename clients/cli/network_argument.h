// --network: the name of a profile, or one spelled out.
#ifndef PICOST_CLIENTS_CLI_NETWORK_ARGUMENT_H_
#define PICOST_CLIENTS_CLI_NETWORK_ARGUMENT_H_

#include <string>

#include "clients/cli/failure.h"
#include "proto/picost/v1/deployment.pb.h"

namespace picost::cli {

// "wan" -> a name; "rtt=40ms,up=40MB/s,down=100Mbit/s" -> a profile. `bandwidth`
// sets both directions. All three have to be given.
Result<v1::CustomDeployment> ParseNetwork(const std::string& text);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_NETWORK_ARGUMENT_H_
