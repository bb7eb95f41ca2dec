// From a point and a variance to an interval, without libm beyond sqrt.
#ifndef PICOST_ESTIMATOR_COST_UNCERTAINTY_H_
#define PICOST_ESTIMATOR_COST_UNCERTAINTY_H_

#include "estimator/base/interval.h"

namespace picost::cost {

// Level of the intervals of answers.
inline constexpr double kIntervalLevel = 0.9;

// 95 % quantile of the standard normal distribution: both tails of 90 %.
inline constexpr double kNormalQuantile = 1.6448536269514722;

// The interval of a positive quantity from half its width: high = point + half,
// low = point / (1 + half / point), so that both ends miss by the same ratio. The
// standard deviation is the half width over the normal quantile, the mean that of
// a log-normal, to second order. level: 0 where none is claimed.
Interval MakeInterval(double point, double half_width, double level);

// a + a constant that has no error.
Interval Shifted(const Interval& interval, double constant);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_UNCERTAINTY_H_
