// Studies in PostgreSQL: several daemons may share one database.
#ifndef PICOST_SERVICE_STORE_POSTGRES_STUDY_STORE_H_
#define PICOST_SERVICE_STORE_POSTGRES_STUDY_STORE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/postgres.h"
#include "service/store/study_store.h"

namespace picost::service {

// Adding trials locks the study's row, so that numbers become visible in order.
class PostgresStudyStore : public StudyStore {
 public:
  // address: "postgresql://...".
  static absl::StatusOr<std::unique_ptr<PostgresStudyStore>> Open(const std::string& address);

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
  explicit PostgresStudyStore(std::unique_ptr<postgres::Pool> pool) : pool_(std::move(pool)) {}

  // A key names one life of a study: it is never used again. etag empty: any.
  absl::StatusOr<int64_t> Key(std::string_view id, std::string_view etag);
  // numbers[i] becomes that of a trial whose request_id is known, else stays 0.
  absl::Status FindRequests(int64_t key, const std::vector<NewTrial>& trials,
                            std::vector<int64_t>& numbers);
  // Those whose number is 0. kAlreadyExists where another daemon was faster with a
  // request_id: nothing is added then.
  absl::Status InsertNew(int64_t key, const std::vector<NewTrial>& trials,
                         std::vector<int64_t>& numbers);

  std::unique_ptr<postgres::Pool> pool_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_POSTGRES_STUDY_STORE_H_
