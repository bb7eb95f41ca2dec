// Requests that are well-formed before anything is done with them.
#ifndef PICOST_SERVICE_STUDY_VALIDATE_STUDY_H_
#define PICOST_SERVICE_STUDY_VALIDATE_STUDY_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "proto/picost/v1/studies.pb.h"

namespace picost::service {

absl::Status Validate(const v1::CreateStudyRequest& request);

// What a caller gives of a trial, in a study of the id. `field`: its path.
absl::Status ValidateTrial(const v1::Trial& trial, const v1::Study& study,
                           std::string_view study_id, const std::string& field);

absl::Status ValidateTag(std::string_view tag, const std::string& field);
absl::Status ValidateRequestId(std::string_view id, const std::string& field);
absl::Status ValidateAfterNumber(int64_t number);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_VALIDATE_STUDY_H_
