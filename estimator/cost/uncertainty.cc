#include "estimator/cost/uncertainty.h"

namespace picost::cost {

Interval MakeInterval(double point, double half_width, double level) {
  Interval interval;
  interval.p50 = point;
  interval.level = level;
  if (point <= 0) {
    interval.mean = interval.low = interval.high = point;
    return interval;
  }
  interval.standard_deviation = half_width / kNormalQuantile;
  const double relative = interval.standard_deviation / point;
  // Mean of a log-normal over its median: exp(s^2 / 2), to second order.
  interval.mean = point * (1 + 0.5 * relative * relative);
  interval.low = point / (1 + half_width / point);
  interval.high = point + half_width;
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
