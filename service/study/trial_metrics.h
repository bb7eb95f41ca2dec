// Metrics of trials by their names, and what budgets and objectives make of them.
#ifndef PICOST_SERVICE_STUDY_TRIAL_METRICS_H_
#define PICOST_SERVICE_STUDY_TRIAL_METRICS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/picost/v1/edits.pb.h"
#include "proto/picost/v1/studies.pb.h"

namespace picost::service {

bool IsPredictedMetric(std::string_view name);
const std::vector<std::string>& PredictedMetrics();

// Nothing where a primitive has no table, or the name is no predicted metric.
std::optional<double> PredictedValue(const v1::EditTotals& totals, std::string_view name);
// Predicted or reported. Nothing where the trial has none of this name.
std::optional<double> MetricValue(const v1::Trial& trial, std::string_view name);

struct NamedLimit {
  std::string metric;
  double limit = 0;
};
// Metric empty where the budget is not set.
NamedLimit LimitOf(const v1::SearchBudget& budget);

// Whether every budget is kept; a figure that is not known keeps none.
bool KeepsBudgets(const v1::Study& study, const v1::Trial& trial);

// To be minimised, one for each objective. Nothing where one is not known.
std::optional<std::vector<double>> ObjectivePoint(const v1::Study& study, const v1::Trial& trial);
// Where the hypervolume ends, to be minimised. Nothing where it has no end.
std::optional<std::vector<double>> ReferencePoint(const v1::Study& study);
// Back to the metrics' own signs.
std::vector<double> NaturalValues(const v1::Study& study, std::vector<double> minimised);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_TRIAL_METRICS_H_
