#include "service/calibration/rescale_service.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/data_directory.h"
#include "estimator/estimator.h"
#include "service/calibration/measured_phases.h"
#include "service/calibration/user_tables.h"
#include "service/convert/deployment.h"
#include "service/convert/protocol.h"
#include "service/status_convert.h"
#include "service/validate.h"

namespace picost::service {
namespace {

constexpr int kMostMeasurements = 100;
constexpr size_t kMostMachineBytes = 256;
constexpr size_t kDigestInId = 16;

using Model = std::shared_ptr<const cost::CostModel>;

// False where the deployment does not name the table.
bool Replace(const cost::CostModel& table, const Model& by, cost::Deployment& deployment) {
  bool found = false;
  for (cost::Machine* machine : {&deployment.client, &deployment.server}) {
    for (auto& [family, models] : machine->tables) {
      for (Model& model : models) {
        if (model->table().id != table.table().id) continue;
        model = by;
        found = true;
      }
    }
  }
  return found;
}

primitives::Phase PhaseOf(v1::Phase phase) {
  if (phase == v1::PHASE_SETUP) return primitives::Phase::kSetup;
  return phase == v1::PHASE_OFFLINE ? primitives::Phase::kOffline : primitives::Phase::kOnline;
}

absl::Status CheckRequest(const v1::RescaleCalibrationRequest& request) {
  if (request.measurements_size() > kMostMeasurements) {
    return MakeError(
        absl::StatusCode::kInvalidArgument,
        absl::StrCat("measurements holds ", request.measurements_size(), " names"),
        {.field = "measurements", .mend = absl::StrCat("Name at most ", kMostMeasurements, ".")});
  }
  if (request.machine().size() > kMostMachineBytes) {
    return MakeError(
        absl::StatusCode::kInvalidArgument,
        absl::StrCat("machine has ", request.machine().size(), " bytes"),
        {.field = "machine", .mend = absl::StrCat("Use at most ", kMostMachineBytes, ".")});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RescaleService::Judge(const v1::Measurement& measurement, const cost::CostModel& table,
                                   const cost::DataDirectory& data,
                                   std::vector<cost::PhaseFactor>& factors,
                                   v1::RescaleCalibrationResponse& response) {
  PICOST_ASSIGN_OR_RETURN(const cost::Deployment deployment,
                          FromProto(measurement.deployment(), data));
  v1::GraphSource source;
  source.set_model(measurement.model());
  PICOST_ASSIGN_OR_RETURN(const auto loaded, loader_->Load(source));
  v1::ProtocolChoice choice;
  choice.set_protocol(measurement.protocol());
  for (const v1::NamedInteger& parameter : measurement.protocol_parameters()) {
    (*choice.mutable_parameters())[parameter.name()] = parameter.value();
  }
  const ProtocolChoice protocol = FromProto(choice);
  for (const MeasuredPhase& phase : PhasesOf(measurement)) {
    if (!phase.seconds.has_value()) continue;
    const auto predict = [&](double factor) -> absl::StatusOr<double> {
      cost::Deployment changed = deployment;
      if (!Replace(table, cost::RescaleModel(table, "", {.factor = factor}), changed)) {
        return MakeError(absl::StatusCode::kFailedPrecondition,
                         absl::StrCat("the measurement's deployment does not name the table ",
                                      table.table().name),
                         {.field = "measurements", .mend = "Name measurements that do."});
      }
      PICOST_ASSIGN_OR_RETURN(const cost::Estimate estimate,
                              EstimateModel(loaded->graph, protocol, changed));
      const auto& seconds =
          estimate.phases[static_cast<size_t>(PhaseOf(phase.phase))].latency_seconds;
      if (seconds.has_value()) return seconds->p50;
      return MakeError(absl::StatusCode::kFailedPrecondition,
                       "no table covers all primitives of the phase",
                       {.field = "measurements", .mend = "Name a deployment that does."});
    };
    const auto factor = cost::SolvePhaseFactor(predict, *phase.seconds);
    v1::PhaseFactor& said = *response.add_factors();
    said.set_measurement(measurement.name());
    said.set_phase(phase.phase);
    if (factor.ok()) {
      said.set_factor(factor->factor);
      said.set_priced_share(factor->share);
      factors.push_back(*factor);
    } else {
      *said.mutable_error() = ToRpcStatus(factor.status());
    }
  }
  return absl::OkStatus();
}

absl::Status RescaleService::Keep(const std::string& id, const cost::CostModel& model,
                                  const v1::Rescaling& rescaling) {
  const std::string etag = model.table().id.substr(0, kDigestInId);
  const int64_t now = now_();
  PICOST_ASSIGN_OR_RETURN(const ResourceRecord record,
                          store_->InsertIfAbsent({.collection = kRescaled,
                                                  .id = id,
                                                  .etag = etag,
                                                  .create_time_micros = now,
                                                  .update_time_micros = now,
                                                  .content = rescaling.SerializeAsString()}));
  if (record.etag != etag) {
    return MakeError(absl::StatusCode::kAlreadyExists,
                     absl::StrCat("calibrations/", id, " has just become another table"),
                     {.field = "calibration_id", .mend = "Choose another id."});
  }
  return data_->Reload();
}

absl::Status RescaleService::RescaleCalibration(const v1::RescaleCalibrationRequest& request,
                                                v1::RescaleCalibrationResponse& response) {
  PICOST_RETURN_IF_ERROR(CheckRequest(request));
  PICOST_ASSIGN_OR_RETURN(const std::string name,
                          ParseResourceName(request.name(), kCalibrations, "name"));
  if (!request.calibration_id().empty()) {
    PICOST_RETURN_IF_ERROR(
        ParseResourceName(absl::StrCat("calibrations/", request.calibration_id()), kCalibrations,
                          "calibration_id")
            .status());
  }
  PICOST_ASSIGN_OR_RETURN(const auto data, data_->Get());
  const Model table = data->FindTable(name);
  if (table == nullptr) {
    return MakeError(absl::StatusCode::kNotFound, absl::StrCat("there is no calibrations/", name),
                     {.field = "name", .mend = "List those that there are."});
  }
  std::vector<cost::PhaseFactor> factors;
  std::vector<std::string> used;
  const auto judge = [&](const v1::Measurement& measurement) {
    const size_t before = factors.size();
    const absl::Status status = Judge(measurement, *table, *data, factors, response);
    if (!status.ok()) {
      v1::PhaseFactor& said = *response.add_factors();
      said.set_measurement(measurement.name());
      *said.mutable_error() = ToRpcStatus(status);
    }
    if (factors.size() > before) used.push_back(measurement.name());
  };
  if (request.measurements().empty()) {
    PICOST_ASSIGN_OR_RETURN(
        const std::vector<ResourceRecord> records,
        store_->List({.collection = kMeasurements, .limit = kMostMeasurements}));
    for (const ResourceRecord& record : records) {
      v1::Measurement measurement;
      PICOST_RETURN_IF_ERROR(MeasurementFromRecord(record, measurement));
      judge(measurement);
    }
  }
  for (int i = 0; i < request.measurements_size(); ++i) {
    const std::string field = absl::StrCat("measurements[", i, "]");
    PICOST_ASSIGN_OR_RETURN(const std::string id,
                            ParseResourceName(request.measurements(i), kMeasurements, field));
    const auto record = store_->Get(kMeasurements, id);
    if (absl::IsNotFound(record.status())) {
      return MakeError(absl::StatusCode::kNotFound,
                       absl::StrCat("there is no ", request.measurements(i)),
                       {.field = field, .mend = "Report it first."});
    }
    PICOST_RETURN_IF_ERROR(record.status());
    v1::Measurement measurement;
    PICOST_RETURN_IF_ERROR(MeasurementFromRecord(*record, measurement));
    judge(measurement);
  }
  if (factors.empty()) {
    const std::string why =
        response.factors().empty() ? "nothing was reported" : response.factors(0).error().message();
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     absl::StrCat("no measurement says anything about the table: ", why),
                     {.field = "measurements", .mend = "Report inferences that it prices."});
  }
  cost::Rescaling rescaling = cost::SummarizeFactors(factors);
  rescaling.from = table->table().id;
  rescaling.machine = request.machine();
  rescaling.measurements = used;

  Model model = cost::RescaleModel(*table, request.calibration_id(), rescaling);
  const std::string digest = model->table().id;
  const std::string id = !request.calibration_id().empty()
                             ? request.calibration_id()
                             : absl::StrCat("rescaled-", digest.substr(0, kDigestInId));
  model = cost::RescaleModel(*table, id, rescaling);
  const Model there = data->FindTable(id);
  if ((there != nullptr && there->table().id != digest) || data->aliases().contains(id)) {
    return MakeError(
        absl::StatusCode::kAlreadyExists,
        absl::StrCat("calibrations/", id, " is another table or an alias"),
        {.field = "calibration_id", .mend = "Choose another id: tables never change."});
  }
  const v1::Rescaling wire = ToProto(rescaling);
  if (!request.validate_only() && there == nullptr) {
    PICOST_RETURN_IF_ERROR(Keep(id, *model, wire));
  }
  return calibrations_->DescribeRescaled(id, model, wire, *response.mutable_calibration());
}

}  // namespace picost::service
