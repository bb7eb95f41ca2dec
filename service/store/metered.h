// Times a call of a store and tells whether the store itself failed.
#ifndef PICOST_SERVICE_STORE_METERED_H_
#define PICOST_SERVICE_STORE_METERED_H_

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace picost::service {

// failed: for the store's own reasons; that a record is not there, is there already
// or has changed is an answer.
using StoreReport = std::function<void(const std::string& operation, bool failed, double seconds)>;

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }

template <typename Value>
absl::Status StatusOf(const absl::StatusOr<Value>& value) {
  return value.status();
}

template <typename Call>
auto Metered(const StoreReport& report, const char* operation, Call call) {
  const auto begin = std::chrono::steady_clock::now();
  auto result = call();
  const absl::Status status = StatusOf(result);
  const bool failed = !status.ok() && !absl::IsNotFound(status) && !absl::IsAlreadyExists(status) &&
                      !absl::IsAborted(status);
  report(operation, failed,
         std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return result;
}

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_METERED_H_
