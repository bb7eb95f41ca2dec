#include "service/study/study_records.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "service/study/study_names.h"

namespace picost::service {
namespace {

void TimeToProto(int64_t micros, google::protobuf::Timestamp& to) {
  constexpr int64_t kMicros = 1'000'000;
  to.set_seconds(micros / kMicros);
  to.set_nanos(static_cast<int>(micros % kMicros * 1000));
}

absl::Status Damaged(const std::string& name) {
  return MakeError(absl::StatusCode::kDataLoss,
                   absl::StrCat("what the store keeps of ", name, " is damaged"),
                   {.mend = "Restore a backup, or delete the study."});
}

}  // namespace

absl::Status FromRecord(const StudyRecord& record, v1::Study& study) {
  if (!study.ParseFromString(record.body)) return Damaged(StudyName(record.id));
  study.set_name(StudyName(record.id));
  study.set_etag(record.etag);
  study.set_trial_count(record.trial_count);
  TimeToProto(record.create_time_micros, *study.mutable_create_time());
  return absl::OkStatus();
}

absl::Status FromRecord(std::string_view study, const TrialRecord& record, v1::Trial& trial) {
  const std::string name = TrialNameOf(study, record.number);
  if (!trial.ParseFromString(record.body)) return Damaged(name);
  trial.set_name(name);
  TimeToProto(record.create_time_micros, *trial.mutable_create_time());
  return absl::OkStatus();
}

}  // namespace picost::service
