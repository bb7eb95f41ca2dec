#include "clients/cli/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/data_directory.h"

namespace picost::cli {
namespace {

constexpr std::chrono::seconds kConnectPatience{5};

Result<std::shared_ptr<grpc::Channel>> ConnectTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 64 << 10);
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  const auto deadline = std::chrono::system_clock::now() + kConnectPatience;
  // Ends at the first failure: a refused connection needs no patience.
  auto state = channel->GetState(/*try_to_connect=*/true);
  while (state != GRPC_CHANNEL_READY && state != GRPC_CHANNEL_TRANSIENT_FAILURE) {
    if (!channel->WaitForStateChange(state, deadline)) break;
    state = channel->GetState(true);
  }
  if (state != GRPC_CHANNEL_READY) {
    return Failure{
        kExitUnreachable,
        absl::StrCat("no picostd answers at ", address, ". Start one (picostd --listen=", address,
                     "), or leave --server away to run the service inside this command.")};
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
    auto local = environment.start_local(connection->data_dir);
    if (const Failure* failure = FailureIn(local)) return *failure;
    connection->holder = std::get<Environment::Local>(local).holder;
    channel = std::get<Environment::Local>(local).channel;
  } else {
    auto remote = ConnectTo(options.server);
    if (const Failure* failure = FailureIn(remote)) return *failure;
    channel = std::get<std::shared_ptr<grpc::Channel>>(remote);
  }
  connection->models = v1::Models::NewStub(channel);
  connection->oracle = v1::CostOracle::NewStub(channel);
  connection->catalog = v1::Catalog::NewStub(channel);
  connection->studies = v1::Studies::NewStub(channel);
  return connection;
}

}  // namespace picost::cli
