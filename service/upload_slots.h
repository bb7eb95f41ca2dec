// Uploads that go on at the same time. Each may hold as much memory as a model's
// structure (max_structure_bytes), so there is a limit; and none keeps its place
// while it sends nothing and others wait.
#ifndef PICOST_SERVICE_UPLOAD_SLOTS_H_
#define PICOST_SERVICE_UPLOAD_SLOTS_H_

#include <chrono>
#include <functional>
#include <map>
#include <mutex>

namespace picost::service {

// Safe from many threads.
class UploadSlots {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr int kMost = 16;
  static constexpr std::chrono::seconds kIdle{30};

  // False where all are taken; the one that has been idle longest is then told to
  // end, if that is kIdle or more. `end` is called under the lock, so that it lasts;
  // it may come back with Free.
  bool Take(const void* upload, std::function<void()> end, Time now);
  void Touch(const void* upload, Time now);
  void Free(const void* upload);

 private:
  struct Slot {
    std::function<void()> end;
    Time last;
  };
  std::recursive_mutex mutex_;
  std::map<const void*, Slot> slots_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_UPLOAD_SLOTS_H_
