// The numbers of a cost table: every metric at once, with refills of pools apart.
#ifndef PICOST_ESTIMATOR_WHATIF_TABLE_VALUES_H_
#define PICOST_ESTIMATOR_WHATIF_TABLE_VALUES_H_

#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "estimator/whatif/metric.h"
#include "estimator/whatif/session.h"

namespace picost::whatif {

inline constexpr size_t kMetricCount = std::size(kMetrics);
// Index: Metric. Seconds that no table covers are not numbers (NaN).
using MetricValues = std::array<double, kMetricCount>;

struct TablePool {
  std::string pool;
  int64_t yield = 0;
  int64_t base_draws = 0;
  MetricValues refill = {};
};

MetricValues Values(const EditTotals& totals);

// Without the refills of pools; `totals.draws` are by pool of `pools`.
MetricValues Own(const EditTotals& totals, const std::vector<TablePool>& pools);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_TABLE_VALUES_H_
