// One number of an answer that a search optimises or bounds.
#ifndef PICOST_ESTIMATOR_WHATIF_METRIC_H_
#define PICOST_ESTIMATOR_WHATIF_METRIC_H_

#include <optional>
#include <string_view>

#include "estimator/whatif/session.h"

namespace picost::whatif {

enum class Metric {
  kOnlineSeconds,
  kOfflineSeconds,
  kTotalSeconds,  // offline and online; the set-up is paid once and not counted
  kOnlineBytes,   // both directions
  kOfflineBytes,
  kTotalBytes,
  kOnlineFlights,
  kClientStorageBytes,
  kReluElements,
};
inline constexpr Metric kMetrics[] = {
    Metric::kOnlineSeconds, Metric::kOfflineSeconds,     Metric::kTotalSeconds,
    Metric::kOnlineBytes,   Metric::kOfflineBytes,       Metric::kTotalBytes,
    Metric::kOnlineFlights, Metric::kClientStorageBytes, Metric::kReluElements,
};

std::string_view MetricName(Metric metric);  // "online_seconds", ...

// Medians of seconds. Nothing where a primitive of the phase has no table.
std::optional<double> MetricValue(const EditTotals& totals, Metric metric);

// Standard deviation of a metric in seconds; 0 for the others, which are exact.
double MetricDeviation(const EditTotals& totals, Metric metric);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_METRIC_H_
