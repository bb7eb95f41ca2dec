#include "service/store/study_store.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::service {

absl::Status StudyNotFound(std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound,
                   absl::StrCat("there is no study studies/", std::string(id)),
                   {.field = "name", .mend = "Create it, or list the studies that there are."});
}

absl::Status StudyExists(std::string_view id) {
  return MakeError(absl::StatusCode::kAlreadyExists,
                   absl::StrCat("there is another study studies/", std::string(id)),
                   {.field = "study_id", .mend = "Choose another id, or delete that one."});
}

absl::Status StudyEtagDiffers(std::string_view id, std::string_view given, std::string_view kept) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("studies/", std::string(id), " has etag ", std::string(kept),
                                ", not ", std::string(given)),
                   {.field = "etag", .mend = "Get the study again and decide anew."});
}

absl::Status TrialNotFound(std::string_view study, int64_t number) {
  return MakeError(
      absl::StatusCode::kNotFound,
      absl::StrCat("there is no trial studies/", std::string(study), "/trials/", number),
      {.field = "name", .mend = "List the study's trials: they are numbered from 1."});
}

}  // namespace picost::service
