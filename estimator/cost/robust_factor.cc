#include "estimator/cost/robust_factor.h"

#include <algorithm>
#include <cmath>

namespace picost::cost {
namespace {

constexpr double kMedianToDeviation = 1.4826;  // of a normal distribution
constexpr double kLeastRelativeStddev = 0.01;

}  // namespace

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

RobustFactor FactorOf(const std::vector<double>& ratios, double assumed_relative_stddev) {
  RobustFactor factor{.value = Median(ratios), .relative_stddev = assumed_relative_stddev};
  if (ratios.size() >= kEnoughRatios) {
    std::vector<double> deviations;
    for (const double ratio : ratios) deviations.push_back(std::abs(ratio / factor.value - 1));
    factor.relative_stddev =
        std::max(kLeastRelativeStddev, kMedianToDeviation * Median(deviations));
  }
  return factor;
}

}  // namespace picost::cost
