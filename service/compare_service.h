// CostOracle.CompareDeployments without its transport.
#ifndef PICOST_SERVICE_COMPARE_SERVICE_H_
#define PICOST_SERVICE_COMPARE_SERVICE_H_

#include "absl/status/status.h"
#include "proto/picost/v1/compare.pb.h"
#include "service/data_source.h"
#include "service/graph_loader.h"

namespace picost::service {

class CompareService {
 public:
  // loader and data outlive the service.
  CompareService(GraphLoader* loader, DataSource* data) : loader_(loader), data_(data) {}

  absl::Status CompareDeployments(const v1::CompareDeploymentsRequest& request,
                                  v1::CompareDeploymentsResponse& response);

 private:
  GraphLoader* const loader_;
  DataSource* const data_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_COMPARE_SERVICE_H_
