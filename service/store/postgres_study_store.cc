#include "service/store/postgres_study_store.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "service/store/postgres_schema.h"

namespace picost::service {
namespace {

constexpr int kConnections = 4;

StudyRecord StudyAt(const postgres::Result& result, size_t row) {
  const std::vector<std::string>& cells = result.rows[row];
  return {.id = cells[0],
          .create_time_micros = result.Integer(row, 1),
          .etag = cells[2],
          .body = cells[3],
          .trial_count = result.Integer(row, 4),
          .progress = cells[5],
          .progress_number = result.Integer(row, 6)};
}

TrialRecord TrialAt(const postgres::Result& result, size_t row) {
  return {.number = result.Integer(row, 0),
          .create_time_micros = result.Integer(row, 1),
          .body = result.rows[row][2]};
}

// "(0::bigint, $3::bytea), (1, $4)": rows of an index and the parameters that follow.
class Rows {
 public:
  explicit Rows(std::vector<postgres::Parameter>* parameters) : parameters_(parameters) {}

  void Add(int64_t index, const std::vector<postgres::Parameter>& values) {
    absl::StrAppend(&text_, text_.empty() ? "(" : ", (", index, "::bigint");
    for (const postgres::Parameter& value : values) {
      parameters_->push_back(value);
      absl::StrAppend(&text_, ", $", parameters_->size(),
                      std::holds_alternative<int64_t>(value) ? "::bigint" : "::bytea");
    }
    text_ += ")";
  }
  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }

 private:
  std::vector<postgres::Parameter>* parameters_;
  std::string text_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresStudyStore>> PostgresStudyStore::Open(
    const std::string& address) {
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<postgres::Pool> pool,
                          postgres::Pool::Connect(address, kConnections));
  PICOST_RETURN_IF_ERROR(MigratePostgres(*pool));
  return std::unique_ptr<PostgresStudyStore>(new PostgresStudyStore(std::move(pool)));
}

absl::Status PostgresStudyStore::Insert(const StudyRecord& record) {
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result added,
      pool_->Run("INSERT INTO picost_studies (id, create_time_micros, etag, body) "
                 "VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
                 {std::string_view(record.id), record.create_time_micros,
                  std::string_view(record.etag), std::string_view(record.body)},
                 /*repeatable=*/false));
  return added.affected_rows > 0 ? absl::OkStatus() : StudyExists(record.id);
}

absl::StatusOr<int64_t> PostgresStudyStore::Key(std::string_view id, std::string_view etag) {
  PICOST_ASSIGN_OR_RETURN(const postgres::Result found,
                          pool_->Run("SELECT key, etag FROM picost_studies WHERE id = $1", {id},
                                     /*repeatable=*/true));
  if (found.rows.empty()) return StudyNotFound(id);
  const std::string& kept = found.rows[0][1];
  if (!etag.empty() && etag != kept) return StudyEtagDiffers(id, etag, kept);
  return found.Integer(0, 0);
}

absl::StatusOr<StudyRecord> PostgresStudyStore::Get(std::string_view id) {
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result found,
      pool_->Run("SELECT id, create_time_micros, etag, body, trial_count, progress, "
                 "progress_number FROM picost_studies WHERE id = $1",
                 {id}, /*repeatable=*/true));
  if (found.rows.empty()) return StudyNotFound(id);
  return StudyAt(found, 0);
}

absl::StatusOr<std::vector<StudyRecord>> PostgresStudyStore::List(std::string_view after_id,
                                                                  int64_t limit) {
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result found,
      pool_->Run("SELECT id, create_time_micros, etag, body, trial_count, ''::bytea, "
                 "progress_number FROM picost_studies WHERE id > $1 ORDER BY id LIMIT $2",
                 {after_id, limit}, /*repeatable=*/true));
  std::vector<StudyRecord> page;
  for (size_t row = 0; row < found.rows.size(); ++row) page.push_back(StudyAt(found, row));
  return page;
}

absl::Status PostgresStudyStore::Delete(std::string_view id, std::string_view etag) {
  // Not repeated: a second try would not find what the first removed.
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result removed,
      pool_->Run("WITH gone AS (DELETE FROM picost_studies WHERE id = $1 AND "
                 "($2 = ''::bytea OR etag = $2) RETURNING key), "
                 "t AS (DELETE FROM picost_trials USING gone WHERE study = gone.key), "
                 "r AS (DELETE FROM picost_trial_requests USING gone WHERE study = gone.key), "
                 "g AS (DELETE FROM picost_trial_tags USING gone WHERE study = gone.key) "
                 "SELECT key FROM gone",
                 {id, etag}, /*repeatable=*/false));
  if (!removed.rows.empty()) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(const StudyRecord kept, Get(id));
  return StudyEtagDiffers(id, etag, kept.etag);
}

absl::Status PostgresStudyStore::FindRequests(int64_t key, const std::vector<NewTrial>& trials,
                                              std::vector<int64_t>& numbers) {
  std::vector<postgres::Parameter> parameters = {key};
  std::string list;
  for (const NewTrial& trial : trials) {
    if (trial.request_id.empty()) continue;
    parameters.push_back(std::string_view(trial.request_id));
    absl::StrAppend(&list, list.empty() ? "" : ", ", "$", parameters.size());
  }
  if (list.empty()) return absl::OkStatus();
  const std::string sql = absl::StrCat(
      "SELECT request_id, number FROM picost_trial_requests WHERE study = $1 AND request_id IN (",
      list, ")");
  PICOST_ASSIGN_OR_RETURN(const postgres::Result found,
                          pool_->Run(sql.c_str(), parameters, /*repeatable=*/true));
  std::map<std::string_view, int64_t> known;
  for (size_t row = 0; row < found.rows.size(); ++row) {
    known.emplace(found.rows[row][0], found.Integer(row, 1));
  }
  for (size_t i = 0; i < trials.size(); ++i) {
    const auto number = known.find(trials[i].request_id);
    if (number != known.end()) numbers[i] = number->second;
  }
  return absl::OkStatus();
}

absl::Status PostgresStudyStore::InsertNew(int64_t key, const std::vector<NewTrial>& trials,
                                           std::vector<int64_t>& numbers) {
  std::vector<postgres::Parameter> parameters = {key};
  Rows bodies(&parameters);
  Rows requests(&parameters);
  Rows tags(&parameters);
  int64_t count = 0;
  for (size_t i = 0; i < trials.size(); ++i) {
    if (numbers[i] != 0) continue;
    const NewTrial& trial = trials[i];
    ++count;
    bodies.Add(count, {trial.create_time_micros, std::string_view(trial.body)});
    if (!trial.request_id.empty()) requests.Add(count, {std::string_view(trial.request_id)});
    for (const std::string& tag : trial.tags) tags.Add(count, {std::string_view(tag)});
  }
  if (count == 0) return absl::OkStatus();
  // One statement, one transaction: the row lock of the update orders whoever adds.
  std::string sql = absl::StrCat(
      "WITH s AS (UPDATE picost_studies SET trial_count = trial_count + ", count,
      " WHERE key = $1 RETURNING key, trial_count - ", count,
      " AS base), t AS (INSERT INTO picost_trials (study, number, create_time_micros, body) "
      "SELECT s.key, s.base + v.i, v.time, v.body FROM s, (VALUES ",
      bodies.text(), ") AS v (i, time, body))");
  if (!requests.empty()) {
    absl::StrAppend(&sql,
                    ", r AS (INSERT INTO picost_trial_requests (study, request_id, number) "
                    "SELECT s.key, v.request, s.base + v.i FROM s, (VALUES ",
                    requests.text(), ") AS v (i, request))");
  }
  if (!tags.empty()) {
    absl::StrAppend(&sql,
                    ", g AS (INSERT INTO picost_trial_tags (study, tag, number) "
                    "SELECT s.key, v.tag, s.base + v.i FROM s, (VALUES ",
                    tags.text(), ") AS v (i, tag))");
  }
  sql += " SELECT base FROM s";
  PICOST_ASSIGN_OR_RETURN(const postgres::Result added,
                          pool_->Run(sql.c_str(), parameters, /*repeatable=*/false));
  if (added.rows.empty()) return absl::NotFoundError("the study is gone");
  int64_t next = added.Integer(0, 0);
  for (int64_t& number : numbers) {
    if (number == 0) number = ++next;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> PostgresStudyStore::AddTrials(
    std::string_view study, std::string_view etag, const std::vector<NewTrial>& trials) {
  // Whoever loses a race for a request_id finds it known in the next round.
  constexpr int kRounds = 4;
  absl::Status status;
  for (int round = 0; round < kRounds; ++round) {
    PICOST_ASSIGN_OR_RETURN(const int64_t key, Key(study, etag));
    std::vector<int64_t> numbers(trials.size(), 0);
    PICOST_RETURN_IF_ERROR(FindRequests(key, trials, numbers));
    status = InsertNew(key, trials, numbers);
    if (status.ok()) return numbers;
    if (!absl::IsAlreadyExists(status) && !absl::IsNotFound(status)) return status;
  }
  return status;
}

absl::StatusOr<TrialRecord> PostgresStudyStore::GetTrial(std::string_view study, int64_t number) {
  PICOST_ASSIGN_OR_RETURN(const int64_t key, Key(study, ""));
  PICOST_ASSIGN_OR_RETURN(const postgres::Result found,
                          pool_->Run("SELECT number, create_time_micros, body FROM picost_trials "
                                     "WHERE study = $1 AND number = $2",
                                     {key, number}, /*repeatable=*/true));
  if (found.rows.empty()) return TrialNotFound(study, number);
  return TrialAt(found, 0);
}

absl::StatusOr<std::vector<TrialRecord>> PostgresStudyStore::ListTrials(const TrialQuery& query) {
  PICOST_ASSIGN_OR_RETURN(const int64_t key, Key(query.study, query.etag));
  PICOST_ASSIGN_OR_RETURN(
      const postgres::Result found,
      query.tag.empty()
          ? pool_->Run("SELECT number, create_time_micros, body FROM picost_trials "
                       "WHERE study = $1 AND number > $2 ORDER BY number LIMIT $3",
                       {key, query.after_number, query.limit}, /*repeatable=*/true)
          : pool_->Run("SELECT t.number, t.create_time_micros, t.body FROM picost_trial_tags g "
                       "JOIN picost_trials t ON t.study = g.study AND t.number = g.number "
                       "WHERE g.study = $1 AND g.tag = $2 AND g.number > $3 "
                       "ORDER BY g.number LIMIT $4",
                       {key, std::string_view(query.tag), query.after_number, query.limit},
                       /*repeatable=*/true));
  std::vector<TrialRecord> page;
  for (size_t row = 0; row < found.rows.size(); ++row) page.push_back(TrialAt(found, row));
  return page;
}

absl::Status PostgresStudyStore::SaveProgress(std::string_view study, std::string_view etag,
                                              std::string_view progress, int64_t number) {
  PICOST_ASSIGN_OR_RETURN(const int64_t key, Key(study, etag));
  return pool_
      ->Run(
          "UPDATE picost_studies SET progress = $1, progress_number = $2 "
          "WHERE key = $3 AND progress_number <= $2",
          {progress, number, key}, /*repeatable=*/true)
      .status();
}

}  // namespace picost::service
