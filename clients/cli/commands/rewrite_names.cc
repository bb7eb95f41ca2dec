#include "clients/cli/commands/rewrite_names.h"

#include "absl/strings/str_cat.h"

namespace picost::cli {

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

}  // namespace picost::cli
