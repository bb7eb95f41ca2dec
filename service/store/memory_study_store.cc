#include "service/store/memory_study_store.h"

#include <algorithm>
#include <utility>

#include "estimator/base/status_macros.h"

namespace picost::service {

absl::Status MemoryStudyStore::Insert(const StudyRecord& record) {
  std::lock_guard lock(mutex_);
  const bool added = studies_.try_emplace(record.id, Kept{.record = record}).second;
  return added ? absl::OkStatus() : StudyExists(record.id);
}

absl::StatusOr<StudyRecord> MemoryStudyStore::Get(std::string_view id) {
  std::lock_guard lock(mutex_);
  PICOST_ASSIGN_OR_RETURN(const Kept* const found, Find(id, ""));
  return found->record;
}

absl::StatusOr<std::vector<StudyRecord>> MemoryStudyStore::List(std::string_view after_id,
                                                                int64_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<StudyRecord> page;
  for (auto it = studies_.upper_bound(after_id);
       it != studies_.end() && static_cast<int64_t>(page.size()) < limit; ++it) {
    page.push_back(it->second.record);
    page.back().progress.clear();
  }
  return page;
}

absl::StatusOr<MemoryStudyStore::Kept*> MemoryStudyStore::Find(std::string_view id,
                                                               std::string_view etag) {
  const auto found = studies_.find(id);
  if (found == studies_.end()) return StudyNotFound(id);
  const std::string& kept = found->second.record.etag;
  if (!etag.empty() && kept != etag) return StudyEtagDiffers(id, etag, kept);
  return &found->second;
}

absl::Status MemoryStudyStore::Delete(std::string_view id, std::string_view etag) {
  std::lock_guard lock(mutex_);
  PICOST_RETURN_IF_ERROR(Find(id, etag).status());
  studies_.erase(studies_.find(id));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> MemoryStudyStore::AddTrials(
    std::string_view study, std::string_view etag, const std::vector<NewTrial>& trials) {
  std::lock_guard lock(mutex_);
  PICOST_ASSIGN_OR_RETURN(Kept* const found, Find(study, etag));
  Kept& kept = *found;
  std::vector<int64_t> numbers;
  for (const NewTrial& trial : trials) {
    const int64_t next = static_cast<int64_t>(kept.trials.size()) + 1;
    if (!trial.request_id.empty()) {
      const auto [request, is_new] = kept.requests.try_emplace(trial.request_id, next);
      if (!is_new) {
        numbers.push_back(request->second);
        continue;
      }
    }
    kept.trials.push_back(
        {.number = next, .create_time_micros = trial.create_time_micros, .body = trial.body});
    for (const std::string& tag : trial.tags) kept.by_tag[tag].push_back(next);
    numbers.push_back(next);
  }
  kept.record.trial_count = static_cast<int64_t>(kept.trials.size());
  return numbers;
}

absl::StatusOr<TrialRecord> MemoryStudyStore::GetTrial(std::string_view study, int64_t number) {
  std::lock_guard lock(mutex_);
  PICOST_ASSIGN_OR_RETURN(const Kept* const found, Find(study, ""));
  const std::vector<TrialRecord>& trials = found->trials;
  if (number < 1 || number > static_cast<int64_t>(trials.size())) {
    return TrialNotFound(study, number);
  }
  return trials[number - 1];
}

absl::StatusOr<std::vector<TrialRecord>> MemoryStudyStore::ListTrials(const TrialQuery& query) {
  std::lock_guard lock(mutex_);
  PICOST_ASSIGN_OR_RETURN(const Kept* const found, Find(query.study, query.etag));
  const Kept& kept = *found;
  std::vector<TrialRecord> page;
  const auto full = [&] { return static_cast<int64_t>(page.size()) >= query.limit; };
  if (!query.tag.empty()) {
    const auto tagged = kept.by_tag.find(query.tag);
    if (tagged == kept.by_tag.end()) return page;
    const std::vector<int64_t>& numbers = tagged->second;
    for (auto it = std::upper_bound(numbers.begin(), numbers.end(), query.after_number);
         it != numbers.end() && !full(); ++it) {
      page.push_back(kept.trials[*it - 1]);
    }
    return page;
  }
  for (size_t i = static_cast<size_t>(std::max<int64_t>(0, query.after_number));
       i < kept.trials.size() && !full(); ++i) {
    page.push_back(kept.trials[i]);
  }
  return page;
}

absl::Status MemoryStudyStore::SaveProgress(std::string_view study, std::string_view etag,
                                            std::string_view progress, int64_t number) {
  std::lock_guard lock(mutex_);
  PICOST_ASSIGN_OR_RETURN(Kept* const found, Find(study, etag));
  StudyRecord& record = found->record;
  if (number >= record.progress_number) {
    record.progress = std::string(progress);
    record.progress_number = number;
  }
  return absl::OkStatus();
}

}  // namespace picost::service
