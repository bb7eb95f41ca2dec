// The machine-readable reason of an error, beside its status code.
//
// Reasons are part of the wire surface (proto/README.md lists them): clients
// choose exit statuses and retries by them.
#ifndef PICOST_SERVICE_ERROR_REASON_H_
#define PICOST_SERVICE_ERROR_REASON_H_

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/status.h"

namespace picost::service {

inline constexpr char kErrorDomain[] = "picost.dev";

inline constexpr char kModelRefused[] = "MODEL_REFUSED";
inline constexpr char kLayerNotPlanned[] = "LAYER_NOT_PLANNED";
inline constexpr char kTablesMissing[] = "TABLES_MISSING";
inline constexpr char kOverloaded[] = "OVERLOADED";
inline constexpr char kRateLimited[] = "RATE_LIMITED";

// The same status with a reason; an OK status and one that has a reason already
// stay as they are.
absl::Status WithReason(absl::Status status, const std::string& reason);

// The reason given, else one that follows from the code ("INVALID_REQUEST", ...).
std::string GetReason(const absl::Status& status);

// When a client should try again; nothing where it was not said.
absl::Status WithRetryDelay(absl::Status status, std::chrono::milliseconds delay);
std::optional<std::chrono::milliseconds> GetRetryDelay(const absl::Status& status);

}  // namespace picost::service

#endif  // PICOST_SERVICE_ERROR_REASON_H_
