// From a point and a variance to an interval, without libm beyond sqrt.
#ifndef PICOST_ESTIMATOR_COST_UNCERTAINTY_H_
#define PICOST_ESTIMATOR_COST_UNCERTAINTY_H_

#include "estimator/base/interval.h"

namespace picost::cost {

// Level of the intervals of answers.
inline constexpr double kIntervalLevel = 0.9;

// 95 % quantile of the standard normal distribution: both tails of 90 %.
inline constexpr double kNormalQuantile = 1.6448536269514722;

// How far an interval reaches, in the unit of its point: up to point + above, down to
// point / (1 + below / point), so that equal halves miss by the same ratio. What disturbs
// a measurement adds time: errors are skewed, and the halves mostly differ.
struct HalfWidths {
  double above = 0;
  double below = 0;
  friend bool operator==(const HalfWidths&, const HalfWidths&) = default;
};

// Half widths of independent parts, as a root of squares.
class HalfWidthSum {
 public:
  void Add(const HalfWidths& part) {
    above_ += part.above * part.above;
    below_ += part.below * part.below;
  }
  HalfWidths Root() const;

 private:
  double above_ = 0;
  double below_ = 0;
};

// The interval of a positive quantity. The standard deviation is the mean of the half
// widths over the normal quantile, the mean that of a log-normal, to second order.
// level: 0 where none is claimed.
Interval MakeInterval(double point, const HalfWidths& half_widths, double level);

// Those that MakeInterval was given for a positive point.
HalfWidths HalfWidthsOf(const Interval& interval);

// a + a constant that has no error.
Interval Shifted(const Interval& interval, double constant);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_UNCERTAINTY_H_
