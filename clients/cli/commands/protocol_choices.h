// --protocol of a command -> ids of protocols.
#ifndef PICOST_CLIENTS_CLI_COMMANDS_PROTOCOL_CHOICES_H_
#define PICOST_CLIENTS_CLI_COMMANDS_PROTOCOL_CHOICES_H_

#include <optional>
#include <string>
#include <vector>

#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/options.h"

namespace picost::cli {

// Whether --protocol=all was given.
bool AsksForAllProtocols(const Options& options);

// Where no protocol is named, or `all` stands beside another or beside --param, which
// belongs to one protocol. To look at before anything is asked.
std::optional<Failure> CheckProtocols(const Options& options);

// The ids named; of `all` those that the server lists, in its order.
Result<std::vector<std::string>> ProtocolIds(const Options& options, Connection& connection);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_COMMANDS_PROTOCOL_CHOICES_H_
