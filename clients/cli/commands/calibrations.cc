// Tables that users give, names that move, and measurements against predictions.
#include <google/protobuf/util/json_util.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/commands/protocol_choices.h"
#include "clients/cli/connection.h"
#include "clients/cli/mapped_file.h"
#include "clients/cli/views/json.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string Id(const std::string& name) { return name.substr(name.find('/') + 1); }

// In the format asked for; the first row holds the titles.
void Show(const google::protobuf::Message& message, const Rows& rows, const Options& options,
          const Environment& environment) {
  std::ostream& out = *environment.out;
  if (options.format == Format::kJson) {
    PrintJson(message, out);
    return;
  }
  if (options.format == Format::kCsv) {
    for (const auto& row : rows) PrintCsvRow(out, row);
    return;
  }
  std::vector<Table::Column> columns;
  for (const std::string& title : rows[0]) columns.push_back({title, Align::kLeft});
  Table table(std::move(columns));
  for (size_t i = 1; i < rows.size(); ++i) table.AddRow(rows[i]);
  table.Print(out);
}

Result<std::string> Read(const std::string& path) {
  const auto file = MappedFile::Open(path);
  if (const Failure* failure = FailureIn(file)) return *failure;
  return std::string(std::get<std::shared_ptr<MappedFile>>(file)->bytes());
}

// Asks once and shows the answer. rows: of the answer.
template <typename Request, typename Response>
std::optional<Failure> Ask(const Options& options, const Environment& environment,
                           grpc::Status (v1::Calibrations::Stub::*method)(grpc::ClientContext*,
                                                                          const Request&,
                                                                          Response*),
                           const Request& request, Rows (*rows)(const Response&)) {
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  const auto answer =
      Call(*std::get<std::shared_ptr<Connection>>(connected)->calibrations, method, request);
  if (const Failure* failure = FailureIn(answer)) return *failure;
  const Response& response = std::get<Response>(answer);
  Show(response, rows(response), options, environment);
  return std::nullopt;
}

Rows FitRows(const v1::Calibration& calibration) {
  Rows rows{{"fit", "samples", "scatter"}};
  for (const v1::CalibrationFit& fit : calibration.fits()) {
    rows.push_back({fit.key(), absl::StrCat(fit.sample_count()),
                    absl::StrFormat("%.1f %%", 100 * fit.residual_relative_stddev())});
  }
  return rows;
}

Rows ListRows(const v1::ListCalibrationsResponse& list) {
  Rows rows{{"calibration", "backend", "samples", "imported", "title"}};
  for (const v1::Calibration& one : list.calibrations()) {
    rows.push_back({Id(one.name()), one.table().backend(), absl::StrCat(one.table().sample_count()),
                    one.imported() ? "yes" : "no", one.table().title()});
  }
  return rows;
}

Rows AliasRows(const v1::ListAliasesResponse& list) {
  Rows rows{{"alias", "calibration", "etag"}};
  for (const v1::Alias& one : list.aliases()) {
    rows.push_back({Id(one.name()), Id(one.calibration()), one.etag()});
  }
  return rows;
}

Rows OneAliasRows(const v1::Alias& one) {
  v1::ListAliasesResponse list;
  *list.add_aliases() = one;
  return AliasRows(list);
}

const char* PhaseName(v1::Phase phase) {
  const char* const names[] = {"", "setup", "offline", "online"};
  return phase >= 0 && phase < 4 ? names[phase] : "";
}

Rows FactorRows(const v1::RescaleCalibrationResponse& response) {
  Rows rows{{"measurement", "phase", "factor", "priced", ""}};
  for (const v1::PhaseFactor& one : response.factors()) {
    rows.push_back({Id(one.measurement()).substr(0, 12), PhaseName(one.phase()),
                    one.has_factor() ? absl::StrFormat("%.4g", one.factor()) : "-",
                    one.has_factor() ? absl::StrFormat("%.0f %%", 100 * one.priced_share()) : "-",
                    one.error().message()});
  }
  const v1::Calibration& made = response.calibration();
  rows.push_back({Id(made.name()), "", absl::StrFormat("%.4g", made.rescaling().factor()),
                  absl::StrFormat("+-%.0f %%", 100 * made.rescaling().factor_relative_stddev()),
                  made.table().title()});
  return rows;
}

template <typename Response>
Rows ComparedRows(const Response& response) {
  Rows rows{
      {"model", "protocol", "phase", "measured", "predicted", "measured/predicted", "inside"}};
  for (const v1::ComparedMeasurement& one : response.measurements()) {
    const v1::Measurement& measurement = one.measurement();
    const std::string model = Id(measurement.model()).substr(0, 12);
    if (one.has_error()) {
      rows.push_back({model, Id(measurement.protocol()), "", "", one.error().message(), "", ""});
    }
    for (const v1::PhaseComparison& phase : one.phases()) {
      const bool predicted = phase.has_predicted_seconds();
      rows.push_back(
          {model, Id(measurement.protocol()), PhaseName(phase.phase()),
           absl::StrFormat("%.3g s", phase.measured_seconds()),
           predicted ? absl::StrFormat("%.3g s", phase.predicted_seconds().p50()) : "-",
           phase.has_measured_ratio() ? absl::StrFormat("%.3f", phase.measured_ratio()) : "-",
           !predicted                ? "-"
           : phase.inside_interval() ? "yes"
                                     : "no"});
    }
  }
  return rows;
}

}  // namespace

std::optional<Failure> RunCalibrationsList(const Options& options, const Environment& environment) {
  v1::ListCalibrationsRequest request;
  request.set_page_size(1000);
  return Ask(options, environment, &v1::Calibrations::Stub::ListCalibrations, request, ListRows);
}

std::optional<Failure> RunCalibrationsShow(const Options& options, const Environment& environment) {
  v1::GetCalibrationRequest request;
  request.set_name(absl::StrCat("calibrations/", Id(options.positional[0])));
  return Ask(options, environment, &v1::Calibrations::Stub::GetCalibration, request, FitRows);
}

std::optional<Failure> RunCalibrationsImport(const Options& options,
                                             const Environment& environment) {
  v1::ImportCalibrationRequest request;
  request.set_calibration_id(options.name);
  for (const auto& [file, set] :
       {std::pair<const char*, void (*)(v1::ImportCalibrationRequest&, std::string)>{
            "table.textproto", [](v1::ImportCalibrationRequest&to,
                                  std::string text) { to.set_table_textproto(std::move(text)); }},
        {"samples.csv", [](v1::ImportCalibrationRequest&to, std::string text) {
           to.set_samples_csv(std::move(text));
         }}}) {
    auto text = Read(absl::StrCat(options.positional[0], "/", file));
    if (const Failure* failure = FailureIn(text)) return *failure;
    set(request, std::move(std::get<std::string>(text)));
  }
  return Ask(options, environment, &v1::Calibrations::Stub::ImportCalibration, request, FitRows);
}

std::optional<Failure> RunCalibrationsRescale(const Options& options,
                                              const Environment& environment) {
  v1::RescaleCalibrationRequest request;
  request.set_name(absl::StrCat("calibrations/", Id(options.positional[0])));
  request.set_calibration_id(options.name);
  for (size_t i = 1; i < options.positional.size(); ++i) {
    request.add_measurements(absl::StrCat("measurements/", Id(options.positional[i])));
  }
  return Ask(options, environment, &v1::Calibrations::Stub::RescaleCalibration, request,
             FactorRows);
}

std::optional<Failure> RunAliasesList(const Options& options, const Environment& environment) {
  v1::ListAliasesRequest request;
  request.set_page_size(1000);
  return Ask(options, environment, &v1::Calibrations::Stub::ListAliases, request, AliasRows);
}

std::optional<Failure> RunAliasesSet(const Options& options, const Environment& environment) {
  v1::SetAliasRequest request;
  request.set_name(absl::StrCat("aliases/", Id(options.positional[0])));
  request.set_calibration(absl::StrCat("calibrations/", Id(options.positional[1])));
  return Ask(options, environment, &v1::Calibrations::Stub::SetAlias, request, OneAliasRows);
}

std::optional<Failure> RunMeasurementsReport(const Options& options,
                                             const Environment& environment) {
  const auto text = Read(options.positional[0]);
  if (const Failure* failure = FailureIn(text)) return *failure;
  v1::ReportMeasurementsRequest request;
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(std::get<std::string>(text), &request);
  if (!parsed.ok()) {
    return BadArgument(
        absl::StrCat(options.positional[0], " holds no measurements in JSON: ", parsed.ToString()));
  }
  return Ask(options, environment, &v1::Calibrations::Stub::ReportMeasurements, request,
             ComparedRows<v1::ReportMeasurementsResponse>);
}

std::optional<Failure> RunMeasurementsEvaluate(const Options& options,
                                               const Environment& environment) {
  if (options.protocols.size() > 1 || options.deployments.size() > 1) {
    return BadArgument(
        "measurements are evaluated of one --protocol and under one --deployment, or of all "
        "protocols and each under its own deployment without these flags");
  }
  v1::EvaluateCalibrationRequest request;
  if (!options.protocols.empty() && !AsksForAllProtocols(options)) {
    request.set_protocol(absl::StrCat("protocols/", Id(options.protocols[0])));
  }
  if (!options.deployments.empty()) {
    request.mutable_deployment()->set_name(
        absl::StrCat("deployments/", Id(options.deployments[0])));
  }
  return Ask(options, environment, &v1::Calibrations::Stub::EvaluateCalibration, request,
             ComparedRows<v1::CalibrationEvaluation>);
}

}  // namespace picost::cli
