// A backend with known unit costs: proof that what goes into a sweep comes out of
// a fit. It sends as many bytes, in as many flights, as the catalogue states, and
// reports seconds that it computes instead of measuring:
//
//   seconds = sum over usage items j of usage_j * (j + 2) * 1e-7 s
//
// so that every primitive of the catalogue has coefficients that a test knows.
#ifndef PICOST_CALIBRATE_DRIVERS_SYNTHETIC_SYNTHETIC_DRIVER_H_
#define PICOST_CALIBRATE_DRIVERS_SYNTHETIC_SYNTHETIC_DRIVER_H_

#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/driver.pb.h"
#include "calibrate/driver_server.h"

namespace picost::calibrate {

// Of usage item j of every primitive.
constexpr double SyntheticCoefficient(int item) { return (item + 2) * 1e-7; }

class SyntheticDriver : public Driver {
 public:
  Description Describe() override;
  Capabilities GetCapabilities() override;
  absl::StatusOr<MeasureReply> Measure(const MeasureRequest& request, Channel& channel) override;
};

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_DRIVERS_SYNTHETIC_SYNTHETIC_DRIVER_H_
