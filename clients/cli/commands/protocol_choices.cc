#include "clients/cli/commands/protocol_choices.h"

#include <algorithm>

namespace picost::cli {

bool AsksForAllProtocols(const Options& options) {
  return options.protocols == std::vector<std::string>{"all"};
}

std::optional<Failure> CheckProtocols(const Options& options) {
  if (options.protocols.empty()) {
    return BadArgument("under which protocol? Give --protocol=ID; `picost protocols` lists them");
  }
  if (AsksForAllProtocols(options)) {
    if (options.parameters.empty()) return std::nullopt;
    return BadArgument("--param belongs to one protocol: name it instead of --protocol=all");
  }
  if (std::find(options.protocols.begin(), options.protocols.end(), "all") ==
      options.protocols.end()) {
    return std::nullopt;
  }
  return BadArgument("--protocol=all stands for every protocol: name no other beside it");
}

Result<std::vector<std::string>> ProtocolIds(const Options& options, Connection& connection) {
  if (!AsksForAllProtocols(options)) return options.protocols;
  v1::ListProtocolsRequest request;
  request.set_page_size(1000);
  const auto listed = Call(*connection.catalog, &v1::Catalog::Stub::ListProtocols, request);
  if (const Failure* failure = FailureIn(listed)) return *failure;
  std::vector<std::string> ids;
  for (const v1::Protocol& protocol : std::get<v1::ListProtocolsResponse>(listed).protocols()) {
    ids.push_back(protocol.name().substr(protocol.name().find('/') + 1));
  }
  return ids;
}

}  // namespace picost::cli
