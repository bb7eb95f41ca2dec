// Token buckets, one per principal.
#ifndef PICOST_SERVICE_ACCESS_RATE_LIMITER_H_
#define PICOST_SERVICE_ACCESS_RATE_LIMITER_H_

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace picost::service {

struct CallRate {
  double calls_per_second = 0;
  double burst_calls = 0;  // at least 1

  friend bool operator==(const CallRate&, const CallRate&) = default;
};

// Safe from many threads. Buckets live as long as the limiter: their number is
// that of principals, which an operator names.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Zero: the call may go on, and is counted. Otherwise how long until one more
  // call may; this one is not counted. A bucket starts full; one whose rate has
  // changed keeps what it holds, at most the new burst.
  std::chrono::milliseconds Take(std::string_view principal, const CallRate& rate, Time now);

 private:
  struct Bucket {
    double calls = 0;
    Time filled_at;
  };
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_ACCESS_RATE_LIMITER_H_
