#include "service/reports.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "service/study/study_progress.h"
#include "service/study/trial_metrics.h"

namespace picost::service {

void ReportData(const cost::DataDirectory& loaded, Logger& logger, Metrics& metrics) {
  metrics.SetSkippedTables(static_cast<double>(loaded.skipped().size()));
  for (const cost::SkippedTable& skipped : loaded.skipped()) {
    log::Record record = Event("table skipped", skipped.reason);
    record.set_path(skipped.name);
    logger.Warning(std::move(record));
  }
  std::map<std::string, double> times;
  for (const cost::NamedTable& table : loaded.tables()) {
    absl::Time time;
    const std::string& date = table.model->table().environment.date;
    if (absl::ParseTime("%Y-%m-%d", date, &time, nullptr) ||
        absl::ParseTime("%Y", date, &time, nullptr)) {
      times[table.name] = absl::ToDoubleSeconds(time - absl::UnixEpoch());
    }
  }
  metrics.SetCalibrationTimes(times);
}

void RecordStudies(const config::DaemonConfig& config, StudyService& studies, Metrics& metrics) {
  for (const std::string& id : config.metric_studies()) {
    const auto summary = studies.Summarize(id);
    if (absl::IsNotFound(summary.status())) metrics.SetStudy(id, std::nullopt);
    if (!summary.ok()) continue;  // the store's own metrics tell of it
    const StudyProgress& progress = summary->progress;
    Metrics::StudyFigures figures{
        .trials = static_cast<double>(progress.number()),
        .feasible_trials = static_cast<double>(progress.feasible_count()),
        .best_feasible_online_seconds = progress.best_online_seconds(),
        .hypervolume = progress.Hypervolume(summary->study, /*feasible_only=*/false)};
    for (const v1::SearchBudget& budget : summary->study.budgets()) {
      const NamedLimit limit = LimitOf(budget);
      figures.budgets.emplace_back(limit.metric, limit.limit);
    }
    metrics.SetStudy(id, figures);
  }
}

}  // namespace picost::service
