// A channel to a daemon: plain or TLS, with or without a bearer token. What the
// command line and the C++ client share.
#ifndef PICOST_CLIENTS_CHANNEL_CHANNEL_H_
#define PICOST_CLIENTS_CHANNEL_CHANNEL_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace grpc {
class Channel;
}

namespace picost::client {

struct ChannelOptions {
  // Authorities of the daemon's certificate, PEM; "system": those of this machine.
  // Empty, with no certificate either: nothing is encrypted.
  std::string ca_file;
  // The client's own certificate and key, PEM; both or neither.
  std::string certificate_file;
  std::string key_file;
  // Its first line is the bearer token. Never sent unencrypted to another machine.
  std::string token_file;
};

// Connects when it is first used. kInvalidArgument where a file cannot be read or
// the options do not fit together.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& address,
                                                           const ChannelOptions& options);

}  // namespace picost::client

#endif  // PICOST_CLIENTS_CHANNEL_CHANNEL_H_
