// The service Catalog without its transport.
#ifndef PICOST_SERVICE_CATALOG_SERVICE_H_
#define PICOST_SERVICE_CATALOG_SERVICE_H_

#include "absl/status/status.h"
#include "proto/picost/v1/catalog.pb.h"
#include "service/data_source.h"

namespace picost::service {

class CatalogService {
 public:
  // data outlives the service.
  explicit CatalogService(DataSource* data) : data_(data) {}

  absl::Status ListRewrites(const v1::ListRewritesRequest& request,
                            v1::ListRewritesResponse& response);
  absl::Status ListProtocols(const v1::ListProtocolsRequest& request,
                             v1::ListProtocolsResponse& response);
  absl::Status ListOperators(const v1::ListOperatorsRequest& request,
                             v1::ListOperatorsResponse& response);
  absl::Status ListPrimitives(const v1::ListPrimitivesRequest& request,
                              v1::ListPrimitivesResponse& response);
  absl::Status ListDeployments(const v1::ListDeploymentsRequest& request,
                               v1::ListDeploymentsResponse& response);
  absl::Status ListNetworks(const v1::ListNetworksRequest& request,
                            v1::ListNetworksResponse& response);
  absl::Status ListTables(const v1::ListTablesRequest& request, v1::ListTablesResponse& response);

 private:
  DataSource* const data_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_CATALOG_SERVICE_H_
