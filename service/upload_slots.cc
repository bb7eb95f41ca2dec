#include "service/upload_slots.h"

#include <algorithm>
#include <utility>

namespace picost::service {

bool UploadSlots::Take(const void* upload, std::function<void()> end, Time now) {
  const std::lock_guard lock(mutex_);
  if (slots_.size() < kMost) {
    slots_[upload] = {std::move(end), now};
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

void UploadSlots::Touch(const void* upload, Time now) {
  const std::lock_guard lock(mutex_);
  if (const auto slot = slots_.find(upload); slot != slots_.end()) slot->second.last = now;
}

void UploadSlots::Free(const void* upload) {
  const std::lock_guard lock(mutex_);
  slots_.erase(upload);
}

}  // namespace picost::service
