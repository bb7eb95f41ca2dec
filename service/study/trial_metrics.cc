#include "service/study/trial_metrics.h"

#include <algorithm>

namespace picost::service {
namespace {

std::optional<double> Seconds(const v1::PhaseTotals& phase) {
  if (!phase.has_latency_seconds()) return std::nullopt;
  return phase.latency_seconds().p50();
}

double Bytes(const v1::PhaseTotals& phase) {
  return static_cast<double>(phase.client_to_server_bytes() + phase.server_to_client_bytes());
}

double Signed(const v1::Objective& objective, double value) {
  return objective.goal() == v1::OBJECTIVE_GOAL_MAXIMIZE ? -value : value;
}

}  // namespace

const std::vector<std::string>& PredictedMetrics() {
  static const auto* const names = new std::vector<std::string>{
      "online_seconds", "offline_seconds", "total_seconds", "online_bytes",        "offline_bytes",
      "total_bytes",    "online_flights",  "relu_elements", "client_storage_bytes"};
  return *names;
}

bool IsPredictedMetric(std::string_view name) {
  const auto& names = PredictedMetrics();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<double> PredictedValue(const v1::EditTotals& totals, std::string_view name) {
  if (name == "online_seconds") return Seconds(totals.online());
  if (name == "offline_seconds") return Seconds(totals.offline());
  if (name == "total_seconds") {
    const auto online = Seconds(totals.online());
    const auto offline = Seconds(totals.offline());
    if (!online || !offline) return std::nullopt;
    return *offline + *online;
  }
  if (name == "online_bytes") return Bytes(totals.online());
  if (name == "offline_bytes") return Bytes(totals.offline());
  if (name == "total_bytes") return Bytes(totals.offline()) + Bytes(totals.online());
  if (name == "online_flights") return static_cast<double>(totals.online().flights());
  if (name == "relu_elements") return static_cast<double>(totals.relu_elements());
  if (name == "client_storage_bytes") return static_cast<double>(totals.client_storage_bytes());
  return std::nullopt;
}

std::optional<double> MetricValue(const v1::Trial& trial, std::string_view name) {
  if (IsPredictedMetric(name)) return PredictedValue(trial.totals(), name);
  for (const v1::ReportedMetric& metric : trial.metrics()) {
    if (metric.metric() == name) return metric.value();
  }
  return std::nullopt;
}

NamedLimit LimitOf(const v1::SearchBudget& budget) {
  switch (budget.limit_case()) {
    case v1::SearchBudget::kOnlineSeconds:
      return {"online_seconds", budget.online_seconds()};
    case v1::SearchBudget::kOfflineSeconds:
      return {"offline_seconds", budget.offline_seconds()};
    case v1::SearchBudget::kTotalSeconds:
      return {"total_seconds", budget.total_seconds()};
    case v1::SearchBudget::kOnlineBytes:
      return {"online_bytes", static_cast<double>(budget.online_bytes())};
    case v1::SearchBudget::kOfflineBytes:
      return {"offline_bytes", static_cast<double>(budget.offline_bytes())};
    case v1::SearchBudget::kTotalBytes:
      return {"total_bytes", static_cast<double>(budget.total_bytes())};
    case v1::SearchBudget::kOnlineFlights:
      return {"online_flights", static_cast<double>(budget.online_flights())};
    case v1::SearchBudget::kClientStorageBytes:
      return {"client_storage_bytes", static_cast<double>(budget.client_storage_bytes())};
    case v1::SearchBudget::kReluElements:
      return {"relu_elements", static_cast<double>(budget.relu_elements())};
    case v1::SearchBudget::LIMIT_NOT_SET:
      break;
  }
  return {};
}

bool KeepsBudgets(const v1::Study& study, const v1::Trial& trial) {
  for (const v1::SearchBudget& budget : study.budgets()) {
    const NamedLimit limit = LimitOf(budget);
    const std::optional<double> value = PredictedValue(trial.totals(), limit.metric);
    if (!value.has_value() || !(*value <= limit.limit)) return false;
  }
  return true;
}

std::optional<std::vector<double>> ObjectivePoint(const v1::Study& study, const v1::Trial& trial) {
  std::vector<double> point;
  for (const v1::Objective& objective : study.objectives()) {
    const std::optional<double> value = MetricValue(trial, objective.metric());
    if (!value.has_value()) return std::nullopt;
    point.push_back(Signed(objective, *value));
  }
  return point;
}

std::optional<std::vector<double>> ReferencePoint(const v1::Study& study) {
  std::vector<double> point;
  for (const v1::Objective& objective : study.objectives()) {
    std::optional<double> reference;
    if (objective.has_reference()) {
      reference = objective.reference();
    } else if (objective.goal() == v1::OBJECTIVE_GOAL_MAXIMIZE) {
      reference = 0;
    } else {
      for (const v1::SearchBudget& budget : study.budgets()) {
        const NamedLimit limit = LimitOf(budget);
        if (limit.metric == objective.metric()) reference = limit.limit;
      }
    }
    if (!reference.has_value()) return std::nullopt;
    point.push_back(Signed(objective, *reference));
  }
  return point;
}

std::vector<double> NaturalValues(const v1::Study& study, std::vector<double> minimised) {
  for (size_t i = 0; i < minimised.size(); ++i) {
    minimised[i] = Signed(study.objectives(static_cast<int>(i)), minimised[i]);
  }
  return minimised;
}

}  // namespace picost::service
