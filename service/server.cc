#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_import.h"
#include "service/admin_server.h"
#include "service/catalog_service.h"
#include "service/dashboard/gateway.h"
#include "service/dashboard/page_assets.h"
#include "service/data_source.h"
#include "service/edit_service.h"
#include "service/frontend.h"
#include "service/graph_loader.h"
#include "service/metrics.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/metered_model_store.h"
#include "service/store/open_store.h"
#include "service/store/open_study_store.h"
#include "service/study/study_names.h"
#include "service/study/study_progress.h"
#include "service/study/study_service.h"
#include "service/study/trial_metrics.h"
#include "service/work_queue.h"

namespace picost::service {
namespace {

// A model's structure, and room for the rest of the request.
constexpr int kMaxReceiveBytes = 65 << 20;

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Who may call what through the page. Without tokens, whoever reaches the port.
absl::Status MayCall(const std::string& /*method*/, const std::string& /*authorization*/) {
  return absl::OkStatus();
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
  Parts(std::unique_ptr<ModelStore> opened, std::unique_ptr<StudyStore> opened_studies,
        const ServerOptions& options)
      : study_store(std::move(opened_studies)),
        store(std::move(opened),
              [this](const std::string& operation, bool failed, double seconds) {
                metrics.RecordStoreCall(operation, failed, seconds);
              }),
        data(options.data_dir),
        loader(&store, graph::ImportLimits{}, options.cache_budget_bytes,
               [this](bool hit) { metrics.RecordCacheLookup(hit); }),
        models(&store, &loader, NowMicros),
        oracle(&loader, &data),
        edits(&loader, &data, &oracle),
        catalog(&data),
        studies(study_store.get(), &edits, NowMicros),
        queue(options.worker_threads, options.waiting_calls),
        frontend(&models, &oracle, &edits, &catalog, &studies, &metrics, &queue),
        metric_studies(options.metric_studies),
        needs_data(!options.data_dir.empty()) {}

  void RecordStudies() {
    for (const std::string& id : metric_studies) {
      const auto summary = studies.Summarize(id);
      if (absl::IsNotFound(summary.status())) metrics.SetStudy(id, std::nullopt);
      if (!summary.ok()) continue;  // the store's own metrics tell of it
      const StudyProgress& progress = summary->progress;
      Metrics::StudyFigures figures{
          .trials = static_cast<double>(progress.number()),
          .feasible_trials = static_cast<double>(progress.feasible_count()),
          .best_feasible_online_seconds = progress.best_online_seconds(),
          .hypervolume = progress.Hypervolume(summary->study, /*feasible_only=*/false)};
      for (const v1::SearchBudget& budget : summary->study.budgets()) {
        const NamedLimit limit = LimitOf(budget);
        figures.budgets.emplace_back(limit.metric, limit.limit);
      }
      metrics.SetStudy(id, figures);
    }
  }

  void RecordCalibrationTimes() {
    const auto loaded = data.Get();
    if (!loaded.ok()) return;
    for (const cost::NamedTable& table : (*loaded)->tables()) {
      absl::Time time;
      const std::string& date = table.model->table().environment.date;
      if (absl::ParseTime("%Y-%m-%d", date, &time, nullptr) ||
          absl::ParseTime("%Y", date, &time, nullptr)) {
        metrics.SetCalibrationTime(table.name, absl::ToDoubleSeconds(time - absl::UnixEpoch()));
      }
    }
  }

  Metrics metrics;
  std::unique_ptr<StudyStore> study_store;
  MeteredModelStore store;
  DataSource data;
  GraphLoader loader;
  ModelService models;
  OracleService oracle;
  EditService edits;
  CatalogService catalog;
  StudyService studies;
  WorkQueue queue;
  Frontend frontend;
  const std::vector<std::string> metric_studies;
  const bool needs_data;
  std::atomic<bool> draining = false;
  int port = 0;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<AdminServer> admin;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Shutdown(std::chrono::milliseconds(0)); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  for (const std::string& address : {options.listen, options.admin_listen}) {
    if (address.empty() || options.allow_remote || IsLocal(address)) continue;
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("'", address, "' is reachable from other machines"),
                     {.field = "listen",
                      .mend = "Use a loopback address or a Unix socket, or allow remote clients "
                              "explicitly."});
  }
  constexpr size_t kMostMetricStudies = 50;
  if (options.metric_studies.size() > kMostMetricStudies) {
    return MakeError(
        absl::StatusCode::kInvalidArgument,
        absl::StrCat(options.metric_studies.size(), " studies shall be among the metrics"),
        {.field = "metric_studies",
         .mend = absl::StrCat("Name at most ", kMostMetricStudies, ".")});
  }
  for (const std::string& id : options.metric_studies) {
    PICOST_RETURN_IF_ERROR(ValidateStudyId(id, "metric_studies"));
  }
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<ModelStore> store, OpenStore(options.store));
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<StudyStore> studies, OpenStudyStore(options.store));
  auto parts = std::make_unique<Parts>(std::move(store), std::move(studies), options);
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
  std::unique_ptr<Server> server(new Server(std::move(parts)));
  if (!options.admin_listen.empty()) {
    PICOST_RETURN_IF_ERROR(server->StartAdmin(options.admin_listen));
  }
  return server;
}

absl::Status Server::StartAdmin(const std::string& listen) {
  const auto metrics = [this](const AdminRequest&) {
    parts_->RecordStudies();
    parts_->metrics.SetCacheBytes(static_cast<double>(parts_->loader.cache_bytes()));
    return AdminResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                         .body = parts_->metrics.Render()};
  };
  const auto ready = [this](const AdminRequest&) {
    const absl::Status status = Ready();
    return status.ok() ? AdminResponse{.body = "ready\n"}
                       : AdminResponse{.status = 503, .body = absl::StrCat(status.message(), "\n")};
  };
  parts_->RecordCalibrationTimes();
  const auto alive = [](const AdminRequest&) { return AdminResponse{.body = "alive\n"}; };
  AdminServer::Handlers handlers = {{"/metrics", metrics}, {"/healthz", alive}, {"/readyz", ready}};
  for (const PageAsset& asset : PageAssets()) {
    const auto answer = [&asset](const AdminRequest&) {
      return AdminResponse{.content_type = std::string(asset.content_type),
                           .body = std::string(asset.content)};
    };
    handlers[absl::StrCat("/page/", std::string(asset.name))] = answer;
    if (asset.name == "index.html") handlers["/"] = answer;
  }
  parts_->gateway = std::make_unique<Gateway>(InProcessChannel(), MayCall);
  handlers["/api/"] = [this](const AdminRequest& request) {
    return parts_->gateway->Handle(request);
  };
  PICOST_ASSIGN_OR_RETURN(parts_->admin, AdminServer::Start(listen, std::move(handlers),
                                                            /*local_only=*/IsLocal(listen)));
  return absl::OkStatus();
}

absl::Status Server::Ready() {
  if (parts_->draining) return absl::UnavailableError("the daemon is ending");
  PICOST_RETURN_IF_ERROR(parts_->store.Check());
  return parts_->needs_data ? parts_->data.Get().status() : absl::OkStatus();
}

int Server::admin_port() const { return parts_->admin != nullptr ? parts_->admin->port() : 0; }

int Server::port() const { return parts_->port; }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  return parts_->server->InProcessChannel(arguments);
}

void Server::Shutdown(std::chrono::milliseconds grace) {
  if (parts_->server == nullptr) return;
  parts_->draining = true;
  if (auto* health = parts_->server->GetHealthCheckService(); health != nullptr) {
    health->SetServingStatus(false);
  }
  parts_->server->Shutdown(std::chrono::system_clock::now() + grace);
  parts_->server->Wait();
  parts_->server.reset();
}

absl::Status Server::ReloadData() {
  PICOST_RETURN_IF_ERROR(parts_->data.Reload());
  parts_->RecordCalibrationTimes();
  return absl::OkStatus();
}

}  // namespace picost::service
