// picostd --check-config: everything that a start would read, without starting.
#ifndef PICOST_SERVICE_CHECK_CONFIG_H_
#define PICOST_SERVICE_CHECK_CONFIG_H_

#include <ostream>

#include "service/config/picostd_config.pb.h"

namespace picost::service {

// Prints what it found, a line each; false where something is wrong. Listens
// nowhere and opens no store. `config` is free of mistakes of its own.
bool CheckFiles(const config::DaemonConfig& config, std::ostream& out);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CHECK_CONFIG_H_
