#include "service/study/study_service.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"
#include "service/page_token.h"
#include "service/serialize.h"
#include "service/study/study_names.h"
#include "service/study/study_records.h"
#include "service/study/trial_columns.h"
#include "service/study/trial_cost.h"
#include "service/study/trial_metrics.h"
#include "service/study/validate_study.h"

namespace picost::service {
namespace {

constexpr int32_t kDefaultStudies = 50;
constexpr int32_t kDefaultTrials = 100;
constexpr int32_t kMaxPage = 1000;
constexpr int32_t kDefaultRows = 10'000;
constexpr int32_t kMaxRows = 20'000;
constexpr int kMaxBatch = 1000;
// Of one answer of GetTrialColumns: 128 MB.
constexpr size_t kMostCells = 16'000'000;
constexpr int64_t kRowsAtOnce = 2000;
constexpr int64_t kWatchPage = 500;

absl::Status Invalid(std::string what, std::string field, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = std::move(field), .mend = std::move(mend)});
}

v1::EstimateRequest QuestionOf(const v1::Trial& trial) {
  v1::EstimateRequest question;
  question.mutable_graph()->set_model(trial.model());
  *question.mutable_protocol() = trial.protocol();
  *question.mutable_deployment() = trial.deployment();
  return question;
}

// A field of the question is one of the trial.
absl::Status OfTrial(const absl::Status& status, const std::string& field) {
  return AtElement(status, field);
}

}  // namespace

absl::StatusOr<v1::Study> StudyService::Load(const std::string& id) {
  PICOST_ASSIGN_OR_RETURN(const StudyRecord record, store_->Get(id));
  v1::Study study;
  PICOST_RETURN_IF_ERROR(FromRecord(record, study));
  return study;
}

absl::Status StudyService::CreateStudy(const v1::CreateStudyRequest& request, v1::Study& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  v1::Study study = request.study();
  study.clear_name();
  study.clear_etag();
  study.clear_create_time();
  study.clear_trial_count();
  StudyRecord record{
      .id = request.study_id(), .create_time_micros = now_(), .body = SerializeInOrder(study)};
  record.etag = Fingerprinter("study-etag/1")
                    .Add(record.id)
                    .Add(record.create_time_micros)
                    .Add(record.body)
                    .Hex()
                    .substr(0, 16);
  const absl::Status inserted = store_->Insert(record);
  if (absl::IsAlreadyExists(inserted)) {
    PICOST_ASSIGN_OR_RETURN(const StudyRecord kept, store_->Get(record.id));
    return kept.body == record.body ? FromRecord(kept, response) : inserted;
  }
  PICOST_RETURN_IF_ERROR(inserted);
  return FromRecord(record, response);
}

absl::Status StudyService::GetStudy(const v1::GetStudyRequest& request, v1::Study& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseStudyName(request.name(), "name"));
  PICOST_ASSIGN_OR_RETURN(response, Load(id));
  return absl::OkStatus();
}

absl::Status StudyService::ListStudies(const v1::ListStudiesRequest& request,
                                       v1::ListStudiesResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const int32_t size,
                          ResolvePageSize(request.page_size(), kDefaultStudies, kMaxPage));
  PICOST_ASSIGN_OR_RETURN(const std::string after,
                          DecodePageToken("ListStudies", request.page_token()));
  PICOST_ASSIGN_OR_RETURN(const std::vector<StudyRecord> records, store_->List(after, size + 1));
  for (size_t i = 0; i < records.size() && i < static_cast<size_t>(size); ++i) {
    PICOST_RETURN_IF_ERROR(FromRecord(records[i], *response.add_studies()));
  }
  if (records.size() > static_cast<size_t>(size)) {
    response.set_next_page_token(EncodePageToken("ListStudies", records[size - 1].id));
  }
  return absl::OkStatus();
}

absl::Status StudyService::DeleteStudy(const v1::DeleteStudyRequest& request) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseStudyName(request.name(), "name"));
  absl::Status status = store_->Delete(id, request.etag());
  return absl::IsNotFound(status) && request.allow_missing() ? absl::OkStatus() : status;
}

absl::StatusOr<NewTrial> StudyService::Prepare(const v1::AddTrialRequest& request,
                                               const v1::Study& study, const std::string& study_id,
                                               const std::string& field) {
  PICOST_RETURN_IF_ERROR(ValidateTrial(request.trial(), study, study_id, field));
  v1::Trial trial = request.trial();
  if (!trial.parent_trial().empty()) {
    PICOST_ASSIGN_OR_RETURN(const TrialName parent,
                            ParseTrialName(trial.parent_trial(), field + ".parent_trial"));
    if (parent.number > study.trial_count()) return TrialNotFound(study_id, parent.number);
  }
  const auto evaluated = edits_->EvaluateOne(QuestionOf(trial), trial.operations());
  if (!evaluated.ok()) return OfTrial(evaluated.status(), field);
  trial.clear_name();
  trial.clear_create_time();
  trial.clear_link_terms();
  trial.clear_totals();
  std::sort(trial.mutable_metrics()->begin(), trial.mutable_metrics()->end(),
            [](const auto& a, const auto& b) { return a.metric() < b.metric(); });
  CostToProto(evaluated->totals, evaluated->network, trial);
  trial.set_feasible(KeepsBudgets(study, trial));
  return NewTrial{.create_time_micros = now_(),
                  .request_id = request.request_id(),
                  .tags = {trial.tags().begin(), trial.tags().end()},
                  .body = trial.SerializeAsString()};
}

absl::Status StudyService::Add(const std::string& study_id,
                               const std::vector<const v1::AddTrialRequest*>& requests, bool batch,
                               const std::function<v1::Trial*()>& next) {
  PICOST_ASSIGN_OR_RETURN(const v1::Study study, Load(study_id));
  std::vector<NewTrial> trials;
  for (size_t i = 0; i < requests.size(); ++i) {
    const std::string field = batch ? absl::StrCat("requests[", i, "].trial") : "trial";
    PICOST_ASSIGN_OR_RETURN(NewTrial trial, Prepare(*requests[i], study, study_id, field));
    trials.push_back(std::move(trial));
  }
  PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> numbers,
                          store_->AddTrials(study_id, study.etag(), trials));
  for (size_t i = 0; i < trials.size(); ++i) {
    TrialRecord record{.number = numbers[i],
                       .create_time_micros = trials[i].create_time_micros,
                       .body = std::move(trials[i].body)};
    if (!trials[i].request_id.empty()) {
      // It may be the one that was added first, with other content.
      PICOST_ASSIGN_OR_RETURN(record, store_->GetTrial(study_id, numbers[i]));
    }
    PICOST_RETURN_IF_ERROR(FromRecord(study_id, record, *next()));
  }
  return absl::OkStatus();
}

absl::Status StudyService::AddTrial(const v1::AddTrialRequest& request, v1::Trial& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseStudyName(request.parent(), "parent"));
  PICOST_RETURN_IF_ERROR(ValidateRequestId(request.request_id(), "request_id"));
  return Add(id, {&request}, /*batch=*/false, [&response] { return &response; });
}

absl::Status StudyService::BatchAddTrials(const v1::BatchAddTrialsRequest& request,
                                          v1::BatchAddTrialsResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseStudyName(request.parent(), "parent"));
  if (request.requests().empty() || request.requests_size() > kMaxBatch) {
    return Invalid(absl::StrCat(request.requests_size(), " trials at once"), "requests",
                   absl::StrCat("Send 1 to ", kMaxBatch, "."));
  }
  std::vector<const v1::AddTrialRequest*> requests;
  std::set<std::string> ids;
  for (int i = 0; i < request.requests_size(); ++i) {
    const v1::AddTrialRequest& one = request.requests(i);
    const std::string path = absl::StrCat("requests[", i, "]");
    if (!one.parent().empty() && one.parent() != request.parent()) {
      return Invalid("a trial is for another study", path + ".parent", "Leave it away.");
    }
    PICOST_RETURN_IF_ERROR(ValidateRequestId(one.request_id(), path + ".request_id"));
    if (!one.request_id().empty() && !ids.insert(one.request_id()).second) {
      return Invalid("two trials have one request_id", path + ".request_id", "Give each its own.");
    }
    requests.push_back(&one);
  }
  return Add(id, requests, /*batch=*/true, [&response] { return response.add_trials(); });
}

absl::Status StudyService::GetTrial(const v1::GetTrialRequest& request, v1::Trial& response) {
  PICOST_ASSIGN_OR_RETURN(const TrialName name, ParseTrialName(request.name(), "name"));
  PICOST_ASSIGN_OR_RETURN(const TrialRecord record, store_->GetTrial(name.study, name.number));
  return FromRecord(name.study, record, response);
}

absl::Status StudyService::ListTrials(const v1::ListTrialsRequest& request,
                                      v1::ListTrialsResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseStudyName(request.parent(), "parent"));
  PICOST_ASSIGN_OR_RETURN(const int32_t size,
                          ResolvePageSize(request.page_size(), kDefaultTrials, kMaxPage));
  PICOST_RETURN_IF_ERROR(ValidateAfterNumber(request.after_number()));
  if (!request.tag().empty()) PICOST_RETURN_IF_ERROR(ValidateTag(request.tag(), "tag"));
  const std::string scope =
      absl::StrCat("ListTrials|", id, "|", request.after_number(), "|", request.tag());
  PICOST_ASSIGN_OR_RETURN(const std::string last, DecodePageToken(scope, request.page_token()));
  int64_t after = request.after_number();
  if (!last.empty()) {
    PICOST_ASSIGN_OR_RETURN(const TrialName name, ParseTrialName(last, "page_token"));
    after = name.number;
  }
  PICOST_ASSIGN_OR_RETURN(
      const std::vector<TrialRecord> records,
      store_->ListTrials(
          {.study = id, .after_number = after, .tag = request.tag(), .limit = size + 1}));
  for (size_t i = 0; i < records.size() && i < static_cast<size_t>(size); ++i) {
    PICOST_RETURN_IF_ERROR(FromRecord(id, records[i], *response.add_trials()));
  }
  if (records.size() > static_cast<size_t>(size)) {
    response.set_next_page_token(EncodePageToken(scope, TrialNameOf(id, records[size - 1].number)));
  }
  return absl::OkStatus();
}

absl::Status StudyService::GetTrialColumns(const v1::GetTrialColumnsRequest& request,
                                           v1::TrialColumns& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseStudyName(request.parent(), "parent"));
  PICOST_RETURN_IF_ERROR(ValidateAfterNumber(request.after_number()));
  if (request.row_count() < 0 || request.row_count() > kMaxRows) {
    return Invalid(absl::StrCat("row_count is ", request.row_count()), "row_count",
                   absl::StrCat("Use 0 to ", kMaxRows, "."));
  }
  const int64_t most = request.row_count() == 0 ? kDefaultRows : request.row_count();
  PICOST_ASSIGN_OR_RETURN(const v1::Study study, Load(id));
  TrialColumnsBuilder builder;
  int64_t after = request.after_number();
  // In parts, so that trials can be added in between.
  for (int64_t rows = 0; rows < most;) {
    const int64_t limit = std::min(kRowsAtOnce, most - rows);
    PICOST_ASSIGN_OR_RETURN(
        const std::vector<TrialRecord> page,
        store_->ListTrials(
            {.study = id, .etag = study.etag(), .after_number = after, .limit = limit}));
    for (const TrialRecord& record : page) {
      v1::Trial trial;
      PICOST_RETURN_IF_ERROR(FromRecord(id, record, trial));
      builder.Add(record.number, record.create_time_micros, trial);
      if (builder.cells() > kMostCells) {
        return MakeError(
            absl::StatusCode::kResourceExhausted,
            absl::StrCat("the columns hold more than ", kMostCells, " numbers"),
            {.field = "row_count",
             .mend = "Ask for fewer rows; trials with many metrics make many columns."});
      }
      after = record.number;
    }
    rows += static_cast<int64_t>(page.size());
    if (static_cast<int64_t>(page.size()) < limit) break;
  }
  builder.Finish(response);
  response.set_last_number(after);
  return absl::OkStatus();
}

absl::Status StudyService::GetTrialLayers(const v1::GetTrialLayersRequest& request,
                                          v1::TrialLayers& response) {
  v1::GetTrialRequest get;
  get.set_name(request.name());
  v1::Trial trial;
  PICOST_RETURN_IF_ERROR(GetTrial(get, trial));
  PICOST_ASSIGN_OR_RETURN(const EditService::EditedEstimate edited,
                          edits_->EstimateEdited(QuestionOf(trial), trial.operations()));
  response.set_name(trial.name());
  LayersToProto(edited.estimate, edited.counts, trial, response);
  return absl::OkStatus();
}

absl::Status StudyService::GetParetoFront(const v1::GetParetoFrontRequest& request,
                                          v1::ParetoFront& response) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseStudyName(request.parent(), "parent"));
  PICOST_ASSIGN_OR_RETURN(const Summary summary, Summarize(id));
  const v1::Study& study = summary.study;
  for (const study::FrontMember& member :
       summary.progress.front(request.feasible_only()).members()) {
    v1::FrontPoint& point = *response.add_points();
    point.set_trial(TrialNameOf(id, member.id));
    for (const double value : NaturalValues(study, member.values))
      point.add_objective_values(value);
  }
  if (const auto reference = ReferencePoint(study)) {
    for (const double value : NaturalValues(study, *reference))
      response.add_reference_values(value);
  }
  if (const auto volume = summary.progress.Hypervolume(study, request.feasible_only())) {
    response.set_hypervolume(*volume);
  }
  response.set_trial_count(summary.progress.number());
  response.set_feasible_count(summary.progress.feasible_count());
  return absl::OkStatus();
}

absl::StatusOr<StudyService::Summary> StudyService::Summarize(const std::string& study_id) {
  PICOST_ASSIGN_OR_RETURN(v1::Study study, Load(study_id));
  PICOST_ASSIGN_OR_RETURN(StudyProgress progress, progress_.Get(study_id, study));
  return Summary{std::move(study), std::move(progress)};
}

absl::Status StudyService::NextTrials(TrialCursor& cursor, v1::WatchTrialsResponse& response) {
  if (cursor.etag.empty()) {
    PICOST_ASSIGN_OR_RETURN(const StudyRecord study, store_->Get(cursor.study_id));
    cursor.etag = study.etag;
  }
  PICOST_ASSIGN_OR_RETURN(const std::vector<TrialRecord> page,
                          store_->ListTrials({.study = cursor.study_id,
                                              .etag = cursor.etag,
                                              .after_number = cursor.after,
                                              .limit = kWatchPage}));
  for (const TrialRecord& record : page) {
    PICOST_RETURN_IF_ERROR(FromRecord(cursor.study_id, record, *response.add_trials()));
    cursor.after = record.number;
  }
  return absl::OkStatus();
}

}  // namespace picost::service
