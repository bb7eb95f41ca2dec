#include "service/catalog_service.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_operators.h"
#include "estimator/primitives/catalog.h"
#include "estimator/protocols/protocol.h"
#include "estimator/whatif/rewrites/rewrites.h"
#include "service/convert/catalog.h"
#include "service/convert/deployment.h"
#include "service/page_token.h"

namespace picost::service {
namespace {

constexpr int32_t kDefaultSize = 100;
constexpr int32_t kMaxSize = 1000;

// Pages through `items`, converting each with `add`.
template <typename Request, typename Items, typename Response, typename Add>
absl::Status ListItems(std::string_view method, const Request& request, const Items& items,
                       Response& response, Add add) {
  PICOST_ASSIGN_OR_RETURN(
      const IndexPage page,
      PageOfList(method, static_cast<int64_t>(items.size()), request.page_size(),
                 request.page_token(), kDefaultSize, kMaxSize));
  for (int64_t i = page.begin; i < page.end; ++i) add(items[i]);
  response.set_next_page_token(page.next_page_token);
  return absl::OkStatus();
}

}  // namespace

absl::Status CatalogService::ListRewrites(const v1::ListRewritesRequest& request,
                                          v1::ListRewritesResponse& response) {
  return ListItems("ListRewrites", request, whatif::AllRewrites(), response,
                   [&](const whatif::Rewrite& rewrite) {
                     auto* entry = response.add_rewrites();
                     entry->set_name(absl::StrCat("rewrites/", rewrite.id));
                     entry->set_title(rewrite.title);
                     entry->set_source(rewrite.source);
                     entry->set_exact(rewrite.exact);
                   });
}

absl::Status CatalogService::ListProtocols(const v1::ListProtocolsRequest& request,
                                           v1::ListProtocolsResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  return ListItems("ListProtocols", request, protocols::AllProtocols(), response,
                   [&](const protocols::Protocol* protocol) {
                     ToProto(protocol->info(), *data, *response.add_protocols());
                   });
}

absl::Status CatalogService::ListOperators(const v1::ListOperatorsRequest& request,
                                           v1::ListOperatorsResponse& response) {
  return ListItems("ListOperators", request, graph::KnownOperators(), response,
                   [&](const graph::KnownOperator& known) {
                     auto* entry = response.add_operators();
                     entry->set_name(absl::StrCat("operators/", known.domain, ".", known.type));
                     entry->set_domain(known.domain);
                     entry->set_type(known.type);
                     entry->set_minimum_opset(known.minimum_opset);
                     entry->set_maximum_opset(known.maximum_opset);
                     entry->set_counted_as(known.counted_as);
                   });
}

absl::Status CatalogService::ListPrimitives(const v1::ListPrimitivesRequest& request,
                                            v1::ListPrimitivesResponse& response) {
  return ListItems(
      "ListPrimitives", request, primitives::AllPrimitives(), response,
      [&](const primitives::PrimitiveSpec* spec) { ToProto(*spec, *response.add_primitives()); });
}

absl::Status CatalogService::ListDeployments(const v1::ListDeploymentsRequest& request,
                                             v1::ListDeploymentsResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  return ListItems("ListDeployments", request, data->deployments(), response,
                   [&](const cost::Deployment& deployment) {
                     ToProto(deployment, *response.add_deployments());
                   });
}

absl::Status CatalogService::ListNetworks(const v1::ListNetworksRequest& request,
                                          v1::ListNetworksResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  return ListItems(
      "ListNetworks", request, data->networks(), response,
      [&](const cost::NetworkProfile& network) { ToProto(network, *response.add_networks()); });
}

absl::Status CatalogService::ListTables(const v1::ListTablesRequest& request,
                                        v1::ListTablesResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  return ListItems(
      "ListTables", request, data->tables(), response,
      [&](const cost::NamedTable& table) { ToProto(table, *data, *response.add_tables()); });
}

}  // namespace picost::service
