#include "service/reloads.h"

#include <algorithm>
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
  std::string stamp;
  for (const std::string& path : paths) {
    std::error_code ignored;
    absl::StrAppend(&stamp, path, "|", fs::file_size(path, ignored), "|",
                    fs::last_write_time(path, ignored).time_since_epoch().count(), "\n");
  }
  return stamp;
}

}  // namespace picost::service
