// What a sweep of pi-ref measures.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_SWEEP_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_SWEEP_H_

#include "calibrate/driver.pb.h"

namespace picost::pi_ref {

// Fills capabilities.sweep. Each fit has to tell its unit costs apart: circuits
// from AND gates (several circuits, several widths), batches from OTs, exchanges
// from elements and products (several operations, several degrees).
void DeclareSweep(calibrate::Capabilities& capabilities);

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_SWEEP_H_
