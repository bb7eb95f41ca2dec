#include "estimator/base/error.h"

#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace picost {
namespace {

struct Member {
  const char* payload_url;
  std::string ErrorSite::*value;
};

// Order is the order of the words in the message.
constexpr Member kMembers[] = {
    {"picost.dev/error/field", &ErrorSite::field}, {"picost.dev/error/node", &ErrorSite::node},
    {"picost.dev/error/operator", &ErrorSite::op}, {"picost.dev/error/opset", &ErrorSite::opset},
    {"picost.dev/error/mend", &ErrorSite::mend},
};

std::string Message(std::string what, const ErrorSite& site) {
  std::vector<std::string> where;
  if (!site.field.empty()) where.push_back(absl::StrCat("field ", site.field));
  if (!site.node.empty()) where.push_back(absl::StrCat("node '", site.node, "'"));
  if (!site.op.empty()) where.push_back(absl::StrCat("operator ", site.op));
  if (!site.opset.empty()) where.push_back(absl::StrCat("opset ", site.opset));
  std::string message = std::move(what);
  if (!where.empty()) absl::StrAppend(&message, " (", absl::StrJoin(where, ", "), ")");
  absl::StrAppend(&message, ".");
  if (!site.mend.empty()) absl::StrAppend(&message, " ", site.mend);
  return message;
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, std::string what, const ErrorSite& site) {
  absl::Status status(code, Message(std::move(what), site));
  for (const Member& member : kMembers) {
    const std::string& value = site.*member.value;
    if (!value.empty()) status.SetPayload(member.payload_url, absl::Cord(value));
  }
  return status;
}

ErrorSite GetErrorSite(const absl::Status& status) {
  ErrorSite site;
  for (const Member& member : kMembers) {
    if (auto payload = status.GetPayload(member.payload_url); payload.has_value()) {
      site.*member.value = std::string(*payload);
    }
  }
  return site;
}

absl::Status AtElement(const absl::Status& status, const std::string& element) {
  absl::Status located(status.code(),
                       absl::StrCat(element, ": ", absl::string_view(status.message())));
  status.ForEachPayload([&located](absl::string_view url, const absl::Cord& payload) {
    located.SetPayload(url, payload);
  });
  const std::string field = GetErrorSite(status).field;
  const std::string path = field.empty() ? element : absl::StrCat(element, ".", field);
  located.SetPayload(kMembers[0].payload_url, absl::Cord(path));
  return located;
}

}  // namespace picost
