#include "service/page_token.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"

namespace picost::service {
namespace {

constexpr size_t kDigestLength = 16;

// Not a secret: it tells a token of another method, filter or version apart.
std::string Digest(std::string_view scope, std::string_view key) {
  return Fingerprinter("page-token/1").Add(scope).Add(key).Hex().substr(0, kDigestLength);
}

absl::Status WrongToken() {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "page_token was not given by this method with this filter",
                   {.field = "page_token",
                    .mend = "Pass next_page_token of the page before, or nothing for the first."});
}

}  // namespace

std::string EncodePageToken(std::string_view scope, std::string_view last_key) {
  return absl::WebSafeBase64Escape(absl::StrCat(Digest(scope, last_key), std::string(last_key)));
}

absl::StatusOr<std::string> DecodePageToken(std::string_view scope, std::string_view token) {
  if (token.empty()) return std::string();
  std::string plain;
  if (!absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &plain) ||
      plain.size() < kDigestLength) {
    return WrongToken();
  }
  const std::string key = plain.substr(kDigestLength);
  if (plain.substr(0, kDigestLength) != Digest(scope, key)) return WrongToken();
  return key;
}

absl::StatusOr<int32_t> ResolvePageSize(int32_t page_size, int32_t default_size,
                                        int32_t maximum_size) {
  if (page_size < 0 || page_size > maximum_size) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, absl::StrCat("page_size is ", page_size),
        {.field = "page_size",
         .mend = absl::StrCat("Use 0 (for ", default_size, ") to ", maximum_size, ".")});
  }
  return page_size == 0 ? default_size : page_size;
}

absl::StatusOr<IndexPage> PageOfList(std::string_view scope, int64_t count, int32_t page_size,
                                     std::string_view page_token, int32_t default_size,
                                     int32_t maximum_size) {
  PICOST_ASSIGN_OR_RETURN(const int32_t size,
                          ResolvePageSize(page_size, default_size, maximum_size));
  PICOST_ASSIGN_OR_RETURN(const std::string key, DecodePageToken(scope, page_token));
  IndexPage page;
  if (!key.empty() && !absl::SimpleAtoi(key, &page.begin)) return WrongToken();
  page.begin = std::clamp<int64_t>(page.begin, 0, count);  // the list may have shrunk
  page.end = std::min<int64_t>(page.begin + size, count);
  if (page.end < count) page.next_page_token = EncodePageToken(scope, absl::StrCat(page.end));
  return page;
}

}  // namespace picost::service
