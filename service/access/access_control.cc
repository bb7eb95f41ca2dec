#include "service/access/access_control.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/access/method_roles.h"
#include "service/access/token.h"
#include "service/config/config_check.h"
#include "service/error_reason.h"

namespace picost::service {
namespace {

constexpr char kAnonymous[] = "anonymous";

std::optional<CallRate> RateOf(bool present, const config::Rate& rate) {
  if (!present) return std::nullopt;
  const double burst = rate.burst_calls() > 0 ? static_cast<double>(rate.burst_calls())
                                              : std::max(1.0, rate.calls_per_second());
  return CallRate{.calls_per_second = rate.calls_per_second(), .burst_calls = burst};
}

absl::Status Unknown(const char* what, const char* mend) {
  return MakeError(absl::StatusCode::kUnauthenticated, what,
                   {.field = "authorization", .mend = mend});
}

}  // namespace

struct AccessControl::Table {
  std::vector<std::pair<TokenDigest, std::shared_ptr<const Principal>>> by_token;
  std::map<std::string, std::shared_ptr<const Principal>, std::less<>> by_certificate;
  size_t size = 0;
};

AccessControl::AccessControl(config::DaemonConfig config) : config_(std::move(config)) {
  const config::Access& access = config_.access();
  const config::Limits& limits = config_.limits();
  auto anonymous = std::make_shared<Principal>();
  anonymous->name = kAnonymous;
  anonymous->role = config_.has_access() ? access.anonymous_role() : config::ROLE_ADMIN;
  anonymous->rate = access.has_anonymous_rate()
                        ? RateOf(true, access.anonymous_rate())
                        : RateOf(limits.has_calls_per_principal(), limits.calls_per_principal());
  anonymous_ = std::move(anonymous);
}

AccessControl::~AccessControl() = default;

absl::StatusOr<std::unique_ptr<AccessControl>> AccessControl::Create(
    const config::DaemonConfig& config) {
  std::unique_ptr<AccessControl> control(new AccessControl(config));
  PICOST_RETURN_IF_ERROR(control->Reload());
  return control;
}

absl::StatusOr<std::shared_ptr<const AccessControl::Table>> AccessControl::Read() const {
  auto table = std::make_shared<Table>();
  if (!config_.has_access()) return std::shared_ptr<const Table>(std::move(table));
  config::Principals file;
  const std::vector<std::string> problems =
      ReadTextFile(config_.access().principals_file(), CheckPrincipals, file);
  if (!problems.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, absl::StrJoin(problems, "; "),
                     {.field = "access.principals_file", .mend = "Correct the file."});
  }
  const config::Limits& limits = config_.limits();
  for (const config::Principal& from : file.principals()) {
    auto principal = std::make_shared<Principal>();
    principal->name = from.name();
    principal->role = from.role();
    principal->rate = from.has_rate()
                          ? RateOf(true, from.rate())
                          : RateOf(limits.has_calls_per_principal(), limits.calls_per_principal());
    for (const std::string& hex : from.token_sha256()) {
      table->by_token.emplace_back(*DigestFromHex(hex), principal);
    }
    for (const std::string& name : from.certificate_names())
      table->by_certificate[name] = principal;
  }
  table->size = static_cast<size_t>(file.principals_size());
  return std::shared_ptr<const Table>(std::move(table));
}

absl::Status AccessControl::Reload() {
  PICOST_ASSIGN_OR_RETURN(std::shared_ptr<const Table> fresh, Read());
  const std::lock_guard lock(mutex_);
  table_ = std::move(fresh);
  return absl::OkStatus();
}

std::shared_ptr<const AccessControl::Table> AccessControl::table() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

size_t AccessControl::size() const { return table()->size; }

absl::StatusOr<std::shared_ptr<const Principal>> AccessControl::Identify(
    const Credentials& shown) const {
  if (!config_.has_access()) return anonymous_;
  const std::shared_ptr<const Table> table = this->table();
  if (!shown.authorization.empty()) {
    constexpr std::string_view kScheme = "bearer ";
    if (!absl::StartsWithIgnoreCase(
            absl::string_view(shown.authorization.data(), shown.authorization.size()), "bearer ")) {
      return Unknown("the metadata 'authorization' holds no bearer token",
                     "Send 'authorization: Bearer TOKEN'.");
    }
    const TokenDigest digest = DigestOf(shown.authorization.substr(kScheme.size()));
    // All are compared, whichever fits: the time tells nothing.
    std::shared_ptr<const Principal> found;
    for (const auto& [known, principal] : table->by_token) {
      if (Equal(known, digest)) found = principal;
    }
    if (found == nullptr) {
      return Unknown("the token belongs to nobody",
                     "Ask the operator for a token; an old one may have been withdrawn.");
    }
    return found;
  }
  for (const std::string_view name : shown.certificate_names) {
    const auto found = table->by_certificate.find(name);
    if (found != table->by_certificate.end()) return found->second;
  }
  if (!shown.certificate_names.empty()) {
    return Unknown("the certificate's names belong to nobody",
                   "Ask the operator to add one of them to the principals.");
  }
  if (anonymous_->role == config::ROLE_UNSPECIFIED) {
    return Unknown("the call shows neither a token nor a certificate",
                   "Send 'authorization: Bearer TOKEN', or connect with a client certificate.");
  }
  return anonymous_;
}

absl::Status AccessControl::Authorize(const Principal& principal, config::Role required,
                                      std::string_view method) {
  if (principal.role >= required) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kPermissionDenied,
      absl::StrCat(principal.name, " is ", std::string(RoleName(principal.role)), "; ",
                   std::string(method), " is for the role ", std::string(RoleName(required))),
      {.mend = "Ask the operator for that role."});
}

absl::Status AccessControl::Meter(const Principal& principal, RateLimiter::Time now) {
  if (!principal.rate.has_value()) return absl::OkStatus();
  const std::chrono::milliseconds wait = limiter_.Take(principal.name, *principal.rate, now);
  if (wait.count() == 0) return absl::OkStatus();
  absl::Status status = MakeError(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat(principal.name, " makes more than ", principal.rate->calls_per_second,
                   " calls a second"),
      {.mend = absl::StrCat("Wait ", wait.count(), " ms, or put many questions into one call.")});
  return WithRetryDelay(WithReason(std::move(status), kRateLimited), wait);
}

}  // namespace picost::service
