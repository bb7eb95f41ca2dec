#include "service/calibration/measurement_service.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"
#include "service/calibration/measured_phases.h"
#include "service/calibration/user_tables.h"
#include "service/calibration/validate_calibration.h"
#include "service/page_token.h"
#include "service/serialize.h"
#include "service/status_convert.h"
#include "service/validate.h"

namespace picost::service {
namespace {

constexpr int32_t kDefaultSize = 100;
constexpr int32_t kMaxSize = 1000;
constexpr int kMostMeasurements = 1000;

// The same inference measured twice with equal results and labels is one.
std::string IdOf(v1::Measurement measurement) {
  measurement.clear_name();
  measurement.clear_create_time();
  return Fingerprinter("measurement/1").Add(SerializeInOrder(measurement)).Hex();
}

const v1::PhaseCost& CostOf(const v1::Estimate& estimate, v1::Phase phase) {
  if (phase == v1::PHASE_SETUP) return estimate.setup();
  return phase == v1::PHASE_OFFLINE ? estimate.offline() : estimate.online();
}

void Summarize(v1::Phase phase, v1::CalibrationEvaluation& evaluation) {
  std::vector<double> ratios;
  int64_t inside = 0;
  for (const v1::ComparedMeasurement& compared : evaluation.measurements()) {
    for (const v1::PhaseComparison& one : compared.phases()) {
      if (one.phase() != phase || !one.has_measured_ratio()) continue;
      ratios.push_back(one.measured_ratio());
      inside += one.inside_interval() ? 1 : 0;
    }
  }
  if (ratios.empty()) return;
  std::sort(ratios.begin(), ratios.end());
  const size_t middle = ratios.size() / 2;
  v1::PhaseEvaluation& to = *evaluation.add_phases();
  to.set_phase(phase);
  to.set_measurement_count(static_cast<int64_t>(ratios.size()));
  to.set_inside_interval_count(inside);
  to.set_median_ratio(ratios.size() % 2 == 1 ? ratios[middle]
                                             : (ratios[middle - 1] + ratios[middle]) / 2);
  // Of a sorted list one of the two ends is farthest from 1.
  const double low = ratios.front();
  const double high = ratios.back();
  to.set_worst_ratio(low * high < 1 ? low : high);
}

}  // namespace

absl::Status MeasurementService::Compare(const v1::Measurement& measurement,
                                         const v1::DeploymentChoice& under,
                                         v1::ComparedMeasurement& to) {
  *to.mutable_measurement() = measurement;
  v1::EstimateRequest question;
  question.mutable_graph()->set_model(measurement.model());
  question.mutable_protocol()->set_protocol(measurement.protocol());
  for (const v1::NamedInteger& parameter : measurement.protocol_parameters()) {
    (*question.mutable_protocol()->mutable_parameters())[parameter.name()] = parameter.value();
  }
  *question.mutable_deployment() = under;
  question.set_view(v1::ESTIMATE_VIEW_TOTALS);
  v1::Estimate estimate;
  PICOST_RETURN_IF_ERROR(predict_(question, estimate));
  *to.mutable_provenance() = estimate.provenance();
  for (const MeasuredPhase& measured : PhasesOf(measurement)) {
    if (!measured.seconds.has_value()) continue;
    v1::PhaseComparison& phase = *to.add_phases();
    phase.set_phase(measured.phase);
    phase.set_measured_seconds(*measured.seconds);
    const v1::PhaseCost& cost = CostOf(estimate, measured.phase);
    if (!cost.has_latency_seconds()) continue;
    const v1::Interval& predicted = cost.latency_seconds();
    *phase.mutable_predicted_seconds() = predicted;
    if (predicted.p50() > 0) phase.set_measured_ratio(*measured.seconds / predicted.p50());
    phase.set_inside_interval(predicted.low() <= *measured.seconds &&
                              *measured.seconds <= predicted.high());
  }
  return absl::OkStatus();
}

absl::Status MeasurementService::ReportMeasurements(const v1::ReportMeasurementsRequest& request,
                                                    v1::ReportMeasurementsResponse& response) {
  // All are looked at before any is kept.
  PICOST_RETURN_IF_ERROR(Validate(request));
  for (int i = 0; i < request.measurements_size(); ++i) {
    const v1::Measurement& measurement = request.measurements(i);
    const absl::Status status =
        Compare(measurement, measurement.deployment(), *response.add_measurements());
    if (!status.ok()) return AtElement(status, absl::StrCat("measurements[", i, "]"));
  }
  if (request.validate_only()) return absl::OkStatus();
  for (v1::ComparedMeasurement& compared : *response.mutable_measurements()) {
    v1::Measurement content = compared.measurement();
    content.clear_name();
    content.clear_create_time();
    const int64_t now = now_();
    const std::string id = IdOf(content);
    const bool known = store_->Get(kMeasurements, id).ok();
    PICOST_ASSIGN_OR_RETURN(const ResourceRecord record,
                            store_->InsertIfAbsent({.collection = kMeasurements,
                                                    .id = id,
                                                    .create_time_micros = now,
                                                    .update_time_micros = now,
                                                    .content = content.SerializeAsString()}));
    PICOST_RETURN_IF_ERROR(MeasurementFromRecord(record, *compared.mutable_measurement()));
    if (known) continue;
    const std::string protocol = content.protocol().substr(content.protocol().find('/') + 1);
    for (const v1::PhaseComparison& phase : compared.phases()) {
      if (phase.has_measured_ratio()) {
        on_measured_(protocol, phase.measured_ratio(), phase.inside_interval());
      }
    }
  }
  return absl::OkStatus();
}

absl::Status MeasurementService::ListMeasurements(const v1::ListMeasurementsRequest& request,
                                                  v1::ListMeasurementsResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const int32_t size,
                          ResolvePageSize(request.page_size(), kDefaultSize, kMaxSize));
  PICOST_ASSIGN_OR_RETURN(const std::string after,
                          DecodePageToken("ListMeasurements", request.page_token()));
  // One more than asked for tells whether there is a next page.
  PICOST_ASSIGN_OR_RETURN(
      const std::vector<ResourceRecord> records,
      store_->List({.collection = kMeasurements, .after_id = after, .limit = size + 1}));
  for (size_t i = 0; i < records.size() && i < static_cast<size_t>(size); ++i) {
    PICOST_RETURN_IF_ERROR(MeasurementFromRecord(records[i], *response.add_measurements()));
  }
  if (records.size() > static_cast<size_t>(size)) {
    response.set_next_page_token(EncodePageToken("ListMeasurements", records[size - 1].id));
  }
  return absl::OkStatus();
}

absl::Status MeasurementService::EvaluateCalibration(const v1::EvaluateCalibrationRequest& request,
                                                     v1::CalibrationEvaluation& response) {
  PICOST_RETURN_IF_ERROR(Validate(request));
  PICOST_RETURN_IF_ERROR(ForEachRecord(*store_, kMeasurements, [&](const ResourceRecord& record) {
    v1::Measurement measurement;
    PICOST_RETURN_IF_ERROR(MeasurementFromRecord(record, measurement));
    if ((!request.model().empty() && measurement.model() != request.model()) ||
        (!request.protocol().empty() && measurement.protocol() != request.protocol()) ||
        response.measurements_size() >= kMostMeasurements) {
      return absl::OkStatus();
    }
    v1::ComparedMeasurement& compared = *response.add_measurements();
    const absl::Status status = Compare(
        measurement, request.has_deployment() ? request.deployment() : measurement.deployment(),
        compared);
    if (!status.ok()) *compared.mutable_error() = ToRpcStatus(status);
    return absl::OkStatus();
  }));
  for (const v1::Phase phase : {v1::PHASE_SETUP, v1::PHASE_OFFLINE, v1::PHASE_ONLINE}) {
    Summarize(phase, response);
  }
  return absl::OkStatus();
}

}  // namespace picost::service
