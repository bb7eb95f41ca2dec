// Threads for the work that takes long: importing models of strangers.
//
// gRPC's own threads only dispatch and answer what is quick, so that a hundred
// big models do not keep a health check waiting. The queue is bounded: what does
// not fit is refused at once instead of being late.
#ifndef PICOST_SERVICE_WORK_QUEUE_H_
#define PICOST_SERVICE_WORK_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace picost::service {

class WorkQueue {
 public:
  // capacity: tasks that may wait beside those that run.
  WorkQueue(int threads, size_t capacity);
  ~WorkQueue() { End(); }

  // Runs what was accepted and returns when all of it has, to the last line. Nothing is
  // accepted afterwards. May be called again, but from one thread.
  void End();

  // False: the queue is full or ended, and the task will not run.
  bool TrySubmit(std::function<void()> task);

 private:
  void Loop();

  const size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_WORK_QUEUE_H_
