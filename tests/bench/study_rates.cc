// What adding and reading trials costs when a SQLite file holds very many.
//
//   bazel run --config=opt //tests/bench:study_rates [-- TRIALS [FOLDER]]
//
// A million by default, of the size that real ones have. Exit status 1 where adding one
// takes 2 ms or more in the mean, or takes over three times as long as in an empty file.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/store/sqlite_study_store.h"

namespace picost::service {
namespace {

constexpr int kMeasured = 2000;
constexpr size_t kBodyBytes = 1350;  // a trial of the CIFAR ResNet-18 with 17 kept counts

double MillisecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

NewTrial TrialOf(int64_t number) {
  NewTrial trial{.create_time_micros = number,
                 .request_id = absl::StrCat("request-", number),
                 .tags = {absl::StrCat("generation-", number / 1000)},
                 .body = std::string(kBodyBytes, 'x')};
  for (size_t i = 0; i < trial.body.size(); ++i) {
    trial.body[i] = static_cast<char>((number * 31 + static_cast<int64_t>(i) * 17) % 251);
  }
  return trial;
}

double Report(const char* what, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  double sum = 0;
  for (const double time : times) sum += time;
  const double mean = sum / static_cast<double>(times.size());
  std::printf("%-34s mean %7.3f ms  median %7.3f ms  99 %% %7.3f ms\n", what, mean,
              times[times.size() / 2], times[times.size() * 99 / 100]);
  return mean;
}

double MeasureAdding(SqliteStudyStore& store, const char* what, int64_t from) {
  std::vector<double> times;
  for (int i = 0; i < kMeasured; ++i) {
    const std::vector<NewTrial> one = {TrialOf(from + i)};
    const auto begin = std::chrono::steady_clock::now();
    if (!store.AddTrials("study", "", one).ok()) std::abort();
    times.push_back(MillisecondsSince(begin));
  }
  return Report(what, times);
}

int Run(int64_t trials, const std::string& folder) {
  const std::string path = folder + "/study_rates.db";
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(path + ending);
  auto store = *SqliteStudyStore::Open(path);
  if (!store->Insert({.id = "study"}).ok()) return 1;
  const double empty = MeasureAdding(*store, "add one to an empty study", 0);
  const auto begin = std::chrono::steady_clock::now();
  constexpr int64_t kBatch = 1000;
  for (int64_t at = kMeasured; at < trials; at += kBatch) {
    std::vector<NewTrial> batch;
    for (int64_t i = at; i < std::min(at + kBatch, trials); ++i) batch.push_back(TrialOf(i));
    if (!store->AddTrials("study", "", batch).ok()) return 1;
  }
  std::printf("%lld trials in batches of %lld: %.1f s, file %.0f MB\n",
              static_cast<long long>(trials), static_cast<long long>(kBatch),
              MillisecondsSince(begin) / 1000,
              static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  const double full = MeasureAdding(*store, "add one to the full study", trials);
  std::vector<double> pages;
  for (int64_t i = 0; i < 200; ++i) {
    const auto page_begin = std::chrono::steady_clock::now();
    const TrialQuery query{.study = "study", .after_number = i * (trials / 200), .limit = 100};
    if (!store->ListTrials(query).ok()) return 1;
    pages.push_back(MillisecondsSince(page_begin));
  }
  Report("a page of 100 from anywhere", pages);
  store.reset();
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(path + ending);
  const bool good = full < 2 && full < 3 * empty;
  std::printf("%s: %.2f times an empty study\n", good ? "good" : "TOO SLOW", full / empty);
  return good ? 0 : 1;
}

}  // namespace
}  // namespace picost::service

int main(int argc, char** argv) {
  const int64_t trials = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const std::string folder = argc > 2 ? argv[2] : std::filesystem::temp_directory_path().string();
  return picost::service::Run(trials, folder);
}
