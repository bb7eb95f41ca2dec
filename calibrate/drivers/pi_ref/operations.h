// One measured operation of pi-ref, run again and again.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_OPERATIONS_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_OPERATIONS_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/driver.pb.h"

namespace picost::pi_ref {

class RepeatedOperation {
 public:
  virtual ~RepeatedOperation() = default;
  // One repetition: its steps, and whether this party's outputs are right.
  virtual absl::Status Run(calibrate::Repetition& repetition) = 0;
};

// Parameters are in the declared ranges; combinations that no circuit has (a
// width without a prime) are refused here.
absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakeOperation(
    const calibrate::MeasureRequest& request, calibrate::Channel& channel);

// By family; the request's operation has the prefix.
absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakeGarblingOperation(
    const calibrate::MeasureRequest& request, calibrate::Channel& channel);
absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakeOtOperation(
    const calibrate::MeasureRequest& request, calibrate::Channel& channel);
absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakeShareOperation(
    const calibrate::MeasureRequest& request, calibrate::Channel& channel);
absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakePlaintextOperation(
    const calibrate::MeasureRequest& request, calibrate::Channel& channel);

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_OPERATIONS_H_
