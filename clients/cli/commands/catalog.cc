#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/connection.h"
#include "clients/cli/views/catalog_view.h"
#include "clients/cli/views/json.h"

namespace picost::cli {
namespace {

// Lists are short: one page of the largest size, and on while there are more.
template <typename Request, typename Response>
Result<Response> Fetch(const Options& options, const Environment& environment,
                       grpc::Status (v1::Catalog::Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*)) {
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
  return all;
}

template <typename Request, typename Response>
std::optional<Failure> ListAll(const Options& options, const Environment& environment,
                               grpc::Status (v1::Catalog::Stub::*method)(grpc::ClientContext*,
                                                                         const Request&,
                                                                         Response*)) {
  const auto fetched = Fetch(options, environment, method);
  if (const Failure* failure = FailureIn(fetched)) return *failure;
  const Response& all = std::get<Response>(fetched);
  if (options.format == Format::kJson) {
    PrintJson(all, *environment.out);
  } else {
    PrintList(all, options.format == Format::kCsv, *environment.out);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> RunProtocols(const Options& options, const Environment& environment) {
  if (options.positional.empty()) {
    return ListAll(options, environment, &v1::Catalog::Stub::ListProtocols);
  }
  const auto fetched = Fetch(options, environment, &v1::Catalog::Stub::ListProtocols);
  if (const Failure* failure = FailureIn(fetched)) return *failure;
  std::string known;
  for (const v1::Protocol& protocol : std::get<v1::ListProtocolsResponse>(fetched).protocols()) {
    const std::string id = protocol.name().substr(protocol.name().find('/') + 1);
    absl::StrAppend(&known, known.empty() ? "" : ", ", id);
    if (options.positional[0] != id && options.positional[0] != protocol.name()) continue;
    if (options.format == Format::kJson) {
      PrintJson(protocol, *environment.out);
    } else {
      PrintProtocol(protocol, options.format == Format::kCsv, *environment.out);
    }
    return std::nullopt;
  }
  return BadArgument(
      absl::StrCat("no protocol is called '", options.positional[0], "'. Use one of: ", known));
}

std::optional<Failure> RunRewrites(const Options& options, const Environment& environment) {
  return ListAll(options, environment, &v1::Catalog::Stub::ListRewrites);
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
