// One factor out of several ratios that should be the same.
#ifndef PICOST_ESTIMATOR_COST_ROBUST_FACTOR_H_
#define PICOST_ESTIMATOR_COST_ROBUST_FACTOR_H_

#include <vector>

namespace picost::cost {

// Fewer say little about their own scatter.
inline constexpr int kEnoughRatios = 3;

double Median(std::vector<double> values);  // of at least one

struct RobustFactor {
  double value = 1;  // median of the ratios
  // Median deviation, as a standard deviation, at least 1 %; of fewer than kEnoughRatios
  // what the caller assumes.
  double relative_stddev = 0;
};
RobustFactor FactorOf(const std::vector<double>& ratios, double assumed_relative_stddev);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_ROBUST_FACTOR_H_
