// Places of streams that go on at the same time, of one kind: of each kind there is a
// limit, for what they hold (an upload as much memory as a model's structure) and
// because an open stream costs its client nothing. None keeps its place while it sends
// nothing and others wait.
#ifndef PICOST_SERVICE_STREAM_SLOTS_H_
#define PICOST_SERVICE_STREAM_SLOTS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string_view>

#include "absl/status/status.h"

namespace picost::service {

// Safe from many threads.
class StreamSlots {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr size_t kMostUploads = 16;
  static constexpr std::chrono::seconds kIdle{30};

  explicit StreamSlots(size_t most) : most_(most) {}

  size_t most() const { return most_; }

  // Never more than most() at once. False where all are taken; the one that has been
  // idle longest is then told to end, if that is kIdle or more. `end` is called under
  // the lock, so that the stream lasts; it may come back with Free.
  bool Take(const void* stream, std::function<void()> end, Time now);
  // Its client has been heard of. Time::max(): it is the server's turn, the stream is
  // not idle until it is touched again.
  void Touch(const void* stream, Time now);
  void Free(const void* stream);

  // What a stream without a place is answered. streams: their kind, as "uploads".
  absl::Status Full(std::string_view streams) const;

 private:
  struct Slot {
    std::function<void()> end;
    Time last;
  };
  const size_t most_;
  std::recursive_mutex mutex_;
  std::map<const void*, Slot> slots_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STREAM_SLOTS_H_
