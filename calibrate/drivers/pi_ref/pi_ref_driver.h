// pi-ref behind the driver protocol: which operations it runs, as which
// primitives of the catalogue.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_PI_REF_DRIVER_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_PI_REF_DRIVER_H_

#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/driver.pb.h"
#include "calibrate/driver_server.h"

namespace picost::pi_ref {

class PiRefDriver : public calibrate::Driver {
 public:
  calibrate::Description Describe() override;
  calibrate::Capabilities GetCapabilities() override;
  absl::StatusOr<calibrate::MeasureReply> Measure(const calibrate::MeasureRequest& request,
                                                  calibrate::Channel& channel) override;
};

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_PI_REF_DRIVER_H_
