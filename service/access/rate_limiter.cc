#include "service/access/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace picost::service {

std::chrono::milliseconds RateLimiter::Take(std::string_view principal, const CallRate& rate,
                                            Time now) {
  const std::lock_guard lock(mutex_);
  auto found = buckets_.find(principal);
  if (found == buckets_.end()) {
    found = buckets_.emplace(principal, Bucket{rate.burst_calls, now}).first;
  }
  Bucket& bucket = found->second;
  // Threads may bring their readings of the clock out of order.
  if (now > bucket.filled_at) {
    const double seconds = std::chrono::duration<double>(now - bucket.filled_at).count();
    bucket.calls += seconds * rate.calls_per_second;
    bucket.filled_at = now;
  }
  bucket.calls = std::min(bucket.calls, rate.burst_calls);
  if (bucket.calls >= 1) {
    bucket.calls -= 1;
    return std::chrono::milliseconds(0);
  }
  const double wait = std::ceil(1000 * (1 - bucket.calls) / rate.calls_per_second);
  constexpr double kLongestMilliseconds = 3.6e6;
  return std::chrono::milliseconds(
      static_cast<int64_t>(std::clamp(wait, 1.0, kLongestMilliseconds)));
}

}  // namespace picost::service
