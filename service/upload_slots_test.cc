#include "service/upload_slots.h"

#include <vector>

#include "gtest/gtest.h"

namespace picost::service {
namespace {

constexpr std::chrono::seconds kShort{1};

TEST(UploadSlotsTest, TellsTheIdlestToEndWhereOthersWait) {
  UploadSlots slots;
  const UploadSlots::Time begin;
  std::vector<int> uploads(UploadSlots::kMost);
  int ended = 0;
  for (int& upload : uploads) {
    ASSERT_TRUE(slots.Take(
        &upload, [&ended, &upload] { ended += 1 + (upload = 7); }, begin));
  }
  int other = 0;
  const auto later = begin + UploadSlots::kIdle;
  for (int& upload : uploads) slots.Touch(&upload, begin + kShort);
  EXPECT_FALSE(slots.Take(
      &other, [] {}, later))
      << "nobody is idle for long enough";
  EXPECT_EQ(ended, 0);
  for (int& upload : uploads) slots.Touch(&upload, later);
  slots.Touch(&uploads[3], begin + kShort);
  EXPECT_FALSE(slots.Take(
      &other, [] {}, later + kShort))
      << "its place is not free yet";
  EXPECT_EQ(uploads[3], 7);
  EXPECT_EQ(ended, 8) << "one of them, once";
  slots.Free(&uploads[3]);
  EXPECT_TRUE(slots.Take(
      &other, [] {}, later + kShort));
}

}  // namespace
}  // namespace picost::service
