// Resource names of studies and trials.
#ifndef PICOST_SERVICE_STUDY_STUDY_NAMES_H_
#define PICOST_SERVICE_STUDY_STUDY_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace picost::service {

struct TrialName {
  std::string study;
  int64_t number = 0;
};

// 1 to 63 of a-z, 0-9 and '-', beginning with a letter.
absl::Status ValidateStudyId(std::string_view id, std::string_view field);
// "studies/<id>" -> id.
absl::StatusOr<std::string> ParseStudyName(std::string_view name, std::string_view field);
// "studies/<id>/trials/<number>".
absl::StatusOr<TrialName> ParseTrialName(std::string_view name, std::string_view field);

std::string StudyName(std::string_view id);
std::string TrialNameOf(std::string_view study, int64_t number);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_STUDY_NAMES_H_
