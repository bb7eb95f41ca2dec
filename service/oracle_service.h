// The service CostOracle without its transport.
#ifndef PICOST_SERVICE_ORACLE_SERVICE_H_
#define PICOST_SERVICE_ORACLE_SERVICE_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/picost/v1/oracle.pb.h"
#include "service/data_source.h"
#include "service/graph_loader.h"
#include "service/totals_cache.h"

namespace picost::service {

class OracleService {
 public:
  // Told of every estimate: whether seconds were missing, and whether anything lay
  // outside what the tables measured.
  using OnEstimate = std::function<void(bool missing, bool extrapolated)>;

  // loader and data outlive the service.
  OracleService(
      GraphLoader* loader, DataSource* data, OnEstimate on_estimate = [](bool, bool) {})
      : loader_(loader), data_(data), on_estimate_(std::move(on_estimate)) {}

  absl::Status Inspect(const v1::InspectRequest& request, v1::Inspection& response);
  absl::Status Plan(const v1::PlanRequest& request, v1::ProtocolPlan& response);
  absl::Status ComparePlans(const v1::ComparePlansRequest& request, v1::PlanComparison& response);
  absl::Status Estimate(const v1::EstimateRequest& request, v1::Estimate& response);

 private:
  absl::Status EstimateAnew(const v1::EstimateRequest& request, const cost::DataDirectory& data,
                            v1::Estimate& response);
  // Of a question that has just been answered.
  void RememberTotals(const std::string& key, const v1::EstimateRequest& request,
                      const DataSource::Data& data, const v1::Estimate& response);
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
  const OnEstimate on_estimate_;
  TotalsCache totals_{2 * std::max(8u, 2 * std::thread::hardware_concurrency())};
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_ORACLE_SERVICE_H_
