#include "clients/cli/connection.h"

#include <grpcpp/channel.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/channel/channel.h"
#include "clients/cli/data_directory.h"

namespace picost::cli {
namespace {

constexpr std::chrono::seconds kConnectPatience{5};

Result<std::shared_ptr<grpc::Channel>> ConnectTo(const Options& options) {
  const std::string& address = options.server;
  const auto opened = client::OpenChannel(address, {.ca_file = options.ca,
                                                    .certificate_file = options.certificate,
                                                    .key_file = options.key,
                                                    .token_file = options.token_file});
  if (!opened.ok()) return BadArgument(std::string(opened.status().message()));
  const std::shared_ptr<grpc::Channel>& channel = *opened;
  const auto deadline = std::chrono::system_clock::now() + kConnectPatience;
  // Ends at the first failure: a refused connection needs no patience.
  auto state = channel->GetState(/*try_to_connect=*/true);
  while (state != GRPC_CHANNEL_READY && state != GRPC_CHANNEL_TRANSIENT_FAILURE) {
    if (!channel->WaitForStateChange(state, deadline)) break;
    state = channel->GetState(true);
  }
  if (state != GRPC_CHANNEL_READY) {
    const std::string tls = options.ca.empty() && options.certificate.empty()
                                ? "If it wants TLS, name the authorities of its certificate (--ca)."
                                : "Its certificate may not be of the authorities of --ca, or may "
                                  "not be for this host name.";
    return Failure{
        kExitUnreachable,
        absl::StrCat("no picostd answers at ", address, ". Start one (picostd --listen=", address,
                     "), or leave --server away to run the service inside this command. ", tls)};
  }
  return channel;
}

}  // namespace

Result<std::shared_ptr<Connection>> Connect(const Options& options,
                                            const Environment& environment) {
  auto connection = std::make_shared<Connection>();
  connection->data_dir = FindDataDirectory(options, environment);
  std::shared_ptr<grpc::Channel> channel;
  if (options.server.empty()) {
    for (const std::string* flag :
         {&options.ca, &options.certificate, &options.key, &options.token_file}) {
      if (!flag->empty()) {
        return BadArgument(
            "--ca, --cert, --key and --token-file say how to reach --server, which "
            "is missing");
      }
    }
    auto local = environment.start_local(
        connection->data_dir, options.calibration_dir.empty() ? environment.calibration_dir_variable
                                                              : options.calibration_dir);
    if (const Failure* failure = FailureIn(local)) return *failure;
    connection->holder = std::get<Environment::Local>(local).holder;
    channel = std::get<Environment::Local>(local).channel;
  } else {
    auto remote = ConnectTo(options);
    if (const Failure* failure = FailureIn(remote)) return *failure;
    channel = std::get<std::shared_ptr<grpc::Channel>>(remote);
  }
  connection->models = v1::Models::NewStub(channel);
  connection->oracle = v1::CostOracle::NewStub(channel);
  connection->catalog = v1::Catalog::NewStub(channel);
  connection->studies = v1::Studies::NewStub(channel);
  connection->calibrations = v1::Calibrations::NewStub(channel);
  return connection;
}

}  // namespace picost::cli
