#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <atomic>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_import.h"
#include "service/access/access_control.h"
#include "service/admin_server.h"
#include "service/calibration/calibration_service.h"
#include "service/calibration/measurement_service.h"
#include "service/calibration/rescale_service.h"
#include "service/calibration/user_tables.h"
#include "service/call.h"
#include "service/catalog_service.h"
#include "service/config/config_check.h"
#include "service/dashboard/gateway.h"
#include "service/dashboard/page_assets.h"
#include "service/data_source.h"
#include "service/edit_service.h"
#include "service/frontend.h"
#include "service/graph_loader.h"
#include "service/listeners.h"
#include "service/log/library_log.h"
#include "service/log/logger.h"
#include "service/malformed_bytes.h"
#include "service/metrics.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/reloads.h"
#include "service/reports.h"
#include "service/store/metered_model_store.h"
#include "service/store/metered_resource_store.h"
#include "service/store/metered_study_store.h"
#include "service/store/open_store.h"
#include "service/store/open_study_store.h"
#include "service/store/resource_store.h"
#include "service/study/study_service.h"
#include "service/work_queue.h"
#include "tools/version/version.h"

namespace picost::service {
namespace {

// A connection that says nothing is closed: at once where it has not even begun
// to speak HTTP/2, later where it only rests. One that is gone is noticed.
constexpr int kHandshakeMilliseconds = 10'000;
constexpr int kIdleMilliseconds = 30 * 60'000;
constexpr int kKeepaliveMilliseconds = 60'000;
constexpr int kKeepaliveTimeoutMilliseconds = 20'000;
// A certificate that ends this soon is looked for anew.
constexpr int64_t kRenewSeconds = 3600;

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

graph::ImportLimits ImportLimitsOf(const config::Limits& limits) {
  graph::ImportLimits import;
  import.max_bytes = int64_t{limits.upload_megabytes()} << 20;
  return import;
}

// Without a password that stands in it.
std::string StoreKind(const std::string& address) { return address.substr(0, address.find(':')); }

}  // namespace

// In the order of their dependence: members are destroyed from the last.
struct Server::Parts {
  Parts(const config::DaemonConfig& with_defaults, std::unique_ptr<ModelStore> opened,
        std::unique_ptr<ResourceStore> opened_resources, std::unique_ptr<StudyStore> opened_studies,
        std::unique_ptr<AccessControl> access_control, std::FILE* log)
      : config(with_defaults),
        logger(log, config.logging()),
        access(std::move(access_control)),
        store(std::move(opened), ReportStoreCalls()),
        resources(std::move(opened_resources), ReportStoreCalls()),
        study_store(std::move(opened_studies), ReportStoreCalls()),
        data(
            config.data_dir(),
            [this](cost::LoadOptions& options) {
              options.calibration_dir = config.calibration_dir();
              return AddUserTables(resources, options);
            },
            [this] { return AdditionsStamp(); }),
        loader(
            &store, ImportLimitsOf(config.limits()),
            int64_t{config.limits().model_cache_megabytes()} << 20,
            [this](bool hit) { metrics.RecordCacheLookup(hit); },
            [this](const char* stage, double seconds) { metrics.RecordIngest(stage, seconds); }),
        models(&store, &loader, NowMicros),
        oracle(&loader, &data,
               [this](bool missing, bool extrapolated) {
                 metrics.RecordEstimate(missing        ? Coverage::kMissing
                                        : extrapolated ? Coverage::kExtrapolated
                                                       : Coverage::kMeasured);
               }),
        edits(&loader, &data, &oracle),
        compare(&loader, &data),
        catalog(&data),
        calibrations(&resources, &data, NowMicros),
        measurements(
            &resources,
            [this](const v1::EstimateRequest& question, v1::Estimate& answer) {
              return oracle.Estimate(question, answer);
            },
            NowMicros,
            [this](const std::string& protocol, double ratio, bool inside) {
              metrics.RecordMeasurement(protocol, ratio, inside);
            }),
        rescaling(&resources, &data, &loader, &calibrations, NowMicros),
        studies(&study_store, &edits, NowMicros),
        queue(config.limits().worker_threads(),
              static_cast<size_t>(config.limits().waiting_calls())),
        in_flight(config.limits().calls_in_flight()),
        frontend(&models, &oracle, &edits, &compare, &catalog, &studies, &calibrations,
                 &measurements, &rescaling,
                 CallRules{&metrics, &queue, access.get(), &logger, &in_flight}) {
    if (log != nullptr) library_log.emplace(&logger);
    data.OnLoaded(
        [this](const cost::DataDirectory& loaded) { ReportData(loaded, logger, metrics); });
  }

  // What users gave, and what was calibrated on this machine.
  std::string AdditionsStamp() {
    const std::string user_tables = UserTablesStamp(resources);
    if (user_tables.empty() || config.calibration_dir().empty()) return user_tables;
    return absl::StrCat(user_tables, ";", CalibrationStamp(config.calibration_dir()));
  }

  StoreReport ReportStoreCalls() {
    return [this](const std::string& operation, bool failed, double seconds) {
      metrics.RecordStoreCall(operation, failed, seconds);
    };
  }

  void ReportReload(const std::string& part, const absl::Status& status, bool by_itself) {
    metrics.RecordReload(part, status.ok());
    log::Record record =
        Event(absl::StrCat(part, status.ok() ? " reloaded" : " not reloaded, the old stay in use"),
              std::string(status.message()));
    if (by_itself) record.set_message(absl::StrCat(record.message(), " (tried again by itself)"));
    status.ok() ? logger.Info(std::move(record)) : logger.Error(std::move(record));
    ReportCertificates();
  }

  void ReportCertificates() {
    listeners->ForEachCertificate([this](const std::string& address, int64_t end) {
      metrics.SetCertificateExpiry(address, static_cast<double>(end));
    });
  }

  std::vector<ReloadPart> ReloadParts() {
    return {
        {"data", [this] { return data.Reload(); }, [this] { return data.WantsRetry(); }},
        {"principals",
         [this] {
           const absl::Status status = access->Reload();
           principals_failed = !status.ok();
           return status;
         },
         [this] { return principals_failed.load(); }},
        {"certificates",
         [this] {
           const std::string stamp = FilesStamp(listeners->CertificateFiles());
           const absl::Status status = listeners->ReloadCertificates();
           certificates_failed = !status.ok();
           certificates_stamp = stamp;
           return status;
         },
         // One that ends soon is looked for anew, where its file has changed.
         [this] {
           return certificates_failed ||
                  (listeners->ExpiresWithin(kRenewSeconds) &&
                   FilesStamp(listeners->CertificateFiles()) != certificates_stamp);
         }},
    };
  }

  const config::DaemonConfig config;
  Metrics metrics{kVersion};
  Logger logger;
  std::optional<LibraryLogRoute> library_log;
  const std::unique_ptr<AccessControl> access;
  MeteredModelStore store;
  MeteredResourceStore resources;
  MeteredStudyStore study_store;
  DataSource data;
  GraphLoader loader;
  ModelService models;
  OracleService oracle;
  EditService edits;
  CompareService compare;
  CatalogService catalog;
  CalibrationService calibrations;
  MeasurementService measurements;
  RescaleService rescaling;
  StudyService studies;
  WorkQueue queue;
  InFlightLimit in_flight;
  Frontend frontend;
  std::atomic<bool> draining = false;
  std::atomic<bool> principals_failed = false;
  std::atomic<bool> certificates_failed = false;
  std::string certificates_stamp;  // of their files at the last reload; used by Reloads alone
  std::unique_ptr<Listeners> listeners;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<Reloads> reloads;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<AdminServer> admin;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Shutdown(std::chrono::milliseconds(0)); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const config::DaemonConfig& given,
                                                      const StartOptions& options) {
  const std::vector<FieldProblem> problems = CheckConfig(given);
  if (!problems.empty()) {
    std::vector<std::string> lines;
    for (const FieldProblem& problem : problems) {
      lines.push_back(absl::StrCat(problem.field, ": ", problem.what));
    }
    return MakeError(absl::StatusCode::kInvalidArgument, absl::StrJoin(lines, "; "),
                     {.field = problems[0].field, .mend = "Correct the configuration."});
  }
  config::DaemonConfig config = WithDefaults(given);
  // Programs that bring the service along say themselves whether there are data.
  if (options.in_process) {
    config.set_data_dir(given.data_dir());
    config.clear_listeners();
    config.clear_admin();
  }
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<AccessControl> access, AccessControl::Create(config));
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<Listeners> listeners, Listeners::Create(config));
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<ModelStore> store, OpenStore(config.store()));
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<ResourceStore> resources,
                          OpenResourceStore(config.store()));
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<StudyStore> studies, OpenStudyStore(config.store()));
  auto parts = std::make_unique<Parts>(config, std::move(store), std::move(resources),
                                       std::move(studies), std::move(access), options.log);
  parts->listeners = std::move(listeners);
  if (options.load_data_at_start && parts->data.has_path()) {
    PICOST_RETURN_IF_ERROR(parts->data.Get().status());
  }

  grpc::EnableDefaultHealthCheckService(true);
  if (config.reflection()) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(config.limits().message_megabytes() << 20);
  // Two daemons on one port would share its calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMilliseconds);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleMilliseconds);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMilliseconds);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMilliseconds);
  parts->listeners->AddTo(builder);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(NewMalformedBytesAnswer());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  for (grpc::Service* service : parts->frontend.services()) builder.RegisterService(service);
  PICOST_RETURN_IF_ERROR(parts->listeners->Bind([&] {
    parts->server = builder.BuildAndStart();
    return parts->server != nullptr;
  }));
  // Load balancers ask for a service by its name.
  if (auto* health = parts->server->GetHealthCheckService(); health != nullptr) {
    for (const std::string& name : Frontend::service_names()) health->SetServingStatus(name, true);
  }
  parts->ReportCertificates();
  parts->certificates_stamp = FilesStamp(parts->listeners->CertificateFiles());
  parts->reloads = std::make_unique<Reloads>(
      parts->ReloadParts(),
      [raw = parts.get()](const std::string& part, const absl::Status& status, bool by_itself) {
        raw->ReportReload(part, status, by_itself);
      },
      options.retry_period);
  for (const config::Listener& listener : config.listeners()) {
    log::Record record = Event("listening");
    record.set_address(listener.address());
    parts->logger.Info(std::move(record));
  }
  log::Record record = Event("started");
  record.set_path(StoreKind(config.store()));
  record.set_count(static_cast<int>(parts->access->size()));
  parts->logger.Info(std::move(record));
  std::unique_ptr<Server> server(new Server(std::move(parts)));
  if (config.has_admin()) PICOST_RETURN_IF_ERROR(server->StartAdmin(config.admin()));
  return server;
}

absl::Status Server::StartAdmin(const config::Admin& admin) {
  const auto metrics = [this](const AdminRequest&) {
    RecordStudies(parts_->config, parts_->studies, parts_->metrics);
    parts_->metrics.SetCacheBytes(static_cast<double>(parts_->loader.cache_bytes()));
    return AdminResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                         .body = parts_->metrics.Render()};
  };
  const auto ready = [this](const AdminRequest&) {
    const absl::Status status = Ready();
    return status.ok() ? AdminResponse{.body = "ready\n"}
                       : AdminResponse{.status = 503, .body = absl::StrCat(status.message(), "\n")};
  };
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
  parts_->gateway = std::make_unique<Gateway>(InProcessChannel());
  handlers["/api/"] = [this](const AdminRequest& request) {
    return parts_->gateway->Handle(request);
  };
  PICOST_ASSIGN_OR_RETURN(parts_->admin,
                          AdminServer::Start(admin.address(), std::move(handlers),
                                             /*local_only=*/IsLocalAddress(admin.address())));
  return absl::OkStatus();
}

absl::Status Server::Ready() {
  if (parts_->draining) return absl::UnavailableError("the daemon is ending");
  PICOST_RETURN_IF_ERROR(parts_->store.Check());
  return parts_->data.has_path() ? parts_->data.Get().status() : absl::OkStatus();
}

int Server::admin_port() const { return parts_->admin != nullptr ? parts_->admin->port() : 0; }

int Server::port(size_t listener) const { return parts_->listeners->port(listener); }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  return parts_->server->InProcessChannel(arguments);
}

void Server::Shutdown(std::chrono::milliseconds grace) {
  if (parts_->server == nullptr) return;
  parts_->draining = true;
  parts_->logger.Info(Event("ending"));
  parts_->reloads.reset();
  if (auto* health = parts_->server->GetHealthCheckService(); health != nullptr) {
    health->SetServingStatus(false);
  }
  parts_->server->Shutdown(std::chrono::system_clock::now() + grace);
  parts_->server->Wait();
  // The last calls are answered, but the tasks that did so may not have returned.
  parts_->queue.End();
  parts_->server.reset();
  parts_->logger.Info(Event("ended"));
}

void Server::ReportLeftBehind() {
  parts_->logger.Error(Event("ending without calls that did not end within the limit"));
}

absl::Status Server::Reload() { return parts_->reloads->ReloadAll(); }

}  // namespace picost::service
