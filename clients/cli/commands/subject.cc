#include "clients/cli/commands/subject.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace picost::cli {
namespace {

Result<std::vector<std::string>> RewriteNames(const std::vector<std::string>& asked,
                                              Connection& connection) {
  std::vector<std::string> names;
  for (const std::string& id : asked) {
    if (id != "all" && id != "exact") {
      names.push_back(absl::StrCat("rewrites/", id));
      continue;
    }
    v1::ListRewritesRequest request;
    request.set_page_size(1000);
    const auto listed = Call(*connection.catalog, &v1::Catalog::Stub::ListRewrites, request);
    if (const Failure* failure = FailureIn(listed)) return *failure;
    for (const v1::Rewrite& rewrite : std::get<v1::ListRewritesResponse>(listed).rewrites()) {
      if (id == "all" || rewrite.exact()) names.push_back(rewrite.name());
    }
  }
  return names;
}

}  // namespace

Result<Subject> FindSubject(const Options& options, const Environment& environment) {
  Subject subject;
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  subject.connection = std::get<std::shared_ptr<Connection>>(std::move(connected));
  auto resolved = ResolveModel(options.positional[0], options, *subject.connection, environment);
  if (const Failure* failure = FailureIn(resolved)) return *failure;
  subject.model = std::get<ModelArgument>(std::move(resolved));
  auto named = RewriteNames(options.rewrites, *subject.connection);
  if (const Failure* failure = FailureIn(named)) return *failure;
  subject.rewrites = std::get<std::vector<std::string>>(std::move(named));
  return subject;
}

v1::ProtocolChoice ChooseProtocol(const std::string& id, const Options& options) {
  v1::ProtocolChoice choice;
  choice.set_protocol(absl::StrCat("protocols/", id));
  choice.mutable_parameters()->insert(options.parameters.begin(), options.parameters.end());
  return choice;
}

}  // namespace picost::cli
