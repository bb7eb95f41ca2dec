// The part of CostOracle that searches use, without its transport.
#ifndef PICOST_SERVICE_EDIT_SERVICE_H_
#define PICOST_SERVICE_EDIT_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/cost/estimate.h"
#include "estimator/cost/network_profile.h"
#include "estimator/count/op_counts.h"
#include "estimator/whatif/session.h"
#include "proto/picost/v1/oracle.pb.h"
#include "service/data_source.h"
#include "service/graph_loader.h"
#include "service/oracle_service.h"
#include "service/session_cache.h"

namespace picost::service {

class EditService {
 public:
  // All outlive the service.
  EditService(GraphLoader* loader, DataSource* data, OracleService* oracle)
      : loader_(loader), data_(data), oracle_(oracle) {}

  absl::Status BatchEstimate(const v1::BatchEstimateRequest& request,
                             v1::BatchEstimateResponse& response);
  // One question of a stream. What is wrong with it is in the answer.
  void StreamedEstimate(const v1::StreamEstimateRequest& request,
                        v1::StreamEstimateResponse& response);
  absl::Status EvaluateEdits(const v1::EvaluateEditsRequest& request,
                             v1::EvaluateEditsResponse& response);
  absl::Status ExportCostTable(const v1::ExportCostTableRequest& request, v1::CostTable& response);
  absl::Status SolveBudget(const v1::SolveBudgetRequest& request,
                           v1::SolveBudgetResponse& response);
  absl::Status EstimateCapacity(const v1::EstimateCapacityRequest& request, v1::Capacity& response);

  using Operations = google::protobuf::RepeatedPtrField<v1::EditOperation>;
  struct EvaluatedEdit {
    whatif::EditTotals totals;
    cost::NetworkProfile network;
  };
  // Totals of one edit of the question's network; the question's view is ignored.
  absl::StatusOr<EvaluatedEdit> EvaluateOne(const v1::EstimateRequest& question,
                                            const Operations& operations);
  struct EditedEstimate {
    cost::Estimate estimate;  // with calls
    count::OpCounts counts;
  };
  // The same with layers, from scratch.
  absl::StatusOr<EditedEstimate> EstimateEdited(const v1::EstimateRequest& question,
                                                const Operations& operations);

 private:
  // A session of the request's base; Request: any with graph, protocol, deployment.
  template <typename Request>
  absl::StatusOr<SessionCache::Lease> Open(const Request& request);
  void EstimateOne(const v1::EstimateRequest& request, v1::EstimateResult& result);

  GraphLoader* const loader_;
  DataSource* const data_;
  OracleService* const oracle_;
  SessionCache sessions_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_EDIT_SERVICE_H_
