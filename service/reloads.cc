#include "service/reloads.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace picost::service {

namespace fs = std::filesystem;

Reloads::Reloads(std::vector<ReloadPart> parts, Report report, std::chrono::milliseconds period)
    : parts_(std::move(parts)), report_(std::move(report)), period_(period), last_(parts_.size()) {
  if (period_.count() > 0) thread_ = std::thread([this] { Loop(); });
}

Reloads::~Reloads() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::Status Reloads::ReloadAll() {
  const std::lock_guard lock(loading_);
  absl::Status first;
  for (size_t i = 0; i < parts_.size(); ++i) {
    last_[i] = parts_[i].load();
    report_(parts_[i].name, last_[i], /*by_itself=*/false);
    first.Update(last_[i]);
  }
  return first;
}

void Reloads::Loop() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, period_, [this] { return ending_; })) {
    lock.unlock();
    {
      const std::lock_guard one(loading_);
      for (size_t i = 0; i < parts_.size(); ++i) {
        if (!parts_[i].wants_retry()) continue;
        const absl::Status status = parts_[i].load();
        // The same failure again is no news.
        if (status.ok() || status != last_[i]) report_(parts_[i].name, status, /*by_itself=*/true);
        last_[i] = status;
      }
    }
    lock.lock();
  }
}

namespace {

std::string StampOf(const std::string& path, std::string_view without_ending) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    if (!it->is_regular_file(ignored)) continue;
    std::string file = it->path().string();
    if (without_ending.empty() || !file.ends_with(without_ending)) files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end());
  return FilesStamp(files);
}

}  // namespace

std::string FolderStamp(const std::string& path) { return StampOf(path, ""); }

std::string CalibrationStamp(const std::string& path) { return StampOf(path, ".journal"); }

std::string FilesStamp(const std::vector<std::string>& paths) {
  const auto nanos = [](const timespec& time) {
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  std::string stamp;
  for (const std::string& path : paths) {
    struct stat file = {};
    if (stat(path.c_str(), &file) != 0) {
      absl::StrAppend(&stamp, path, "|absent\n");
      continue;
    }
    // The time of modification can be set back, and is, by cp -p, rsync and tar: of a
    // file of equal size then only inode and time of change tell.
    absl::StrAppend(&stamp, path, "|", file.st_size, "|", file.st_ino, "|", nanos(file.st_mtim),
                    "|", nanos(file.st_ctim), "\n");
  }
  return stamp;
}

}  // namespace picost::service
