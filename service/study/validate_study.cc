#include "service/study/validate_study.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/study/study_names.h"
#include "service/study/trial_metrics.h"
#include "service/validate.h"

namespace picost::service {
namespace {

constexpr int kMostNames = 64;
constexpr int kMostObjectives = 4;
constexpr int kMostMetrics = 64;
constexpr int kMostTags = 16;
constexpr int kMostOperations = 4096;
constexpr size_t kMostNameBytes = 64;

absl::Status Invalid(std::string what, std::string field, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = std::move(field), .mend = std::move(mend)});
}

absl::Status CheckSize(int size, int least, int most, const std::string& field) {
  if (size >= least && size <= most) return absl::OkStatus();
  return Invalid(absl::StrCat(field, " has ", size, " entries"), field,
                 absl::StrCat("Give ", least, " to ", most, "."));
}

absl::Status ValidateMetricName(std::string_view name, const std::string& field) {
  bool valid = !name.empty() && name.size() <= kMostNameBytes &&
               absl::ascii_isalpha(static_cast<unsigned char>(name[0]));
  for (const char c : name) {
    valid = valid && (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                      c == '-');
  }
  if (valid) return absl::OkStatus();
  return Invalid("a metric has no proper name", field,
                 "Use 1 to 64 of letters, digits, '.', '_' and '-', beginning with a letter.");
}

absl::Status ValidateObjectives(const v1::Study& study) {
  PICOST_RETURN_IF_ERROR(
      CheckSize(study.objectives_size(), 1, kMostObjectives, "study.objectives"));
  std::set<std::string> metrics;
  for (int i = 0; i < study.objectives_size(); ++i) {
    const v1::Objective& objective = study.objectives(i);
    const std::string path = absl::StrCat("study.objectives[", i, "]");
    PICOST_RETURN_IF_ERROR(ValidateMetricName(objective.metric(), path + ".metric"));
    if (!metrics.insert(objective.metric()).second) {
      return Invalid(absl::StrCat(objective.metric(), " is an objective twice"), path + ".metric",
                     "Name it once.");
    }
    if (objective.goal() != v1::OBJECTIVE_GOAL_MAXIMIZE &&
        objective.goal() != v1::OBJECTIVE_GOAL_MINIMIZE) {
      return Invalid("an objective has no goal", path + ".goal",
                     "Set OBJECTIVE_GOAL_MAXIMIZE or OBJECTIVE_GOAL_MINIMIZE.");
    }
    if (objective.has_reference() && !std::isfinite(objective.reference())) {
      return Invalid("a reference is not finite", path + ".reference", "Give a finite number.");
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateBudgets(const v1::Study& study) {
  PICOST_RETURN_IF_ERROR(CheckSize(study.budgets_size(), 0,
                                   static_cast<int>(PredictedMetrics().size()), "study.budgets"));
  std::set<std::string> metrics;
  for (int i = 0; i < study.budgets_size(); ++i) {
    const std::string path = absl::StrCat("study.budgets[", i, "]");
    const NamedLimit limit = LimitOf(study.budgets(i));
    if (limit.metric.empty()) return Invalid("a budget is empty", path, "Set exactly one limit.");
    if (!std::isfinite(limit.limit) || limit.limit < 0) {
      return Invalid(absl::StrCat("a budget of ", limit.limit), path + "." + limit.metric,
                     "Give a finite number, 0 or more.");
    }
    if (!metrics.insert(limit.metric).second) {
      return Invalid(absl::StrCat(limit.metric, " has two budgets"), path, "Give the smaller one.");
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateMetrics(const v1::Trial& trial, const std::string& field) {
  PICOST_RETURN_IF_ERROR(CheckSize(trial.metrics_size(), 0, kMostMetrics, field + ".metrics"));
  std::set<std::string> names;
  for (int i = 0; i < trial.metrics_size(); ++i) {
    const v1::ReportedMetric& metric = trial.metrics(i);
    const std::string path = absl::StrCat(field, ".metrics[", i, "]");
    PICOST_RETURN_IF_ERROR(ValidateMetricName(metric.metric(), path + ".metric"));
    if (IsPredictedMetric(metric.metric())) {
      return Invalid(absl::StrCat(metric.metric(), " is what the daemon predicts"),
                     path + ".metric",
                     absl::StrCat("Report a measurement as measured_", metric.metric(), "."));
    }
    if (!names.insert(metric.metric()).second) {
      return Invalid(absl::StrCat(metric.metric(), " is reported twice"), path + ".metric",
                     "Report it once.");
    }
    if (!std::isfinite(metric.value())) {
      return Invalid(absl::StrCat(metric.metric(), " is not finite"), path + ".value",
                     "Leave a metric away that has no value.");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const v1::CreateStudyRequest& request) {
  PICOST_RETURN_IF_ERROR(ValidateStudyId(request.study_id(), "study_id"));
  const v1::Study& study = request.study();
  absl::Status name = ValidateDisplayName(study.display_name());
  if (!name.ok()) return AtElement(name, "study");
  PICOST_RETURN_IF_ERROR(CheckSize(study.models_size(), 0, kMostNames, "study.models"));
  for (int i = 0; i < study.models_size(); ++i) {
    PICOST_RETURN_IF_ERROR(
        ParseModelName(study.models(i), absl::StrCat("study.models[", i, "]")).status());
  }
  PICOST_RETURN_IF_ERROR(CheckSize(study.deployments_size(), 0, kMostNames, "study.deployments"));
  for (int i = 0; i < study.deployments_size(); ++i) {
    PICOST_RETURN_IF_ERROR(ParseResourceName(study.deployments(i), "deployments",
                                             absl::StrCat("study.deployments[", i, "]"))
                               .status());
  }
  PICOST_RETURN_IF_ERROR(ValidateObjectives(study));
  return ValidateBudgets(study);
}

absl::Status ValidateTag(std::string_view tag, const std::string& field) {
  bool valid = !tag.empty() && tag.size() <= kMostNameBytes;
  for (const char c : tag) valid = valid && !absl::ascii_iscntrl(static_cast<unsigned char>(c));
  if (valid) return absl::OkStatus();
  return Invalid("a tag is empty, too long or has control characters", field, "Use 1 to 64 bytes.");
}

absl::Status ValidateRequestId(std::string_view id, const std::string& field) {
  if (id.size() <= kMostNameBytes) return absl::OkStatus();
  return Invalid(absl::StrCat("request_id has ", id.size(), " bytes"), field, "Use at most 64.");
}

absl::Status ValidateAfterNumber(int64_t number) {
  if (number >= 0) return absl::OkStatus();
  return Invalid(absl::StrCat("after_number is ", number), "after_number", "Use 0 or more.");
}

absl::Status ValidateTrial(const v1::Trial& trial, const v1::Study& study,
                           std::string_view study_id, const std::string& field) {
  PICOST_RETURN_IF_ERROR(ParseModelName(trial.model(), field + ".model").status());
  if (study.models_size() > 0 && std::find(study.models().begin(), study.models().end(),
                                           trial.model()) == study.models().end()) {
    return Invalid(absl::StrCat(trial.model(), " is not one of the study's models"),
                   field + ".model", "Name one of them, or create a study about this one.");
  }
  PICOST_RETURN_IF_ERROR(ValidateProtocolChoice(trial.protocol(), field + ".protocol"));
  PICOST_RETURN_IF_ERROR(ValidateDeploymentChoice(trial.deployment(), field + ".deployment"));
  if (study.deployments_size() > 0 &&
      std::find(study.deployments().begin(), study.deployments().end(),
                trial.deployment().name()) == study.deployments().end()) {
    return Invalid("the deployment is not one of the study's", field + ".deployment",
                   "Name one of them, or create a study about this one.");
  }
  PICOST_RETURN_IF_ERROR(
      CheckSize(trial.operations_size(), 0, kMostOperations, field + ".operations"));
  PICOST_RETURN_IF_ERROR(ValidateMetrics(trial, field));
  PICOST_RETURN_IF_ERROR(CheckSize(trial.tags_size(), 0, kMostTags, field + ".tags"));
  std::set<std::string> tags;
  for (int i = 0; i < trial.tags_size(); ++i) {
    const std::string path = absl::StrCat(field, ".tags[", i, "]");
    PICOST_RETURN_IF_ERROR(ValidateTag(trial.tags(i), path));
    if (!tags.insert(trial.tags(i)).second)
      return Invalid("a tag stands twice", path, "Give it once.");
  }
  if (trial.parent_trial().empty()) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(const TrialName parent,
                          ParseTrialName(trial.parent_trial(), field + ".parent_trial"));
  if (parent.study == study_id) return absl::OkStatus();
  return Invalid("the parent trial is of another study", field + ".parent_trial",
                 "Name a trial of this study.");
}

}  // namespace picost::service
