#include "service/reloads.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace picost::service {
namespace {

using std::chrono::milliseconds;

TEST(ReloadsTest, AllPartsAreLoadedAndTheFirstErrorIsToldOfAll) {
  std::vector<std::string> told;
  const auto never = [] { return false; };
  Reloads reloads(
      {{"a", [] { return absl::OkStatus(); }, never},
       {"b", [] { return absl::NotFoundError("no b"); }, never},
       {"c", [] { return absl::InternalError("no c"); }, never}},
      [&](const std::string& part, const absl::Status& status, bool by_itself) {
        EXPECT_FALSE(by_itself);
        told.push_back(part + (status.ok() ? " good" : " bad"));
      },
      milliseconds(0));
  EXPECT_EQ(reloads.ReloadAll().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(told, (std::vector<std::string>{"a good", "b bad", "c bad"}));
}

TEST(ReloadsTest, WhatFailedIsTriedAgainByItselfAndTheSameFailureIsNoNews) {
  std::atomic<int> loads = 0;
  std::atomic<int> told = 0;
  std::atomic<bool> good = false;
  Reloads reloads(
      {{"a",
        [&] {
          ++loads;
          return good ? absl::OkStatus() : absl::NotFoundError("not yet");
        },
        [&] { return told < 2; }}},
      [&](const std::string&, const absl::Status& status, bool by_itself) {
        EXPECT_TRUE(by_itself);
        EXPECT_EQ(status.ok(), told == 1);
        ++told;
      },
      milliseconds(2));
  while (loads < 5) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(told, 1);  // of five failures
  good = true;
  while (told < 2) std::this_thread::sleep_for(milliseconds(1));
}

TEST(ReloadsTest, AStampDiffersWhenAFileDoes) {
  const std::string folder = std::string(std::getenv("TEST_TMPDIR")) + "/stamped";
  std::filesystem::create_directories(folder + "/inner");
  const std::string empty = FolderStamp(folder);
  std::ofstream(folder + "/inner/file") << "a";
  const std::string one = FolderStamp(folder);
  EXPECT_NE(one, empty);
  EXPECT_EQ(FolderStamp(folder), one);
  std::ofstream(folder + "/inner/file") << "longer";
  EXPECT_NE(FolderStamp(folder), one);
  EXPECT_NE(FilesStamp({folder + "/inner/file"}), FilesStamp({folder + "/nothing"}));
  // Other bytes of equal length with the old time, as cp -p and rsync leave them.
  const std::string file = folder + "/inner/file";
  const auto time = std::filesystem::last_write_time(file);
  const std::string before = FilesStamp({file});
  std::ofstream(file + ".new") << "LONGER";
  std::filesystem::last_write_time(file + ".new", time);
  std::filesystem::rename(file + ".new", file);
  EXPECT_EQ(std::filesystem::last_write_time(file), time);
  EXPECT_NE(FilesStamp({file}), before);
  EXPECT_EQ(FolderStamp(folder + "/nothing"), "");
}

}  // namespace
}  // namespace picost::service
