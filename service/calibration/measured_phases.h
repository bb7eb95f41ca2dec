// A measurement as the store keeps it, phase by phase.
#ifndef PICOST_SERVICE_CALIBRATION_MEASURED_PHASES_H_
#define PICOST_SERVICE_CALIBRATION_MEASURED_PHASES_H_

#include <array>
#include <optional>

#include "absl/status/status.h"
#include "proto/picost/v1/calibrations.pb.h"
#include "service/store/resource_store.h"

namespace picost::service {

struct MeasuredPhase {
  v1::Phase phase;
  std::optional<double> seconds;
  const char* field;  // of Measurement
};

// In the order setup, offline, online.
std::array<MeasuredPhase, 3> PhasesOf(const v1::Measurement& from);

// kDataLoss where the store's content is no measurement.
absl::Status MeasurementFromRecord(const ResourceRecord& record, v1::Measurement& to);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CALIBRATION_MEASURED_PHASES_H_
