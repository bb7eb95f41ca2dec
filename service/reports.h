// What the daemon tells of its data and studies: gauges, and lines in the log.
#ifndef PICOST_SERVICE_REPORTS_H_
#define PICOST_SERVICE_REPORTS_H_

#include "estimator/cost/data_directory.h"
#include "service/config/picostd_config.pb.h"
#include "service/log/logger.h"
#include "service/metrics.h"
#include "service/study/study_service.h"

namespace picost::service {

// Of tables that were loaded: when they were measured, and which had to be left out.
void ReportData(const cost::DataDirectory& loaded, Logger& logger, Metrics& metrics);

// Figures of the configured studies: a front costs the trials added since the last time.
void RecordStudies(const config::DaemonConfig& config, StudyService& studies, Metrics& metrics);

}  // namespace picost::service

#endif  // PICOST_SERVICE_REPORTS_H_
