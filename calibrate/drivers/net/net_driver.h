// The link itself behind the driver protocol, so that probing it between two
// hosts needs nothing of its own: round trips, bulk each way, both ways at once,
// small messages. Its steps are named net.* and are no primitives: they describe
// a table's network and never enter a fit.
#ifndef PICOST_CALIBRATE_DRIVERS_NET_NET_DRIVER_H_
#define PICOST_CALIBRATE_DRIVERS_NET_NET_DRIVER_H_

#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/driver.pb.h"
#include "calibrate/driver_server.h"

namespace picost::calibrate {

class NetDriver : public Driver {
 public:
  Description Describe() override;
  Capabilities GetCapabilities() override;
  absl::StatusOr<MeasureReply> Measure(const MeasureRequest& request, Channel& channel) override;
};

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_DRIVERS_NET_NET_DRIVER_H_
