// The call of the catalogue that a measured row is a sample of.
#ifndef PICOST_TESTS_SPEC_MEASURED_CALLS_H_
#define PICOST_TESTS_SPEC_MEASURED_CALLS_H_

#include "estimator/primitives/primitive.h"
#include "tests/spec/measured_rows.h"

namespace picost::spec {

// Rows of the backends cheetah and sci_he.
primitives::PrimitiveCall CallOfRow(const MeasuredRow& row);

}  // namespace picost::spec

#endif  // PICOST_TESTS_SPEC_MEASURED_CALLS_H_
