#include "service/stream_slots.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "service/error_reason.h"

namespace picost::service {

bool StreamSlots::Take(const void* stream, std::function<void()> end, Time now) {
  const std::lock_guard lock(mutex_);
  if (slots_.size() < most_) {
    slots_[stream] = {std::move(end), now};
    return true;
  }
  const auto idlest =
      std::min_element(slots_.begin(), slots_.end(),
                       [](const auto& a, const auto& b) { return a.second.last < b.second.last; });
  if (now > idlest->second.last && now - idlest->second.last >= kIdle) {
    const std::function<void()> idle_end = idlest->second.end;
    idle_end();
  }
  return false;
}

void StreamSlots::Touch(const void* stream, Time now) {
  const std::lock_guard lock(mutex_);
  if (const auto slot = slots_.find(stream); slot != slots_.end()) slot->second.last = now;
}

void StreamSlots::Free(const void* stream) {
  const std::lock_guard lock(mutex_);
  slots_.erase(stream);
}

absl::Status StreamSlots::Full(std::string_view streams) const {
  constexpr std::chrono::milliseconds kRetryDelay{500};
  absl::Status status = MakeError(absl::StatusCode::kResourceExhausted,
                                  absl::StrCat("the limit of ", most_, " ", std::string(streams),
                                               " at the same time is reached"),
                                  {.mend = "Try again a little later."});
  return WithRetryDelay(WithReason(std::move(status), kOverloaded), kRetryDelay);
}

}  // namespace picost::service
