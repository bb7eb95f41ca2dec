// A predicted quantity with its uncertainty.
#ifndef PICOST_ESTIMATOR_BASE_INTERVAL_H_
#define PICOST_ESTIMATOR_BASE_INTERVAL_H_

namespace picost {

// Seconds unless the user of the type says otherwise. low <= p50 <= high.
struct Interval {
  double p50 = 0;
  double mean = 0;
  double standard_deviation = 0;
  double low = 0;  // ends of the central interval of the stated level
  double high = 0;
  double level = 0;  // nominal coverage, e.g. 0.9; 0 where none is claimed
};

}  // namespace picost

#endif  // PICOST_ESTIMATOR_BASE_INTERVAL_H_
