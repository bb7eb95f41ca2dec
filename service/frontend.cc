#include "service/frontend.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "proto/picost/v1/catalog.grpc.pb.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "proto/picost/v1/studies.grpc.pb.h"
#include "service/error_reason.h"
#include "service/estimate_stream.h"
#include "service/status_convert.h"
#include "service/study/trial_watch.h"

namespace picost::service {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

// Nothing of ours throws, but libraries do: one request must not end the daemon.
template <typename Handler>
absl::Status RunGuarded(Handler handler) {
  try {
    return handler();
  } catch (const std::bad_alloc&) {
    return MakeError(absl::StatusCode::kResourceExhausted,
                     "the request needs more memory than there is",
                     {.mend = "Send a smaller network."});
  } catch (const std::exception& error) {
    return MakeError(absl::StatusCode::kInternal, absl::StrCat("a handler failed: ", error.what()),
                     {});
  }
}

// What every handler shares.
struct Shared {
  Metrics* metrics;
  WorkQueue* queue;
};

constexpr std::chrono::milliseconds kRetryDelay{500};

template <typename Handler>
void Run(const Shared& shared, CallbackServerContext* context, ServerUnaryReactor* reactor,
         const std::string& method, const Handler& handler) {
  const auto begin = std::chrono::steady_clock::now();
  shared.metrics->CallBegins();
  const absl::Status status = RunGuarded(handler);
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  shared.metrics->CallEnds();
  shared.metrics->RecordCall(method, absl::StatusCodeToString(status.code()),
                             std::chrono::duration<double>(elapsed).count());
  if (GetReason(status) == kModelRefused) {
    shared.metrics->RecordRefusedModel(absl::StatusCodeToString(status.code()));
  }
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  context->AddTrailingMetadata("picost-server-time-us", std::to_string(micros));
  reactor->Finish(ToGrpcStatus(status));
}

// heavy: not on gRPC's own thread. Request and response live until Finish.
template <typename Handler>
ServerUnaryReactor* Unary(const Shared& shared, CallbackServerContext* context, const char* service,
                          const char* rpc, bool heavy, Handler handler) {
  ServerUnaryReactor* reactor = context->DefaultReactor();
  const std::string method = absl::StrCat(service, "/", rpc);
  if (!heavy) {
    Run(shared, context, reactor, method, handler);
    return reactor;
  }
  const bool accepted = shared.queue->TrySubmit([shared, context, reactor, method, handler] {
    // Whoever asked may have given up while the call waited.
    if (context->IsCancelled()) {
      reactor->Finish(grpc::Status::CANCELLED);
      return;
    }
    Run(shared, context, reactor, method, handler);
  });
  if (!accepted) {
    shared.metrics->RecordRejection("queue-full");
    absl::Status status =
        MakeError(absl::StatusCode::kResourceExhausted, "too many calls wait",
                  {.mend = "Try again a little later, or register models once and ask "
                           "about them by name."});
    status = WithRetryDelay(WithReason(std::move(status), kOverloaded), kRetryDelay);
    shared.metrics->RecordCall(method, absl::StatusCodeToString(status.code()), 0);
    reactor->Finish(ToGrpcStatus(status));
  }
  return reactor;
}

bool BringsItsNetwork(const v1::GraphSource& graph) {
  return graph.source_case() != v1::GraphSource::kModel;
}

// One override, which calls service->Rpc. LONG ones always run on the work queue,
// HEAVY ones where the request holds a network.
#define PICOST_RPC(service, Service, Rpc, Request, Response, heavy)                   \
  ServerUnaryReactor* Rpc(CallbackServerContext* context, const v1::Request* request, \
                          Response* response) override {                              \
    return Unary(shared_, context, v1::Service::service_full_name(), #Rpc, heavy,     \
                 [=, this] { return service->Rpc(*request, *response); });            \
  }
#define PICOST_UNARY(Service, Rpc, Request, Response) \
  PICOST_RPC(service_, Service, Rpc, Request, Response, false)
#define PICOST_HEAVY(Service, Rpc, Request, Response) \
  PICOST_RPC(service_, Service, Rpc, Request, Response, BringsItsNetwork(request->graph()))
#define PICOST_LONG(service, Service, Rpc, Request, Response) \
  PICOST_RPC(service, Service, Rpc, Request, Response, true)

class ModelsFrontend : public v1::Models::CallbackService {
 public:
  ModelsFrontend(ModelService* service, Shared shared) : service_(service), shared_(shared) {}

  PICOST_HEAVY(Models, CreateModel, CreateModelRequest, v1::Model)
  PICOST_UNARY(Models, GetModel, GetModelRequest, v1::Model)
  PICOST_UNARY(Models, ListModels, ListModelsRequest, v1::ListModelsResponse)
  PICOST_UNARY(Models, ListLayers, ListLayersRequest, v1::ListLayersResponse)
  ServerUnaryReactor* DeleteModel(CallbackServerContext* context,
                                  const v1::DeleteModelRequest* request,
                                  google::protobuf::Empty*) override {
    return Unary(shared_, context, v1::Models::service_full_name(), "DeleteModel", /*heavy=*/false,
                 [=, this] { return service_->DeleteModel(*request); });
  }

 private:
  ModelService* const service_;
  const Shared shared_;
};

class OracleFrontend : public v1::CostOracle::CallbackService {
 public:
  OracleFrontend(OracleService* service, EditService* edits, Shared shared)
      : service_(service), edits_(edits), shared_(shared) {}

  PICOST_HEAVY(CostOracle, Inspect, InspectRequest, v1::Inspection)
  PICOST_HEAVY(CostOracle, Plan, PlanRequest, v1::ProtocolPlan)
  PICOST_HEAVY(CostOracle, Estimate, EstimateRequest, v1::Estimate)

  PICOST_LONG(edits_, CostOracle, BatchEstimate, BatchEstimateRequest, v1::BatchEstimateResponse)
  PICOST_LONG(edits_, CostOracle, EvaluateEdits, EvaluateEditsRequest, v1::EvaluateEditsResponse)
  PICOST_LONG(edits_, CostOracle, ExportCostTable, ExportCostTableRequest, v1::CostTable)
  PICOST_LONG(edits_, CostOracle, SolveBudget, SolveBudgetRequest, v1::SolveBudgetResponse)
  PICOST_LONG(edits_, CostOracle, EstimateCapacity, EstimateCapacityRequest, v1::Capacity)
  grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse>* StreamEstimate(
      CallbackServerContext*) override {
    return StartEstimateStream(edits_);
  }

 private:
  OracleService* const service_;
  EditService* const edits_;
  const Shared shared_;
};

class CatalogFrontend : public v1::Catalog::CallbackService {
 public:
  CatalogFrontend(CatalogService* service, Shared shared) : service_(service), shared_(shared) {}

  PICOST_UNARY(Catalog, ListProtocols, ListProtocolsRequest, v1::ListProtocolsResponse)
  PICOST_UNARY(Catalog, ListOperators, ListOperatorsRequest, v1::ListOperatorsResponse)
  PICOST_UNARY(Catalog, ListPrimitives, ListPrimitivesRequest, v1::ListPrimitivesResponse)
  PICOST_UNARY(Catalog, ListDeployments, ListDeploymentsRequest, v1::ListDeploymentsResponse)
  PICOST_UNARY(Catalog, ListNetworks, ListNetworksRequest, v1::ListNetworksResponse)
  PICOST_UNARY(Catalog, ListTables, ListTablesRequest, v1::ListTablesResponse)

 private:
  CatalogService* const service_;
  const Shared shared_;
};

class StudiesFrontend : public v1::Studies::CallbackService {
 public:
  StudiesFrontend(StudyService* service, Shared shared) : service_(service), shared_(shared) {}

  PICOST_UNARY(Studies, CreateStudy, CreateStudyRequest, v1::Study)
  PICOST_UNARY(Studies, GetStudy, GetStudyRequest, v1::Study)
  PICOST_UNARY(Studies, ListStudies, ListStudiesRequest, v1::ListStudiesResponse)
  PICOST_LONG(service_, Studies, AddTrial, AddTrialRequest, v1::Trial)
  PICOST_LONG(service_, Studies, BatchAddTrials, BatchAddTrialsRequest, v1::BatchAddTrialsResponse)
  PICOST_UNARY(Studies, GetTrial, GetTrialRequest, v1::Trial)
  PICOST_LONG(service_, Studies, ListTrials, ListTrialsRequest, v1::ListTrialsResponse)
  PICOST_LONG(service_, Studies, GetTrialColumns, GetTrialColumnsRequest, v1::TrialColumns)
  PICOST_LONG(service_, Studies, GetTrialLayers, GetTrialLayersRequest, v1::TrialLayers)
  PICOST_LONG(service_, Studies, GetParetoFront, GetParetoFrontRequest, v1::ParetoFront)
  ServerUnaryReactor* DeleteStudy(CallbackServerContext* context,
                                  const v1::DeleteStudyRequest* request,
                                  google::protobuf::Empty*) override {
    return Unary(shared_, context, v1::Studies::service_full_name(), "DeleteStudy", /*heavy=*/true,
                 [=, this] { return service_->DeleteStudy(*request); });
  }
  grpc::ServerWriteReactor<v1::WatchTrialsResponse>* WatchTrials(
      CallbackServerContext*, const v1::WatchTrialsRequest* request) override {
    return StartTrialWatch(service_, &watches_, *request);
  }

 private:
  StudyService* const service_;
  const Shared shared_;
  std::atomic<int> watches_ = 0;
};

#undef PICOST_LONG
#undef PICOST_HEAVY
#undef PICOST_UNARY
#undef PICOST_RPC

}  // namespace

Frontend::Frontend(ModelService* models, OracleService* oracle, EditService* edits,
                   CatalogService* catalog, StudyService* studies, Metrics* metrics,
                   WorkQueue* queue) {
  const Shared shared{metrics, queue};
  services_.push_back(std::make_unique<ModelsFrontend>(models, shared));
  services_.push_back(std::make_unique<OracleFrontend>(oracle, edits, shared));
  services_.push_back(std::make_unique<CatalogFrontend>(catalog, shared));
  services_.push_back(std::make_unique<StudiesFrontend>(studies, shared));
}

Frontend::~Frontend() = default;

std::vector<grpc::Service*> Frontend::services() const {
  std::vector<grpc::Service*> all;
  for (const auto& service : services_) all.push_back(service.get());
  return all;
}

std::vector<std::string> Frontend::service_names() {
  return {v1::Models::service_full_name(), v1::CostOracle::service_full_name(),
          v1::Catalog::service_full_name(), v1::Studies::service_full_name()};
}

}  // namespace picost::service
