#include "service/error_reason.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"

namespace picost::service {
namespace {

constexpr char kPayload[] = "picost.dev/error/reason";
constexpr char kRetryPayload[] = "picost.dev/error/retry-milliseconds";

}  // namespace

absl::Status WithReason(absl::Status status, const std::string& reason) {
  if (!status.ok() && !status.GetPayload(kPayload).has_value()) {
    status.SetPayload(kPayload, absl::Cord(reason));
  }
  return status;
}

std::string GetReason(const absl::Status& status) {
  if (auto reason = status.GetPayload(kPayload); reason.has_value()) return std::string(*reason);
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return "INVALID_REQUEST";
    case absl::StatusCode::kNotFound:
      return "NOT_FOUND";
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return "CONFLICT";
    case absl::StatusCode::kResourceExhausted:
      return "LIMIT";
    case absl::StatusCode::kFailedPrecondition:
      return "PRECONDITION";
    case absl::StatusCode::kUnimplemented:
      return "NOT_COVERED";
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return "ACCESS";
    case absl::StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return "DEADLINE";
    case absl::StatusCode::kDataLoss:
      return "DATA_LOSS";
    default:
      return "INTERNAL";
  }
}

absl::Status WithRetryDelay(absl::Status status, std::chrono::milliseconds delay) {
  status.SetPayload(kRetryPayload, absl::Cord(std::to_string(delay.count())));
  return status;
}

std::optional<std::chrono::milliseconds> GetRetryDelay(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryPayload);
  int64_t milliseconds = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &milliseconds))
    return std::nullopt;
  return std::chrono::milliseconds(milliseconds);
}

}  // namespace picost::service
