#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_import.h"
#include "service/catalog_service.h"
#include "service/data_source.h"
#include "service/edit_service.h"
#include "service/frontend.h"
#include "service/graph_loader.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/open_store.h"

namespace picost::service {
namespace {

// A model's structure, and room for the rest of the request.
constexpr int kMaxReceiveBytes = 65 << 20;

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool IsLocal(const std::string& listen) {
  for (const char* prefix : {"unix:", "127.", "localhost:", "[::1]:"}) {
    if (listen.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace

// In the order of their dependence: members are destroyed from the last.
struct Server::Parts {
  Parts(std::unique_ptr<ModelStore> opened, const ServerOptions& options)
      : store(std::move(opened)),
        data(options.data_dir),
        loader(store.get(), graph::ImportLimits{}, options.cache_budget_bytes),
        models(store.get(), &loader, NowMicros),
        oracle(&loader, &data),
        edits(&loader, &data, &oracle),
        catalog(&data),
        frontend(&models, &oracle, &edits, &catalog) {}

  std::unique_ptr<ModelStore> store;
  DataSource data;
  GraphLoader loader;
  ModelService models;
  OracleService oracle;
  EditService edits;
  CatalogService catalog;
  Frontend frontend;
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Shutdown(std::chrono::milliseconds(0)); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  if (!options.listen.empty() && !options.allow_remote && !IsLocal(options.listen)) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("'", options.listen, "' is reachable from other machines"),
                     {.field = "listen",
                      .mend = "Use a loopback address or a Unix socket, or allow remote clients "
                              "explicitly."});
  }
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<ModelStore> store, OpenStore(options.store));
  auto parts = std::make_unique<Parts>(std::move(store), options);
  if (options.load_data_at_start && !options.data_dir.empty()) {
    PICOST_RETURN_IF_ERROR(parts->data.Get().status());
  }

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  // Two daemons on one port would share its calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  if (!options.listen.empty()) {
    builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &parts->port);
  }
  for (grpc::Service* service : parts->frontend.services()) builder.RegisterService(service);
  parts->server = builder.BuildAndStart();
  const bool unix_socket = options.listen.starts_with("unix:");
  if (parts->server == nullptr || (!options.listen.empty() && !unix_socket && parts->port == 0)) {
    return MakeError(
        absl::StatusCode::kUnavailable, absl::StrCat("cannot listen on '", options.listen, "'"),
        {.field = "listen",
         .mend = "Use an address of this machine with a port that is free, as HOST:PORT."});
  }
  // Load balancers ask for a service by its name.
  if (auto* health = parts->server->GetHealthCheckService(); health != nullptr) {
    for (const std::string& name : Frontend::service_names()) health->SetServingStatus(name, true);
  }
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

int Server::port() const { return parts_->port; }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  return parts_->server->InProcessChannel(arguments);
}

void Server::Shutdown(std::chrono::milliseconds grace) {
  if (parts_->server == nullptr) return;
  if (auto* health = parts_->server->GetHealthCheckService(); health != nullptr) {
    health->SetServingStatus(false);
  }
  parts_->server->Shutdown(std::chrono::system_clock::now() + grace);
  parts_->server->Wait();
  parts_->server.reset();
}

absl::Status Server::ReloadData() { return parts_->data.Reload(); }

}  // namespace picost::service
