#include "service/work_queue.h"

#include <atomic>
#include <future>

#include "gtest/gtest.h"

namespace picost::service {
namespace {

TEST(WorkQueueTest, RunsWhatItAcceptsBeforeItEnds) {
  std::atomic<int> done = 0;
  int accepted = 0;
  {
    WorkQueue queue(3, 1000);
    for (int i = 0; i < 500; ++i) accepted += queue.TrySubmit([&done] { ++done; });
  }
  EXPECT_EQ(accepted, 500);
  EXPECT_EQ(done, accepted);
}

TEST(WorkQueueTest, RefusesWhatDoesNotFit) {
  std::promise<void> started;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::atomic<int> done = 0;
  {
    WorkQueue queue(1, 2);
    ASSERT_TRUE(queue.TrySubmit([&] {
      started.set_value();
      released.wait();
      ++done;
    }));
    started.get_future().wait();  // the only thread is busy, the queue is empty
    EXPECT_TRUE(queue.TrySubmit([&] { ++done; }));
    EXPECT_TRUE(queue.TrySubmit([&] { ++done; }));
    EXPECT_FALSE(queue.TrySubmit([&] { done += 100; }));
    release.set_value();
  }
  EXPECT_EQ(done, 3);
}

TEST(WorkQueueTest, AfterItsEndAllHasRunAndNothingIsTaken) {
  WorkQueue queue(2, 100);
  std::atomic<int> done{0};
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(queue.TrySubmit([&done] { ++done; }));
  queue.End();
  EXPECT_EQ(done, 50);
  EXPECT_FALSE(queue.TrySubmit([&done] { ++done; }));
  queue.End();
  EXPECT_EQ(done, 50);
}

}  // namespace
}  // namespace picost::service
