// The command line client: finds the command, runs it, reports failures.
#ifndef PICOST_CLIENTS_CLI_CLI_H_
#define PICOST_CLIENTS_CLI_CLI_H_

#include <string>
#include <vector>

#include "clients/cli/environment.h"

namespace picost::cli {

// arguments: without the program's name. The exit status; see failure.h.
int Run(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_CLI_H_
