#include "service/calibration/measured_phases.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "service/calibration/times.h"

namespace picost::service {

std::array<MeasuredPhase, 3> PhasesOf(const v1::Measurement& from) {
  const auto value = [](bool present, double seconds) {
    return present ? std::optional<double>(seconds) : std::nullopt;
  };
  return {
      {{v1::PHASE_SETUP, value(from.has_setup_seconds(), from.setup_seconds()), "setup_seconds"},
       {v1::PHASE_OFFLINE, value(from.has_offline_seconds(), from.offline_seconds()),
        "offline_seconds"},
       {v1::PHASE_ONLINE, value(from.has_online_seconds(), from.online_seconds()),
        "online_seconds"}}};
}

absl::Status MeasurementFromRecord(const ResourceRecord& record, v1::Measurement& to) {
  if (!to.ParseFromString(record.content)) {
    return MakeError(
        absl::StatusCode::kDataLoss,
        absl::StrCat("what the store keeps of measurements/", record.id, " is damaged"),
        {.mend = "Restore the store from a backup."});
  }
  to.set_name(absl::StrCat("measurements/", record.id));
  SetTime(record.create_time_micros, *to.mutable_create_time());
  return absl::OkStatus();
}

}  // namespace picost::service
