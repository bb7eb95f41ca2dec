#include "estimator/cost/uncertainty.h"

#include <cmath>

namespace picost::cost {
namespace {

// 95 % quantile of the standard normal distribution: both tails of 90 %.
constexpr double kNormalQuantile = 1.6448536269514722;

}  // namespace

Interval MakeInterval(double point, double variance, double level) {
  Interval interval;
  interval.p50 = point;
  interval.level = level;
  if (point <= 0) {
    interval.mean = interval.low = interval.high = point;
    return interval;
  }
  interval.standard_deviation = std::sqrt(variance);
  const double relative = interval.standard_deviation / point;
  // Mean of a log-normal over its median: exp(s^2 / 2), to second order.
  interval.mean = point * (1 + 0.5 * relative * relative);
  const double exponent = kNormalQuantile * relative;
  const double factor = 1 + exponent + 0.5 * exponent * exponent;
  interval.low = point / factor;
  interval.high = point * factor;
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
