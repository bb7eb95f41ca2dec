#include "clients/cpp/client.h"

#include <grpcpp/grpcpp.h>

#include <random>
#include <thread>
#include <utility>

#include "absl/strings/cord.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"

namespace picost::client {
namespace {

// gRPC's codes are those of absl.
absl::Status ToStatus(const grpc::Status& from) {
  absl::Status status(static_cast<absl::StatusCode>(from.error_code()), from.error_message());
  if (!from.error_details().empty()) {
    status.SetPayload("grpc-status-details-bin", absl::Cord(from.error_details()));
  }
  return status;
}

// Full jitter: clients that failed together do not return together.
std::chrono::milliseconds Pause(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::chrono::milliseconds(std::uniform_int_distribution<int>(0, 50 << attempt)(random));
}

}  // namespace

struct Client::Stubs {
  explicit Stubs(std::shared_ptr<grpc::Channel> opened)
      : channel(std::move(opened)),
        oracle(v1::CostOracle::NewStub(channel)),
        models(v1::Models::NewStub(channel)) {}

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::CostOracle::Stub> oracle;
  std::unique_ptr<v1::Models::Stub> models;
};

absl::StatusOr<std::unique_ptr<Client>> Client::Open(const std::string& address,
                                                     const ChannelOptions& channel,
                                                     ClientOptions options) {
  auto opened = OpenChannel(address, channel);
  if (!opened.ok()) return opened.status();
  return std::make_unique<Client>(*std::move(opened), options);
}

// Without files nothing can be wrong before the first call.
Client::Client(const std::string& address, ClientOptions options)
    : Client(*OpenChannel(address, {}), options) {}

Client::Client(std::shared_ptr<grpc::Channel> channel, ClientOptions options)
    : options_(options), stubs_(std::make_unique<Stubs>(std::move(channel))) {}

Client::~Client() = default;

absl::Status Client::WaitReady(std::chrono::milliseconds timeout) {
  if (stubs_->channel->WaitForConnected(std::chrono::system_clock::now() + timeout)) {
    return absl::OkStatus();
  }
  return absl::UnavailableError("no daemon answers within the time");
}

template <typename Response, typename Method, typename Request>
absl::StatusOr<Response> Client::Call(Method method, const Request& request) {
  for (int attempt = 0;; ++attempt) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + options_.timeout);
    Response response;
    const grpc::Status status = method(&context, request, &response);
    if (status.ok()) return response;
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE || attempt >= options_.retries) {
      return ToStatus(status);
    }
    std::this_thread::sleep_for(Pause(attempt));
  }
}

absl::StatusOr<std::string> Client::Register(const v1::GraphSource& source,
                                             const std::string& display_name) {
  v1::CreateModelRequest request;
  *request.mutable_graph() = source;
  request.set_display_name(display_name);
  const auto model = Call<v1::Model>(
      [this](grpc::ClientContext* context, const v1::CreateModelRequest& asked, v1::Model* answer) {
        return stubs_->models->CreateModel(context, asked, answer);
      },
      request);
  if (!model.ok()) return model.status();
  return model->name();
}

// One call of CostOracle.
#define PICOST_CALL(Rpc, Request, Response)                                            \
  absl::StatusOr<Response> Client::Rpc(const Request& request) {                       \
    return Call<Response>(                                                             \
        [this](grpc::ClientContext* context, const Request& asked, Response* answer) { \
          return stubs_->oracle->Rpc(context, asked, answer);                          \
        },                                                                             \
        request);                                                                      \
  }

PICOST_CALL(Inspect, v1::InspectRequest, v1::Inspection)
PICOST_CALL(Plan, v1::PlanRequest, v1::ProtocolPlan)
PICOST_CALL(ComparePlans, v1::ComparePlansRequest, v1::PlanComparison)
PICOST_CALL(Estimate, v1::EstimateRequest, v1::Estimate)
PICOST_CALL(BatchEstimate, v1::BatchEstimateRequest, v1::BatchEstimateResponse)
PICOST_CALL(EvaluateEdits, v1::EvaluateEditsRequest, v1::EvaluateEditsResponse)
PICOST_CALL(ExportCostTable, v1::ExportCostTableRequest, v1::CostTable)
PICOST_CALL(SolveBudget, v1::SolveBudgetRequest, v1::SolveBudgetResponse)
PICOST_CALL(CompareDeployments, v1::CompareDeploymentsRequest, v1::CompareDeploymentsResponse)
PICOST_CALL(EstimateCapacity, v1::EstimateCapacityRequest, v1::Capacity)

#undef PICOST_CALL

}  // namespace picost::client
