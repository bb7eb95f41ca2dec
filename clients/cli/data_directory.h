// Where the calibration tables and sample models are, for the service inside
// the command.
#ifndef PICOST_CLIENTS_CLI_DATA_DIRECTORY_H_
#define PICOST_CLIENTS_CLI_DATA_DIRECTORY_H_

#include <string>

#include "clients/cli/environment.h"
#include "clients/cli/options.h"

namespace picost::cli {

// --data_dir, else $PICOST_DATA_DIR, else the first folder `data` with a folder
// `calibration` in: the program's runfiles, the working directory and those
// above it, the program's directory and those above it. Empty: none.
std::string FindDataDirectory(const Options& options, const Environment& environment);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_DATA_DIRECTORY_H_
