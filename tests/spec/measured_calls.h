// The calls of the catalogue that a measured row is a sample of.
#ifndef PICOST_TESTS_SPEC_MEASURED_CALLS_H_
#define PICOST_TESTS_SPEC_MEASURED_CALLS_H_

#include <vector>

#include "estimator/primitives/primitive.h"
#include "tests/spec/measured_rows.h"

namespace picost::spec {

// Everything that happened in a row, of any backend; empty where no form covers it.
std::vector<primitives::PrimitiveCall> CallsOfRow(const MeasuredRow& row);

// Rows of the backends cheetah and sci_he that are one call.
primitives::PrimitiveCall CallOfRow(const MeasuredRow& row);

}  // namespace picost::spec

#endif  // PICOST_TESTS_SPEC_MEASURED_CALLS_H_
