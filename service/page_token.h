// Page tokens: opaque to clients, checked when they come back.
//
// A token holds the method and filter it was made for and the key of the last
// item sent, so that pages stay consistent while items come and go.
#ifndef PICOST_SERVICE_PAGE_TOKEN_H_
#define PICOST_SERVICE_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace picost::service {

// scope: method and filter, "ListModels|display name".
std::string EncodePageToken(std::string_view scope, std::string_view last_key);

// The key; empty for an empty token (the first page). kInvalidArgument where the
// token was not made for this scope.
absl::StatusOr<std::string> DecodePageToken(std::string_view scope, std::string_view token);

// A page of a fixed list of `count` items, keyed by their index.
struct IndexPage {
  int64_t begin = 0;
  int64_t end = 0;
  std::string next_page_token;  // empty on the last page
};
absl::StatusOr<IndexPage> PageOfList(std::string_view scope, int64_t count, int32_t page_size,
                                     std::string_view page_token, int32_t default_size,
                                     int32_t maximum_size);

// 0: the default. kInvalidArgument where negative or above the maximum.
absl::StatusOr<int32_t> ResolvePageSize(int32_t page_size, int32_t default_size,
                                        int32_t maximum_size);

}  // namespace picost::service

#endif  // PICOST_SERVICE_PAGE_TOKEN_H_
