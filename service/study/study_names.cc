#include "service/study/study_names.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service {
namespace {

constexpr std::string_view kStudies = "studies/";
constexpr std::string_view kTrials = "/trials/";
constexpr size_t kMaxIdBytes = 63;

absl::Status Invalid(std::string_view name, std::string_view field, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat(std::string(field), " is '", std::string(name.substr(0, 128)), "'"),
                   {.field = std::string(field), .mend = std::move(mend)});
}

}  // namespace

absl::Status ValidateStudyId(std::string_view id, std::string_view field) {
  bool valid = !id.empty() && id.size() <= kMaxIdBytes && id[0] >= 'a' && id[0] <= 'z';
  for (const char c : id) {
    valid = valid && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  }
  if (valid) return absl::OkStatus();
  return Invalid(id, field,
                 "Use 1 to 63 of a-z, 0-9 and '-' as a study's id, beginning with a letter.");
}

absl::StatusOr<std::string> ParseStudyName(std::string_view name, std::string_view field) {
  if (!name.starts_with(kStudies)) return Invalid(name, field, "Write it as studies/ID.");
  const std::string_view id = name.substr(kStudies.size());
  PICOST_RETURN_IF_ERROR(ValidateStudyId(id, field));
  return std::string(id);
}

absl::StatusOr<TrialName> ParseTrialName(std::string_view name, std::string_view field) {
  const size_t middle = name.find(kTrials);
  int64_t number = 0;
  if (middle == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(name.substr(middle + kTrials.size())), &number) || number < 1) {
    return Invalid(name, field, "Write it as studies/ID/trials/NUMBER.");
  }
  PICOST_ASSIGN_OR_RETURN(std::string study, ParseStudyName(name.substr(0, middle), field));
  // One spelling for one trial.
  if (TrialNameOf(study, number) != name) {
    return Invalid(name, field, "Write the number without sign, blanks or leading zeros.");
  }
  return TrialName{.study = std::move(study), .number = number};
}

std::string StudyName(std::string_view id) {
  return absl::StrCat(std::string(kStudies), std::string(id));
}

std::string TrialNameOf(std::string_view study, int64_t number) {
  return absl::StrCat(StudyName(study), std::string(kTrials), number);
}

}  // namespace picost::service
