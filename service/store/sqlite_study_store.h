// Studies in one SQLite file, beside the models.
#ifndef PICOST_SERVICE_STORE_SQLITE_STUDY_STORE_H_
#define PICOST_SERVICE_STORE_SQLITE_STUDY_STORE_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "service/store/sqlite.h"
#include "service/store/study_store.h"

namespace picost::service {

// A connection of its own, so that trials need not wait for the disk (study_store.h).
class SqliteStudyStore : public StudyStore {
 public:
  static absl::StatusOr<std::unique_ptr<SqliteStudyStore>> Open(const std::string& path);

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

  // How SQLite would answer each statement, for the test that nothing is scanned.
  absl::StatusOr<std::vector<std::string>> QueryPlans();

 private:
  enum Sql : int;  // the statements, in sqlite_study_store.cc

  explicit SqliteStudyStore(sqlite::Database database) : database_(std::move(database)) {}

  absl::Status Prepare();
  // A key names one life of a study: it is never used again.
  struct Found {
    int64_t key = 0;
    int64_t trial_count = 0;
  };
  absl::StatusOr<Found> Find(std::string_view id, std::string_view etag);
  // Runs `body` in a transaction; what fails leaves nothing behind.
  template <typename Body>
  absl::Status Transact(Body body);
  absl::StatusOr<int64_t> AddOne(int64_t key, int64_t& last, const NewTrial& trial);
  // Clears away trials of deleted studies, some thousands in each transaction.
  absl::Status ClearDeleted();

  std::mutex mutex_;
  sqlite::Database database_;
  std::vector<sqlite::Statement> statements_;  // by Sql
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_SQLITE_STUDY_STORE_H_
