// The rewrites that --rewrites asks for.
#ifndef PICOST_CLIENTS_CLI_COMMANDS_REWRITE_NAMES_H_
#define PICOST_CLIENTS_CLI_COMMANDS_REWRITE_NAMES_H_

#include <string>
#include <vector>

#include "clients/cli/connection.h"
#include "clients/cli/failure.h"

namespace picost::cli {

// Resource names "rewrites/<id>"; "all" and "exact" stand for what the server lists.
Result<std::vector<std::string>> RewriteNames(const std::vector<std::string>& asked,
                                              Connection& connection);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_COMMANDS_REWRITE_NAMES_H_
