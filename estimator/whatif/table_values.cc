#include "estimator/whatif/table_values.h"

#include <limits>

namespace picost::whatif {

MetricValues Values(const EditTotals& totals) {
  MetricValues values = {};
  for (size_t m = 0; m < kMetricCount; ++m) {
    values[m] = MetricValue(totals, kMetrics[m]).value_or(std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

MetricValues Own(const EditTotals& totals, const std::vector<TablePool>& pools) {
  MetricValues values = Values(totals);
  for (size_t p = 0; p < pools.size(); ++p) {
    const auto refills = static_cast<double>(totals.draws[p] / pools[p].yield);
    for (size_t m = 0; m < kMetricCount; ++m) values[m] -= refills * pools[p].refill[m];
  }
  return values;
}

}  // namespace picost::whatif
