#include "service/stream_slots.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace picost::service {
namespace {

constexpr std::chrono::seconds kShort{1};
constexpr size_t kMost = 16;

TEST(StreamSlotsTest, TellsTheIdlestToEndWhereOthersWait) {
  StreamSlots slots(kMost);
  const StreamSlots::Time begin;
  std::vector<int> streams(kMost);
  int ended = 0;
  for (int& stream : streams) {
    ASSERT_TRUE(slots.Take(
        &stream, [&ended, &stream] { ended += 1 + (stream = 7); }, begin));
  }
  int other = 0;
  const auto later = begin + StreamSlots::kIdle;
  for (int& stream : streams) slots.Touch(&stream, begin + kShort);
  EXPECT_FALSE(slots.Take(
      &other, [] {}, later))
      << "nobody is idle for long enough";
  EXPECT_EQ(ended, 0);
  for (int& stream : streams) slots.Touch(&stream, later);
  slots.Touch(&streams[3], begin + kShort);
  EXPECT_FALSE(slots.Take(
      &other, [] {}, later + kShort))
      << "its place is not free yet";
  EXPECT_EQ(streams[3], 7);
  EXPECT_EQ(ended, 8) << "one of them, once";
  slots.Free(&streams[3]);
  EXPECT_TRUE(slots.Take(
      &other, [] {}, later + kShort));
}

TEST(StreamSlotsTest, SoManyAndNoMoreWhoeverIsRefusedOrFreed) {
  StreamSlots slots(kMost);
  const StreamSlots::Time now;
  std::vector<int> streams(kMost);
  for (int& stream : streams) {
    ASSERT_TRUE(slots.Take(
        &stream, [] {}, now));
  }
  int late = 0;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(slots.Take(
        &late, [] {}, now));
    slots.Free(&late);  // as the call that was refused ends: nobody's place
  }
  slots.Free(&streams[5]);
  slots.Free(&streams[5]);
  EXPECT_TRUE(slots.Take(
      &late, [] {}, now));
  EXPECT_FALSE(slots.Take(
      &streams[5], [] {}, now))
      << "the place went to whoever came first";
}

TEST(StreamSlotsTest, HoldsTheLimitBetweenThreads) {
  StreamSlots slots(kMost);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 2 * kMost; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const int stream = i;
        if (!slots.Take(&stream, [] {}, {})) {
          ++refused;
          continue;
        }
        const int now = ++inside;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
        std::this_thread::yield();
        --inside;
        slots.Free(&stream);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, static_cast<int>(kMost));
  EXPECT_EQ(inside, 0);
  const std::vector<int> streams(kMost);
  for (size_t i = 0; i < streams.size(); ++i) {
    EXPECT_TRUE(slots.Take(&streams[i], [] {}, {}))
        << i << ": a place was lost, " << refused << " were refused";
  }
}

}  // namespace
}  // namespace picost::service
