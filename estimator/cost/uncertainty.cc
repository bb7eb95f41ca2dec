#include "estimator/cost/uncertainty.h"

#include <algorithm>
#include <cmath>

namespace picost::cost {

HalfWidths HalfWidthSum::Root() const { return {std::sqrt(above_), std::sqrt(below_)}; }

HalfWidths HalfWidthsOf(const Interval& interval) {
  const double below = interval.low > 0 ? interval.p50 * (interval.p50 / interval.low - 1) : 0;
  return {.above = interval.high - interval.p50, .below = below};
}

Interval MakeInterval(double point, const HalfWidths& half_widths, double level) {
  Interval interval;
  interval.p50 = point;
  interval.level = level;
  if (point <= 0) {
    interval.mean = interval.low = interval.high = point;
    return interval;
  }
  interval.standard_deviation = 0.5 * (half_widths.above + half_widths.below) / kNormalQuantile;
  const double relative = interval.standard_deviation / point;
  interval.low = point / (1 + half_widths.below / point);
  interval.high = point + half_widths.above;
  // Mean of a log-normal over its median: exp(s^2 / 2), to second order.
  interval.mean = std::min(point * (1 + 0.5 * relative * relative), interval.high);
  return interval;
}

Interval Shifted(const Interval& interval, double constant) {
  Interval shifted = interval;
  shifted.p50 += constant;
  shifted.mean += constant;
  shifted.low += constant;
  shifted.high += constant;
  return shifted;
}

}  // namespace picost::cost
