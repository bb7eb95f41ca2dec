// Transposition of bit matrices, 128 rows of 128 bits at a time.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_BIT_MATRIX_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_BIT_MATRIX_H_

#include "calibrate/drivers/pi_ref/block.h"

namespace picost::pi_ref {

// In place: bit j of rows[i] becomes bit i of rows[j]. Eklundh's method: seven
// rounds that exchange the off-diagonal halves of ever smaller squares.
void Transpose128(Block* rows);

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_BIT_MATRIX_H_
