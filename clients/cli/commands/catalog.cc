#include "clients/cli/commands/command.h"
#include "clients/cli/connection.h"
#include "clients/cli/views/catalog_view.h"
#include "clients/cli/views/json.h"

namespace picost::cli {
namespace {

// Lists are short: one page of the largest size, and on while there are more.
template <typename Request, typename Response>
std::optional<Failure> ListAll(const Options& options, const Environment& environment,
                               grpc::Status (v1::Catalog::Stub::*method)(grpc::ClientContext*,
                                                                         const Request&,
                                                                         Response*)) {
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  Request request;
  request.set_page_size(1000);
  Response all;
  do {
    auto answer = Call(*connection.catalog, method, request);
    if (const Failure* failure = FailureIn(answer)) return *failure;
    Response& page = std::get<Response>(answer);
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  if (options.format == Format::kJson) {
    PrintJson(all, *environment.out);
  } else {
    PrintList(all, options.format == Format::kCsv, *environment.out);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> RunProtocols(const Options& options, const Environment& environment) {
  return ListAll(options, environment, &v1::Catalog::Stub::ListProtocols);
}

std::optional<Failure> RunOperators(const Options& options, const Environment& environment) {
  return ListAll(options, environment, &v1::Catalog::Stub::ListOperators);
}

std::optional<Failure> RunPrimitives(const Options& options, const Environment& environment) {
  return ListAll(options, environment, &v1::Catalog::Stub::ListPrimitives);
}

std::optional<Failure> RunDeployments(const Options& options, const Environment& environment) {
  return ListAll(options, environment, &v1::Catalog::Stub::ListDeployments);
}

std::optional<Failure> RunNetworks(const Options& options, const Environment& environment) {
  return ListAll(options, environment, &v1::Catalog::Stub::ListNetworks);
}

std::optional<Failure> RunTables(const Options& options, const Environment& environment) {
  return ListAll(options, environment, &v1::Catalog::Stub::ListTables);
}

}  // namespace picost::cli
