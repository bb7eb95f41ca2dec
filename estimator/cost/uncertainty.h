// From a point and a variance to an interval, without libm beyond sqrt.
#ifndef PICOST_ESTIMATOR_COST_UNCERTAINTY_H_
#define PICOST_ESTIMATOR_COST_UNCERTAINTY_H_

#include "estimator/base/interval.h"

namespace picost::cost {

// Level of the intervals of answers.
inline constexpr double kIntervalLevel = 0.9;

// The central interval of a positive quantity whose logarithm is about normal:
// low = point / h, high = point x h with h = exp(z s) to second order, where s
// is the relative standard deviation. level: 0 where none is claimed.
Interval MakeInterval(double point, double variance, double level);

// a + a constant that has no error.
Interval Shifted(const Interval& interval, double constant);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_UNCERTAINTY_H_
