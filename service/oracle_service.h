// The service CostOracle without its transport.
#ifndef PICOST_SERVICE_ORACLE_SERVICE_H_
#define PICOST_SERVICE_ORACLE_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/picost/v1/oracle.pb.h"
#include "service/data_source.h"
#include "service/graph_loader.h"

namespace picost::service {

class OracleService {
 public:
  // loader and data outlive the service.
  OracleService(GraphLoader* loader, DataSource* data) : loader_(loader), data_(data) {}

  absl::Status Inspect(const v1::InspectRequest& request, v1::Inspection& response);
  absl::Status Plan(const v1::PlanRequest& request, v1::ProtocolPlan& response);
  absl::Status ComparePlans(const v1::ComparePlansRequest& request, v1::PlanComparison& response);
  absl::Status Estimate(const v1::EstimateRequest& request, v1::Estimate& response);

 private:
  // Folding batch norms shows what it saves only where they are there yet.
  template <typename Request>
  absl::StatusOr<std::shared_ptr<const LoadedGraph>> LoadFor(const Request& request) {
    for (const std::string& rewrite : request.rewrites()) {
      if (rewrite == "rewrites/fold-batch-norm") return loader_->LoadUnfolded(request.graph());
    }
    return loader_->Load(request.graph());
  }

  GraphLoader* const loader_;
  DataSource* const data_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_ORACLE_SERVICE_H_
