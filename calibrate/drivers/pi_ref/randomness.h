// Secret randomness: the operating system's generator, nothing else. Everything
// longer is stretched from it by Prg (AES in counter mode).
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_RANDOMNESS_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_RANDOMNESS_H_

#include "calibrate/drivers/pi_ref/block.h"

namespace picost::pi_ref {

// 16 bytes of getrandom(2). Ends the process where the kernel refuses: there is
// no weaker source to fall back on.
Block RandomBlock();

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_RANDOMNESS_H_
