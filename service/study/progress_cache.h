// The progress of studies in memory: whoever asks pays for the trials added since the
// last time, wherever they were added.
#ifndef PICOST_SERVICE_STUDY_PROGRESS_CACHE_H_
#define PICOST_SERVICE_STUDY_PROGRESS_CACHE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "proto/picost/v1/studies.pb.h"
#include "service/store/study_store.h"
#include "service/study/study_progress.h"

namespace picost::service {

class ProgressCache {
 public:
  // store outlives the cache.
  explicit ProgressCache(StudyStore* store) : store_(store) {}

  // Of all trials that are kept by now. `study`: of the store, with its etag.
  // kAborted where it has been deleted and created again meanwhile: what is folded,
  // and what the store is told to remember, is of one study alone.
  absl::StatusOr<StudyProgress> Get(const std::string& id, const v1::Study& study);

 private:
  // Studies remembered; all are dropped when there are more, and read from where the
  // store remembers them.
  static constexpr size_t kMost = 64;
  static constexpr int64_t kPage = 1000;
  // Trials after which the store is told how far it went.
  static constexpr int64_t kSaveAfter = 1000;

  struct Entry {
    std::mutex mutex;
    bool started = false;
    StudyProgress progress;
    int64_t saved = 0;
  };

  StudyStore* const store_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;  // by id and etag
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_PROGRESS_CACHE_H_
