#include "service/frontend.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <string>

#include "proto/picost/v1/calibrations.grpc.pb.h"
#include "proto/picost/v1/catalog.grpc.pb.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "proto/picost/v1/studies.grpc.pb.h"
#include "service/estimate_stream.h"
#include "service/graph_loader.h"
#include "service/stream_slots.h"
#include "service/study/trial_watch.h"
#include "service/unary.h"
#include "service/upload_stream.h"

namespace picost::service {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

// Work that must not hold up gRPC's own threads: a network to read, or to read anew and
// rewrite.
template <typename Request>
bool IsHeavy(const Request& request) {
  if constexpr (requires { request.rewrites_size(); }) {
    if (request.rewrites_size() > 0) return true;
  }
  return NeedsReading(request.graph());
}

// The methods of the service NAME, in the file of Message.
template <typename Message>
ServiceMethods MethodsOf(const char* name, const CallRules& rules) {
  return ServiceMethods(*Message::descriptor()->file()->FindServiceByName(name), *rules.metrics);
}

// One override, which calls service->Rpc. LONG ones always run on the work queue,
// HEAVY ones where the request holds a network.
#define PICOST_RPC(service, Rpc, Request, Response, heavy)                            \
  ServerUnaryReactor* Rpc(CallbackServerContext* context, const v1::Request* request, \
                          Response* response) override {                              \
    return RunUnary(rules_, methods_[#Rpc], context, heavy,                           \
                    [=, this] { return service->Rpc(*request, *response); });         \
  }
#define PICOST_UNARY(Rpc, Request, Response) PICOST_RPC(service_, Rpc, Request, Response, false)
#define PICOST_HEAVY(Rpc, Request, Response) \
  PICOST_RPC(service_, Rpc, Request, Response, IsHeavy(*request))
#define PICOST_LONG(service, Rpc, Request, Response) \
  PICOST_RPC(service, Rpc, Request, Response, true)

class ModelsFrontend : public v1::Models::CallbackService {
 public:
  ModelsFrontend(ModelService* service, const CallRules& rules)
      : service_(service), rules_(rules), methods_(MethodsOf<v1::Model>("Models", rules)) {}

  PICOST_HEAVY(CreateModel, CreateModelRequest, v1::Model)
  grpc::ServerReadReactor<v1::UploadModelRequest>* UploadModel(CallbackServerContext* context,
                                                               v1::Model* response) override {
    return StartUploadStream({service_, rules_, &methods_["UploadModel"], &uploads_}, context,
                             response);
  }
  PICOST_UNARY(GetModel, GetModelRequest, v1::Model)
  PICOST_UNARY(ListModels, ListModelsRequest, v1::ListModelsResponse)
  PICOST_UNARY(ListLayers, ListLayersRequest, v1::ListLayersResponse)
  ServerUnaryReactor* DeleteModel(CallbackServerContext* context,
                                  const v1::DeleteModelRequest* request,
                                  google::protobuf::Empty*) override {
    return RunUnary(rules_, methods_["DeleteModel"], context, /*heavy=*/false,
                    [=, this] { return service_->DeleteModel(*request); });
  }

 private:
  ModelService* const service_;
  const CallRules rules_;
  const ServiceMethods methods_;
  StreamSlots uploads_{StreamSlots::kMostUploads};
};

class OracleFrontend : public v1::CostOracle::CallbackService {
 public:
  OracleFrontend(OracleService* service, EditService* edits, CompareService* compare,
                 const CallRules& rules)
      : service_(service),
        edits_(edits),
        compare_(compare),
        rules_(rules),
        methods_(MethodsOf<v1::Inspection>("CostOracle", rules)) {}

  PICOST_HEAVY(Inspect, InspectRequest, v1::Inspection)
  PICOST_HEAVY(Plan, PlanRequest, v1::ProtocolPlan)
  PICOST_LONG(service_, ComparePlans, ComparePlansRequest, v1::PlanComparison)
  PICOST_HEAVY(Estimate, EstimateRequest, v1::Estimate)

  PICOST_LONG(edits_, BatchEstimate, BatchEstimateRequest, v1::BatchEstimateResponse)
  PICOST_LONG(edits_, EvaluateEdits, EvaluateEditsRequest, v1::EvaluateEditsResponse)
  PICOST_LONG(edits_, ExportCostTable, ExportCostTableRequest, v1::CostTable)
  PICOST_LONG(edits_, SolveBudget, SolveBudgetRequest, v1::SolveBudgetResponse)
  PICOST_LONG(edits_, EstimateCapacity, EstimateCapacityRequest, v1::Capacity)
  PICOST_LONG(compare_, CompareDeployments, CompareDeploymentsRequest,
              v1::CompareDeploymentsResponse)
  grpc::ServerBidiReactor<v1::StreamEstimateRequest, v1::StreamEstimateResponse>* StreamEstimate(
      CallbackServerContext* context) override {
    return StartEstimateStream(edits_, &streams_, rules_, methods_["StreamEstimate"], context);
  }

 private:
  OracleService* const service_;
  EditService* const edits_;
  CompareService* const compare_;
  const CallRules rules_;
  const ServiceMethods methods_;
  // Open streams cost their clients nothing: the other half is for calls.
  StreamSlots streams_{static_cast<size_t>((rules_.in_flight->most() + 1) / 2)};
};

class CatalogFrontend : public v1::Catalog::CallbackService {
 public:
  CatalogFrontend(CatalogService* service, const CallRules& rules)
      : service_(service), rules_(rules), methods_(MethodsOf<v1::Operator>("Catalog", rules)) {}

  PICOST_UNARY(ListRewrites, ListRewritesRequest, v1::ListRewritesResponse)
  PICOST_UNARY(ListProtocols, ListProtocolsRequest, v1::ListProtocolsResponse)
  PICOST_UNARY(ListOperators, ListOperatorsRequest, v1::ListOperatorsResponse)
  PICOST_UNARY(ListPrimitives, ListPrimitivesRequest, v1::ListPrimitivesResponse)
  PICOST_UNARY(ListDeployments, ListDeploymentsRequest, v1::ListDeploymentsResponse)
  PICOST_UNARY(ListNetworks, ListNetworksRequest, v1::ListNetworksResponse)
  PICOST_UNARY(ListTables, ListTablesRequest, v1::ListTablesResponse)

 private:
  CatalogService* const service_;
  const CallRules rules_;
  const ServiceMethods methods_;
};

class CalibrationsFrontend : public v1::Calibrations::CallbackService {
 public:
  CalibrationsFrontend(CalibrationService* service, MeasurementService* measurements,
                       RescaleService* rescaling, const CallRules& rules)
      : service_(service),
        measurements_(measurements),
        rescaling_(rescaling),
        rules_(rules),
        methods_(MethodsOf<v1::Calibration>("Calibrations", rules)) {}

  PICOST_UNARY(ListCalibrations, ListCalibrationsRequest, v1::ListCalibrationsResponse)
  PICOST_UNARY(GetCalibration, GetCalibrationRequest, v1::Calibration)
  PICOST_LONG(service_, ImportCalibration, ImportCalibrationRequest, v1::Calibration)
  PICOST_UNARY(ListAliases, ListAliasesRequest, v1::ListAliasesResponse)
  PICOST_LONG(service_, SetAlias, SetAliasRequest, v1::Alias)
  PICOST_LONG(measurements_, ReportMeasurements, ReportMeasurementsRequest,
              v1::ReportMeasurementsResponse)
  PICOST_LONG(measurements_, ListMeasurements, ListMeasurementsRequest,
              v1::ListMeasurementsResponse)
  PICOST_LONG(measurements_, EvaluateCalibration, EvaluateCalibrationRequest,
              v1::CalibrationEvaluation)
  PICOST_LONG(rescaling_, RescaleCalibration, RescaleCalibrationRequest,
              v1::RescaleCalibrationResponse)

 private:
  CalibrationService* const service_;
  MeasurementService* const measurements_;
  RescaleService* const rescaling_;
  const CallRules rules_;
  const ServiceMethods methods_;
};

class StudiesFrontend : public v1::Studies::CallbackService {
 public:
  StudiesFrontend(StudyService* service, const CallRules& rules)
      : service_(service), rules_(rules), methods_(MethodsOf<v1::Study>("Studies", rules)) {}

  PICOST_UNARY(CreateStudy, CreateStudyRequest, v1::Study)
  PICOST_UNARY(GetStudy, GetStudyRequest, v1::Study)
  PICOST_UNARY(ListStudies, ListStudiesRequest, v1::ListStudiesResponse)
  PICOST_LONG(service_, AddTrial, AddTrialRequest, v1::Trial)
  PICOST_LONG(service_, BatchAddTrials, BatchAddTrialsRequest, v1::BatchAddTrialsResponse)
  PICOST_UNARY(GetTrial, GetTrialRequest, v1::Trial)
  PICOST_LONG(service_, ListTrials, ListTrialsRequest, v1::ListTrialsResponse)
  PICOST_LONG(service_, GetTrialColumns, GetTrialColumnsRequest, v1::TrialColumns)
  PICOST_LONG(service_, GetTrialLayers, GetTrialLayersRequest, v1::TrialLayers)
  PICOST_LONG(service_, GetParetoFront, GetParetoFrontRequest, v1::ParetoFront)
  ServerUnaryReactor* DeleteStudy(CallbackServerContext* context,
                                  const v1::DeleteStudyRequest* request,
                                  google::protobuf::Empty*) override {
    return RunUnary(rules_, methods_["DeleteStudy"], context, /*heavy=*/true,
                    [=, this] { return service_->DeleteStudy(*request); });
  }
  grpc::ServerWriteReactor<v1::WatchTrialsResponse>* WatchTrials(
      CallbackServerContext* context, const v1::WatchTrialsRequest* request) override {
    return StartTrialWatch(service_, &watches_, rules_, methods_["WatchTrials"], context, *request);
  }

 private:
  StudyService* const service_;
  const CallRules rules_;
  const ServiceMethods methods_;
  std::atomic<int> watches_ = 0;
};

#undef PICOST_LONG
#undef PICOST_HEAVY
#undef PICOST_UNARY
#undef PICOST_RPC

}  // namespace

Frontend::Frontend(ModelService* models, OracleService* oracle, EditService* edits,
                   CompareService* compare, CatalogService* catalog, StudyService* studies,
                   CalibrationService* calibrations, MeasurementService* measurements,
                   RescaleService* rescaling, const CallRules& rules) {
  services_.push_back(std::make_unique<ModelsFrontend>(models, rules));
  services_.push_back(std::make_unique<OracleFrontend>(oracle, edits, compare, rules));
  services_.push_back(std::make_unique<CatalogFrontend>(catalog, rules));
  services_.push_back(
      std::make_unique<CalibrationsFrontend>(calibrations, measurements, rescaling, rules));
  services_.push_back(std::make_unique<StudiesFrontend>(studies, rules));
}

Frontend::~Frontend() = default;

std::vector<grpc::Service*> Frontend::services() const {
  std::vector<grpc::Service*> all;
  for (const auto& service : services_) all.push_back(service.get());
  return all;
}

std::vector<std::string> Frontend::service_names() {
  return {v1::Models::service_full_name(), v1::CostOracle::service_full_name(),
          v1::Catalog::service_full_name(), v1::Calibrations::service_full_name(),
          v1::Studies::service_full_name()};
}

}  // namespace picost::service
