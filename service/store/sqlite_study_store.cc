#include "service/store/sqlite_study_store.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "service/store/sqlite_schema.h"

namespace picost::service {
namespace {

// Trials that one transaction clears away: some milliseconds, in between others run.
constexpr int64_t kClearAtOnce = 2000;

// The key of a study's trial 0; numbers stay below 2^32.
int64_t FirstKey(int64_t study) { return study << 32; }
int64_t NumberOf(int64_t trial_key) { return trial_key & 0xFFFFFFFF; }

// In the order of SqliteStudyStore::Sql.
constexpr const char* kSql[] = {
    "INSERT INTO studies (id, create_time_micros, etag, body) VALUES (?, ?, ?, ?) "
    "ON CONFLICT DO NOTHING",
    "SELECT key, trial_count, etag FROM studies WHERE id = ?",
    "SELECT id, create_time_micros, etag, body, trial_count, progress, progress_number "
    "FROM studies WHERE id = ?",
    "SELECT id, create_time_micros, etag, body, trial_count, X'', progress_number "
    "FROM studies WHERE id > ? ORDER BY id LIMIT ?",
    "DELETE FROM studies WHERE key = ?",
    "INSERT INTO deleted_studies (key) VALUES (?)",
    "SELECT key FROM deleted_studies LIMIT 1",
    "DELETE FROM deleted_studies WHERE key = ?",
    "DELETE FROM trials WHERE key IN "
    "(SELECT key FROM trials WHERE key > ? AND key < ? ORDER BY key LIMIT ?)",
    "DELETE FROM trial_requests WHERE study = ?",
    "DELETE FROM trial_tags WHERE study = ?",
    "SELECT number FROM trial_requests WHERE study = ? AND request_id = ?",
    "INSERT INTO trial_requests (study, request_id, number) VALUES (?, ?, ?)",
    "INSERT INTO trials (key, create_time_micros, body) VALUES (?, ?, ?)",
    "INSERT INTO trial_tags (study, tag, number) VALUES (?, ?, ?)",
    "UPDATE studies SET trial_count = ? WHERE key = ?",
    "SELECT key, create_time_micros, body FROM trials WHERE key = ?",
    "SELECT key, create_time_micros, body FROM trials WHERE key > ? AND key < ? "
    "ORDER BY key LIMIT ?",
    "SELECT t.key, t.create_time_micros, t.body FROM trial_tags AS g "
    "CROSS JOIN trials AS t ON t.key = (g.study << 32) + g.number "
    "WHERE g.study = ? AND g.tag = ? AND g.number > ? ORDER BY g.number LIMIT ?",
    "UPDATE studies SET progress = ?, progress_number = ? WHERE key = ? AND progress_number <= ?",
};

StudyRecord StudyAt(const sqlite::Statement& row) {
  return {.id = row.Text(0),
          .create_time_micros = row.Integer(1),
          .etag = row.Text(2),
          .body = row.Text(3),
          .trial_count = row.Integer(4),
          .progress = row.Text(5),
          .progress_number = row.Integer(6)};
}

TrialRecord TrialAt(const sqlite::Statement& row) {
  return {.number = NumberOf(row.Integer(0)),
          .create_time_micros = row.Integer(1),
          .body = row.Text(2)};
}

}  // namespace

enum SqliteStudyStore::Sql : int {
  kInsertStudy,
  kStudyKey,
  kGetStudy,
  kListStudies,
  kDeleteStudy,
  kNoteDeleted,
  kNextDeleted,
  kForgetDeleted,
  kClearTrials,
  kClearRequests,
  kClearTags,
  kFindRequest,
  kInsertRequest,
  kInsertTrial,
  kInsertTag,
  kSetCount,
  kGetTrial,
  kListTrials,
  kListTagged,
  kSaveProgress,
};

absl::StatusOr<std::unique_ptr<SqliteStudyStore>> SqliteStudyStore::Open(const std::string& path) {
  // The models' connection, which is opened first, has checked the file.
  PICOST_ASSIGN_OR_RETURN(sqlite::Database database,
                          sqlite::Database::Open(path, {.check = false, .sync_commits = false}));
  PICOST_RETURN_IF_ERROR(MigrateSqlite(database));
  std::unique_ptr<SqliteStudyStore> store(new SqliteStudyStore(std::move(database)));
  PICOST_RETURN_IF_ERROR(store->Prepare());
  PICOST_RETURN_IF_ERROR(store->ClearDeleted());
  return store;
}

absl::Status SqliteStudyStore::Prepare() {
  for (const char* sql : kSql) {
    PICOST_ASSIGN_OR_RETURN(sqlite::Statement statement, database_.Prepare(sql));
    statements_.push_back(std::move(statement));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SqliteStudyStore::QueryPlans() {
  std::lock_guard lock(mutex_);
  std::vector<std::string> plans;
  for (const char* sql : kSql) {
    PICOST_ASSIGN_OR_RETURN(sqlite::Statement explain,
                            database_.Prepare(absl::StrCat("EXPLAIN QUERY PLAN ", sql)));
    while (true) {
      PICOST_ASSIGN_OR_RETURN(const bool row, explain.Step());
      if (!row) break;
      plans.push_back(absl::StrCat(sql, ": ", explain.Text(3)));
    }
  }
  return plans;
}

template <typename Body>
absl::Status SqliteStudyStore::Transact(Body body) {
  PICOST_RETURN_IF_ERROR(database_.Execute("BEGIN IMMEDIATE"));
  absl::Status status = body();
  if (status.ok()) status = database_.Execute("COMMIT");
  if (!status.ok()) database_.Execute("ROLLBACK").IgnoreError();
  return status;
}

absl::Status SqliteStudyStore::Insert(const StudyRecord& record) {
  std::lock_guard lock(mutex_);
  sqlite::Statement& insert = statements_[kInsertStudy];
  PICOST_RETURN_IF_ERROR(insert.Bind(std::string_view(record.id), record.create_time_micros,
                                     std::string_view(record.etag), std::string_view(record.body)));
  PICOST_RETURN_IF_ERROR(insert.Run());
  return database_.Changes() > 0 ? absl::OkStatus() : StudyExists(record.id);
}

absl::StatusOr<SqliteStudyStore::Found> SqliteStudyStore::Find(std::string_view id,
                                                               std::string_view etag) {
  sqlite::Statement& find = statements_[kStudyKey];
  PICOST_RETURN_IF_ERROR(find.Bind(id));
  PICOST_ASSIGN_OR_RETURN(const bool row, find.Step());
  if (!row) return StudyNotFound(id);
  const Found found{.key = find.Integer(0), .trial_count = find.Integer(1)};
  const std::string kept = find.Text(2);
  find.Reset();
  if (!etag.empty() && etag != kept) return StudyEtagDiffers(id, etag, kept);
  return found;
}

absl::StatusOr<StudyRecord> SqliteStudyStore::Get(std::string_view id) {
  std::lock_guard lock(mutex_);
  sqlite::Statement& get = statements_[kGetStudy];
  PICOST_RETURN_IF_ERROR(get.Bind(id));
  PICOST_ASSIGN_OR_RETURN(const bool row, get.Step());
  if (!row) return StudyNotFound(id);
  StudyRecord record = StudyAt(get);
  get.Reset();
  return record;
}

absl::StatusOr<std::vector<StudyRecord>> SqliteStudyStore::List(std::string_view after_id,
                                                                int64_t limit) {
  std::lock_guard lock(mutex_);
  sqlite::Statement& list = statements_[kListStudies];
  PICOST_RETURN_IF_ERROR(list.Bind(after_id, limit));
  std::vector<StudyRecord> page;
  while (true) {
    PICOST_ASSIGN_OR_RETURN(const bool row, list.Step());
    if (!row) return page;
    page.push_back(StudyAt(list));
  }
}

absl::Status SqliteStudyStore::Delete(std::string_view id, std::string_view etag) {
  {
    std::lock_guard lock(mutex_);
    PICOST_RETURN_IF_ERROR(Transact([&]() -> absl::Status {
      PICOST_ASSIGN_OR_RETURN(const Found found, Find(id, etag));
      const int64_t key = found.key;
      PICOST_RETURN_IF_ERROR(statements_[kNoteDeleted].Bind(key));
      PICOST_RETURN_IF_ERROR(statements_[kNoteDeleted].Run());
      PICOST_RETURN_IF_ERROR(statements_[kDeleteStudy].Bind(key));
      return statements_[kDeleteStudy].Run();
    }));
  }
  // The study is gone. What is left is only space: whoever opens the file next goes on.
  ClearDeleted().IgnoreError();
  return absl::OkStatus();
}

absl::Status SqliteStudyStore::ClearDeleted() {
  while (true) {
    std::lock_guard lock(mutex_);
    sqlite::Statement& next = statements_[kNextDeleted];
    next.Reset();
    PICOST_ASSIGN_OR_RETURN(const bool row, next.Step());
    if (!row) return absl::OkStatus();
    const int64_t key = next.Integer(0);
    next.Reset();
    PICOST_RETURN_IF_ERROR(Transact([&]() -> absl::Status {
      sqlite::Statement& trials = statements_[kClearTrials];
      PICOST_RETURN_IF_ERROR(trials.Bind(FirstKey(key), FirstKey(key + 1), kClearAtOnce));
      PICOST_RETURN_IF_ERROR(trials.Run());
      if (database_.Changes() > 0) return absl::OkStatus();
      for (const Sql last : {kClearRequests, kClearTags, kForgetDeleted}) {
        PICOST_RETURN_IF_ERROR(statements_[last].Bind(key));
        PICOST_RETURN_IF_ERROR(statements_[last].Run());
      }
      return absl::OkStatus();
    }));
  }
}

absl::StatusOr<int64_t> SqliteStudyStore::AddOne(int64_t key, int64_t& last,
                                                 const NewTrial& trial) {
  if (!trial.request_id.empty()) {
    sqlite::Statement& find = statements_[kFindRequest];
    PICOST_RETURN_IF_ERROR(find.Bind(key, std::string_view(trial.request_id)));
    PICOST_ASSIGN_OR_RETURN(const bool known, find.Step());
    if (known) {
      const int64_t number = find.Integer(0);
      find.Reset();
      return number;
    }
  }
  const int64_t number = ++last;
  sqlite::Statement& insert = statements_[kInsertTrial];
  PICOST_RETURN_IF_ERROR(
      insert.Bind(FirstKey(key) + number, trial.create_time_micros, std::string_view(trial.body)));
  PICOST_RETURN_IF_ERROR(insert.Run());
  if (!trial.request_id.empty()) {
    sqlite::Statement& request = statements_[kInsertRequest];
    PICOST_RETURN_IF_ERROR(request.Bind(key, std::string_view(trial.request_id), number));
    PICOST_RETURN_IF_ERROR(request.Run());
  }
  for (const std::string& tag : trial.tags) {
    PICOST_RETURN_IF_ERROR(statements_[kInsertTag].Bind(key, std::string_view(tag), number));
    PICOST_RETURN_IF_ERROR(statements_[kInsertTag].Run());
  }
  return number;
}

absl::StatusOr<std::vector<int64_t>> SqliteStudyStore::AddTrials(
    std::string_view study, std::string_view etag, const std::vector<NewTrial>& trials) {
  std::lock_guard lock(mutex_);
  std::vector<int64_t> numbers;
  PICOST_RETURN_IF_ERROR(Transact([&]() -> absl::Status {
    PICOST_ASSIGN_OR_RETURN(const Found found, Find(study, etag));
    const int64_t key = found.key;
    int64_t last = found.trial_count;
    for (const NewTrial& trial : trials) {
      PICOST_ASSIGN_OR_RETURN(const int64_t number, AddOne(key, last, trial));
      numbers.push_back(number);
    }
    PICOST_RETURN_IF_ERROR(statements_[kSetCount].Bind(last, key));
    return statements_[kSetCount].Run();
  }));
  return numbers;
}

absl::StatusOr<TrialRecord> SqliteStudyStore::GetTrial(std::string_view study, int64_t number) {
  std::lock_guard lock(mutex_);
  PICOST_ASSIGN_OR_RETURN(const Found found, Find(study, ""));
  if (number < 1 || number != NumberOf(number)) return TrialNotFound(study, number);
  sqlite::Statement& get = statements_[kGetTrial];
  PICOST_RETURN_IF_ERROR(get.Bind(FirstKey(found.key) + number));
  PICOST_ASSIGN_OR_RETURN(const bool row, get.Step());
  if (!row) return TrialNotFound(study, number);
  TrialRecord record = TrialAt(get);
  get.Reset();
  return record;
}

absl::StatusOr<std::vector<TrialRecord>> SqliteStudyStore::ListTrials(const TrialQuery& query) {
  std::lock_guard lock(mutex_);
  PICOST_ASSIGN_OR_RETURN(const Found found, Find(query.study, query.etag));
  const int64_t key = found.key;
  const int64_t after = NumberOf(std::min<int64_t>(query.after_number, 0xFFFFFFFF));
  sqlite::Statement& list = statements_[query.tag.empty() ? kListTrials : kListTagged];
  PICOST_RETURN_IF_ERROR(query.tag.empty()
                             ? list.Bind(FirstKey(key) + after, FirstKey(key + 1), query.limit)
                             : list.Bind(key, std::string_view(query.tag), after, query.limit));
  std::vector<TrialRecord> page;
  while (true) {
    PICOST_ASSIGN_OR_RETURN(const bool row, list.Step());
    if (!row) return page;
    page.push_back(TrialAt(list));
  }
}

absl::Status SqliteStudyStore::SaveProgress(std::string_view study, std::string_view etag,
                                            std::string_view progress, int64_t number) {
  std::lock_guard lock(mutex_);
  PICOST_ASSIGN_OR_RETURN(const Found found, Find(study, etag));
  sqlite::Statement& save = statements_[kSaveProgress];
  PICOST_RETURN_IF_ERROR(save.Bind(progress, number, found.key, number));
  return save.Run();
}

}  // namespace picost::service
