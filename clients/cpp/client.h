// C++ client of the daemon: blocking calls with retries; messages in, messages out.
//
//   picost::client::Client oracle("127.0.0.1:7433");
//   auto name = oracle.Register(source);                  // once
//   v1::EvaluateEditsRequest request = ...;               // many edits of it
//   auto response = oracle.EvaluateEdits(request);
//
// Clients see the wire alone: nothing of the estimator is linked.
#ifndef PICOST_CLIENTS_CPP_CLIENT_H_
#define PICOST_CLIENTS_CPP_CLIENT_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/channel/channel.h"
#include "proto/picost/v1/oracle.pb.h"

namespace grpc {
class Channel;
}

namespace picost::client {

struct ClientOptions {
  std::chrono::milliseconds timeout{60'000};
  // While the daemon is unavailable; nothing is kept of a question, so that asking
  // again is always safe.
  int retries = 4;
};

// Safe from many threads.
class Client {
 public:
  // Encrypted, or with a token. kInvalidArgument where the options are wrong.
  static absl::StatusOr<std::unique_ptr<Client>> Open(const std::string& address,
                                                      const ChannelOptions& channel,
                                                      ClientOptions options = {});
  // Neither encrypted nor with a token.
  explicit Client(const std::string& address, ClientOptions options = {});
  explicit Client(std::shared_ptr<grpc::Channel> channel, ClientOptions options = {});
  ~Client();

  // OK when the daemon answers, kUnavailable after the time.
  absl::Status WaitReady(std::chrono::milliseconds timeout);

  // Sends a model once: "models/<fingerprint>" stands for it afterwards.
  absl::StatusOr<std::string> Register(const v1::GraphSource& source,
                                       const std::string& display_name = "");

  // Errors keep code and message of the daemon; the binary google.rpc details are the
  // payload "grpc-status-details-bin".
  absl::StatusOr<v1::Inspection> Inspect(const v1::InspectRequest& request);
  absl::StatusOr<v1::ProtocolPlan> Plan(const v1::PlanRequest& request);
  absl::StatusOr<v1::PlanComparison> ComparePlans(const v1::ComparePlansRequest& request);
  absl::StatusOr<v1::Estimate> Estimate(const v1::EstimateRequest& request);
  absl::StatusOr<v1::BatchEstimateResponse> BatchEstimate(const v1::BatchEstimateRequest& request);
  absl::StatusOr<v1::EvaluateEditsResponse> EvaluateEdits(const v1::EvaluateEditsRequest& request);
  absl::StatusOr<v1::CostTable> ExportCostTable(const v1::ExportCostTableRequest& request);
  absl::StatusOr<v1::SolveBudgetResponse> SolveBudget(const v1::SolveBudgetRequest& request);
  absl::StatusOr<v1::CompareDeploymentsResponse> CompareDeployments(
      const v1::CompareDeploymentsRequest& request);
  absl::StatusOr<v1::Capacity> EstimateCapacity(const v1::EstimateCapacityRequest& request);

 private:
  struct Stubs;
  template <typename Response, typename Method, typename Request>
  absl::StatusOr<Response> Call(Method method, const Request& request);

  const ClientOptions options_;
  std::unique_ptr<Stubs> stubs_;
};

}  // namespace picost::client

#endif  // PICOST_CLIENTS_CPP_CLIENT_H_
