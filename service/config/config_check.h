// The rules of picostd_config.proto that its types cannot say, and its defaults.
#ifndef PICOST_SERVICE_CONFIG_CONFIG_CHECK_H_
#define PICOST_SERVICE_CONFIG_CONFIG_CHECK_H_

#include <string>
#include <string_view>
#include <vector>

#include "service/config/picostd_config.pb.h"
#include "service/config/text_file.h"

namespace picost::service {

// Every mistake of a DaemonConfig. Files that it names are not opened.
std::vector<FieldProblem> CheckConfig(const google::protobuf::Message& config);

// Every mistake of a Principals file.
std::vector<FieldProblem> CheckPrincipals(const google::protobuf::Message& principals);

// The configuration with every default written out. `config` is free of mistakes.
config::DaemonConfig WithDefaults(config::DaemonConfig config);

// True for loopback addresses and Unix sockets.
bool IsLocalAddress(std::string_view address);
inline bool IsUnixAddress(std::string_view address) { return address.starts_with("unix:"); }

// "0660" -> 0660; -1 where it is no octal number of at most 0777.
int ParseSocketMode(std::string_view text);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONFIG_CONFIG_CHECK_H_
