// Studies in memory: for tests and for the service inside a command.
#ifndef PICOST_SERVICE_STORE_MEMORY_STUDY_STORE_H_
#define PICOST_SERVICE_STORE_MEMORY_STUDY_STORE_H_

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/study_store.h"

namespace picost::service {

class MemoryStudyStore : public StudyStore {
 public:
  absl::Status Insert(const StudyRecord& record) override;
  absl::StatusOr<StudyRecord> Get(std::string_view id) override;
  absl::StatusOr<std::vector<StudyRecord>> List(std::string_view after_id, int64_t limit) override;
  absl::Status Delete(std::string_view id, std::string_view etag) override;
  absl::StatusOr<std::vector<int64_t>> AddTrials(std::string_view study, std::string_view etag,
                                                 const std::vector<NewTrial>& trials) override;
  absl::StatusOr<TrialRecord> GetTrial(std::string_view study, int64_t number) override;
  absl::StatusOr<std::vector<TrialRecord>> ListTrials(const TrialQuery& query) override;
  absl::Status SaveProgress(std::string_view study, std::string_view etag,
                            std::string_view progress, int64_t number) override;

 private:
  struct Kept {
    StudyRecord record;
    std::vector<TrialRecord> trials;                     // number - 1
    std::map<std::string, int64_t> requests;             // by request_id
    std::map<std::string, std::vector<int64_t>> by_tag;  // ascending
  };

  // Under the lock. etag empty: any.
  absl::StatusOr<Kept*> Find(std::string_view id, std::string_view etag);

  std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> studies_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_MEMORY_STUDY_STORE_H_
