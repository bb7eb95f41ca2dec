// What this machine is, and what else it is doing: provenance of measurements.
#ifndef PICOST_CALIBRATE_MACHINE_PROBE_H_
#define PICOST_CALIBRATE_MACHINE_PROBE_H_

#include "calibrate/driver.pb.h"

namespace picost::calibrate {

// Reads /proc and /sys; what the kernel does not tell stays empty.
Machine ProbeMachine();

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_MACHINE_PROBE_H_
