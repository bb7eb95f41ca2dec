// A store of studies that reports how long its calls take and which fail.
#ifndef PICOST_SERVICE_STORE_METERED_STUDY_STORE_H_
#define PICOST_SERVICE_STORE_METERED_STUDY_STORE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/store/metered.h"
#include "service/store/study_store.h"

namespace picost::service {

class MeteredStudyStore : public StudyStore {
 public:
  MeteredStudyStore(std::unique_ptr<StudyStore> store, StoreReport report)
      : store_(std::move(store)), report_(std::move(report)) {}

  absl::Status Insert(const StudyRecord& record) override {
    return Metered(report_, "insert-study", [&] { return store_->Insert(record); });
  }
  absl::StatusOr<StudyRecord> Get(std::string_view id) override {
    return Metered(report_, "get-study", [&] { return store_->Get(id); });
  }
  absl::StatusOr<std::vector<StudyRecord>> List(std::string_view after_id, int64_t limit) override {
    return Metered(report_, "list-studies", [&] { return store_->List(after_id, limit); });
  }
  absl::Status Delete(std::string_view id, std::string_view etag) override {
    return Metered(report_, "delete-study", [&] { return store_->Delete(id, etag); });
  }
  absl::StatusOr<std::vector<int64_t>> AddTrials(std::string_view study, std::string_view etag,
                                                 const std::vector<NewTrial>& trials) override {
    return Metered(report_, "add-trials", [&] { return store_->AddTrials(study, etag, trials); });
  }
  absl::StatusOr<TrialRecord> GetTrial(std::string_view study, int64_t number) override {
    return Metered(report_, "get-trial", [&] { return store_->GetTrial(study, number); });
  }
  absl::StatusOr<std::vector<TrialRecord>> ListTrials(const TrialQuery& query) override {
    return Metered(report_, "list-trials", [&] { return store_->ListTrials(query); });
  }
  absl::Status SaveProgress(std::string_view study, std::string_view etag,
                            std::string_view progress, int64_t number) override {
    return Metered(report_, "save-progress",
                   [&] { return store_->SaveProgress(study, etag, progress, number); });
  }

 private:
  const std::unique_ptr<StudyStore> store_;
  const StoreReport report_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_METERED_STUDY_STORE_H_
