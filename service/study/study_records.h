// What the store keeps -> messages.
#ifndef PICOST_SERVICE_STUDY_STUDY_RECORDS_H_
#define PICOST_SERVICE_STUDY_STUDY_RECORDS_H_

#include <string_view>

#include "absl/status/status.h"
#include "proto/picost/v1/studies.pb.h"
#include "service/store/study_store.h"

namespace picost::service {

absl::Status FromRecord(const StudyRecord& record, v1::Study& study);
absl::Status FromRecord(std::string_view study, const TrialRecord& record, v1::Trial& trial);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_STUDY_RECORDS_H_
