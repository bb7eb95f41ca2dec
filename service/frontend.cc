#include "service/frontend.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <exception>
#include <new>
#include <string>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "proto/picost/v1/catalog.grpc.pb.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "service/estimate_stream.h"
#include "service/status_convert.h"

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

template <typename Handler>
ServerUnaryReactor* Unary(CallbackServerContext* context, Handler handler) {
  const auto begin = std::chrono::steady_clock::now();
  const absl::Status status = RunGuarded(handler);
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  context->AddTrailingMetadata("picost-server-time-us", std::to_string(elapsed.count()));
  ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

// One override, which calls service->Rpc.
#define PICOST_UNARY_OF(service, Rpc, Request, Response)                              \
  ServerUnaryReactor* Rpc(CallbackServerContext* context, const v1::Request* request, \
                          Response* response) override {                              \
    return Unary(context, [=, this] { return service->Rpc(*request, *response); });   \
  }
#define PICOST_UNARY(Rpc, Request, Response) PICOST_UNARY_OF(service_, Rpc, Request, Response)

class ModelsFrontend : public v1::Models::CallbackService {
 public:
  explicit ModelsFrontend(ModelService* service) : service_(service) {}

  PICOST_UNARY(CreateModel, CreateModelRequest, v1::Model)
  PICOST_UNARY(GetModel, GetModelRequest, v1::Model)
  PICOST_UNARY(ListModels, ListModelsRequest, v1::ListModelsResponse)
  PICOST_UNARY(ListLayers, ListLayersRequest, v1::ListLayersResponse)
  ServerUnaryReactor* DeleteModel(CallbackServerContext* context,
                                  const v1::DeleteModelRequest* request,
                                  google::protobuf::Empty*) override {
    return Unary(context, [=, this] { return service_->DeleteModel(*request); });
  }

 private:
  ModelService* const service_;
};

class OracleFrontend : public v1::CostOracle::CallbackService {
 public:
  OracleFrontend(OracleService* service, EditService* edits) : service_(service), edits_(edits) {}

  PICOST_UNARY(Inspect, InspectRequest, v1::Inspection)
  PICOST_UNARY(Plan, PlanRequest, v1::ProtocolPlan)
  PICOST_UNARY(Estimate, EstimateRequest, v1::Estimate)

  PICOST_UNARY_OF(edits_, BatchEstimate, BatchEstimateRequest, v1::BatchEstimateResponse)
  PICOST_UNARY_OF(edits_, EvaluateEdits, EvaluateEditsRequest, v1::EvaluateEditsResponse)
  PICOST_UNARY_OF(edits_, ExportCostTable, ExportCostTableRequest, v1::CostTable)
  PICOST_UNARY_OF(edits_, SolveBudget, SolveBudgetRequest, v1::SolveBudgetResponse)
  PICOST_UNARY_OF(edits_, EstimateCapacity, EstimateCapacityRequest, v1::Capacity)
  grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse>* StreamEstimate(
      CallbackServerContext*) override {
    return StartEstimateStream(edits_);
  }

 private:
  OracleService* const service_;
  EditService* const edits_;
};

class CatalogFrontend : public v1::Catalog::CallbackService {
 public:
  explicit CatalogFrontend(CatalogService* service) : service_(service) {}

  PICOST_UNARY(ListProtocols, ListProtocolsRequest, v1::ListProtocolsResponse)
  PICOST_UNARY(ListOperators, ListOperatorsRequest, v1::ListOperatorsResponse)
  PICOST_UNARY(ListPrimitives, ListPrimitivesRequest, v1::ListPrimitivesResponse)
  PICOST_UNARY(ListDeployments, ListDeploymentsRequest, v1::ListDeploymentsResponse)
  PICOST_UNARY(ListNetworks, ListNetworksRequest, v1::ListNetworksResponse)
  PICOST_UNARY(ListTables, ListTablesRequest, v1::ListTablesResponse)

 private:
  CatalogService* const service_;
};

#undef PICOST_UNARY
#undef PICOST_UNARY_OF

}  // namespace

Frontend::Frontend(ModelService* models, OracleService* oracle, EditService* edits,
                   CatalogService* catalog) {
  services_.push_back(std::make_unique<ModelsFrontend>(models));
  services_.push_back(std::make_unique<OracleFrontend>(oracle, edits));
  services_.push_back(std::make_unique<CatalogFrontend>(catalog));
}

Frontend::~Frontend() = default;

std::vector<grpc::Service*> Frontend::services() const {
  std::vector<grpc::Service*> all;
  for (const auto& service : services_) all.push_back(service.get());
  return all;
}

std::vector<std::string> Frontend::service_names() {
  return {v1::Models::service_full_name(), v1::CostOracle::service_full_name(),
          v1::Catalog::service_full_name()};
}

}  // namespace picost::service
