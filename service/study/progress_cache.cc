#include "service/study/progress_cache.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "service/study/study_records.h"

namespace picost::service {

absl::StatusOr<StudyProgress> ProgressCache::Get(const std::string& id, const v1::Study& study) {
  std::shared_ptr<Entry> entry;
  {
    std::lock_guard lock(mutex_);
    const std::string key = absl::StrCat(id, "|", study.etag());
    if (entries_.size() >= kMost && !entries_.contains(key)) entries_.clear();
    std::shared_ptr<Entry>& slot = entries_[key];
    if (slot == nullptr) slot = std::make_shared<Entry>();
    entry = slot;
  }
  std::lock_guard lock(entry->mutex);
  if (!entry->started) {
    PICOST_ASSIGN_OR_RETURN(const StudyRecord record, store_->Get(id));
    if (record.etag != study.etag()) return StudyEtagDiffers(id, study.etag(), record.etag);
    entry->progress = StudyProgress::Restore(record.progress);
    entry->saved = entry->progress.number();
    entry->started = true;
  }
  while (true) {
    PICOST_ASSIGN_OR_RETURN(const std::vector<TrialRecord> page,
                            store_->ListTrials({.study = id,
                                                .etag = study.etag(),
                                                .after_number = entry->progress.number(),
                                                .limit = kPage}));
    for (const TrialRecord& record : page) {
      // A study that is being deleted loses its first trials first.
      if (record.number != entry->progress.number() + 1) return StudyNotFound(id);
      v1::Trial trial;
      PICOST_RETURN_IF_ERROR(FromRecord(id, record, trial));
      entry->progress.Add(study, trial);
    }
    if (static_cast<int64_t>(page.size()) < kPage) break;
  }
  if (entry->progress.number() - entry->saved >= kSaveAfter) {
    // Only saves work: an answer does not depend on it.
    store_->SaveProgress(id, study.etag(), entry->progress.Save(), entry->progress.number())
        .IgnoreError();
    entry->saved = entry->progress.number();
  }
  return entry->progress;
}

}  // namespace picost::service
