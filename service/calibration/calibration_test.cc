// Tables and aliases that users give, and measurements against predictions.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/calibration/calibration_service.h"
#include "service/calibration/measurement_service.h"
#include "service/calibration/rescale_service.h"
#include "service/calibration/user_tables.h"
#include "service/data_source.h"
#include "service/graph_loader.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/memory_model_store.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class CalibrationTest : public ::testing::Test {
 protected:
  CalibrationTest()
      : resources_(*OpenResourceStore("memory")),
        data_("data",
              [this](cost::LoadOptions& options) { return AddUserTables(*resources_, options); }),
        calibrations_(resources_.get(), &data_, [this] { return ++clock_; }),
        measurements_(
            resources_.get(),
            [this](const v1::EstimateRequest& question, v1::Estimate& answer) {
              return oracle_.Estimate(question, answer);
            },
            [this] { return ++clock_; },
            [this](const std::string& protocol, double ratio, bool inside) {
              recorded_.emplace_back(protocol, ratio, inside);
            }) {}

  // Another table than any of the folder: the shipped one with another title.
  static v1::ImportCalibrationRequest Import(const std::string& id, const std::string& title) {
    v1::ImportCalibrationRequest request;
    std::string text = Read("data/calibration/cheetah/table.textproto");
    const size_t at = text.find("title: \"");
    text.insert(at + 8, title + " ");
    request.set_table_textproto(text);
    request.set_samples_csv(Read("data/calibration/cheetah/samples.csv"));
    request.set_calibration_id(id);
    return request;
  }

  std::string CreateModel() {
    v1::CreateModelRequest request;
    request.mutable_graph()->set_onnx(Read("data/models/minionn_cifar.onnx"));
    v1::Model model;
    EXPECT_TRUE(models_.CreateModel(request, model).ok());
    return model.name();
  }

  static v1::Measurement Measured(const std::string& model, double online_seconds) {
    v1::Measurement measurement;
    measurement.set_model(model);
    measurement.set_protocol("protocols/cheetah");
    measurement.mutable_deployment()->set_name("deployments/lan");
    measurement.set_online_seconds(online_seconds);
    return measurement;
  }

  absl::Status Set(const std::string& alias, const std::string& table, const std::string& etag,
                   v1::Alias& answer) {
    v1::SetAliasRequest request;
    request.set_name("aliases/" + alias);
    request.set_calibration("calibrations/" + table);
    request.set_etag(etag);
    answer.Clear();
    return calibrations_.SetAlias(request, answer);
  }

  int64_t clock_ = 1'700'000'000'000'000;
  std::unique_ptr<ResourceStore> resources_;
  DataSource data_;
  MemoryModelStore store_;
  GraphLoader loader_{&store_, graph::ImportLimits{}, 64 << 20};
  ModelService models_{&store_, &loader_, [] { return int64_t{0}; }};
  OracleService oracle_{&loader_, &data_};
  CalibrationService calibrations_;
  MeasurementService measurements_;
  RescaleService rescaling_{resources_.get(), &data_, &loader_, &calibrations_,
                            [this] { return ++clock_; }};
  std::vector<std::tuple<std::string, double, bool>> recorded_;
};

TEST_F(CalibrationTest, ListsTheFoldersTablesWithTheirFits) {
  v1::ListCalibrationsResponse all;
  ASSERT_TRUE(calibrations_.ListCalibrations({}, all).ok());
  ASSERT_GT(all.calibrations_size(), 3);
  for (const v1::Calibration& one : all.calibrations()) {
    EXPECT_FALSE(one.imported());
    v1::GetCalibrationRequest request;
    request.set_name(one.name());
    v1::Calibration calibration;
    ASSERT_TRUE(calibrations_.GetCalibration(request, calibration).ok());
    EXPECT_GT(calibration.fits_size(), 0) << one.name();
    for (const v1::CalibrationFit& fit : calibration.fits()) {
      EXPECT_GT(fit.sample_count(), 0) << one.name() << " " << fit.key();
    }
  }
}

TEST_F(CalibrationTest, AnImportedTableIsUsedAtOnceAndOnlyOnce) {
  v1::Calibration imported;
  ASSERT_TRUE(calibrations_.ImportCalibration(Import("lab", "Lab's"), imported).ok());
  EXPECT_EQ(imported.name(), "calibrations/lab");
  EXPECT_TRUE(imported.imported());
  EXPECT_GT(imported.fits_size(), 0);
  EXPECT_NE((*data_.Get())->FindTable("lab"), nullptr);
  // The same again is the same; another content under the id is refused.
  v1::Calibration again;
  ASSERT_TRUE(calibrations_.ImportCalibration(Import("lab", "Lab's"), again).ok());
  EXPECT_EQ(again.SerializeAsString(), imported.SerializeAsString());
  EXPECT_EQ(calibrations_.ImportCalibration(Import("lab", "Other"), again).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(calibrations_.ImportCalibration(Import("cheetah", "Other"), again).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(calibrations_.ImportCalibration(Import("cheetah-latest", "Other"), again).code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(CalibrationTest, WhatIsNoTableIsRefusedAndNothingIsKept) {
  v1::ImportCalibrationRequest bad = Import("lab", "Lab's");
  bad.set_samples_csv(bad.samples_csv().substr(0, 200));
  v1::Calibration answer;
  EXPECT_EQ(calibrations_.ImportCalibration(bad, answer).code(),
            absl::StatusCode::kInvalidArgument);
  bad = Import("a/b", "Lab's");
  EXPECT_EQ(calibrations_.ImportCalibration(bad, answer).code(),
            absl::StatusCode::kInvalidArgument);
  v1::ImportCalibrationRequest dry = Import("lab", "Lab's");
  dry.set_validate_only(true);
  ASSERT_TRUE(calibrations_.ImportCalibration(dry, answer).ok());
  EXPECT_EQ((*data_.Get())->FindTable("lab"), nullptr);
}

TEST_F(CalibrationTest, AnAliasMovesUnderItsEtagAndEstimatesFollow) {
  v1::Calibration imported;
  ASSERT_TRUE(calibrations_.ImportCalibration(Import("lab", "Lab's"), imported).ok());
  v1::ListAliasesResponse aliases;
  ASSERT_TRUE(calibrations_.ListAliases({}, aliases).ok());
  ASSERT_EQ(aliases.aliases(0).name(), "aliases/cheetah-latest");
  const std::string of_file = aliases.aliases(0).etag();
  v1::Alias moved;
  EXPECT_EQ(Set("cheetah-latest", "lab", "0000", moved).code(), absl::StatusCode::kAborted);
  ASSERT_TRUE(Set("cheetah-latest", "lab", of_file, moved).ok());
  EXPECT_EQ(moved.calibration(), "calibrations/lab");
  EXPECT_NE(moved.etag(), of_file);
  EXPECT_EQ((*data_.Get())->FindTable("cheetah-latest"), (*data_.Get())->FindTable("lab"));
  v1::Alias back;
  EXPECT_EQ(Set("cheetah-latest", "cheetah", of_file, back).code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(Set("cheetah-latest", "cheetah", moved.etag(), back).ok());
  EXPECT_TRUE(Set("new-one", "lab", "", back).ok());
  EXPECT_EQ(Set("other", "nothing", "", back).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Set("lab", "cheetah", "", back).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Set("newer", "lab", "0000", back).code(), absl::StatusCode::kAborted);
}

TEST_F(CalibrationTest, MeasurementsAreKeptOnceAndComparedWithTheirPrediction) {
  const std::string model = CreateModel();
  v1::EstimateRequest question;
  question.mutable_graph()->set_model(model);
  question.mutable_protocol()->set_protocol("protocols/cheetah");
  question.mutable_deployment()->set_name("deployments/lan");
  v1::Estimate estimate;
  ASSERT_TRUE(oracle_.Estimate(question, estimate).ok());
  const double predicted = estimate.online().latency_seconds().p50();
  v1::ReportMeasurementsRequest report;
  *report.add_measurements() = Measured(model, predicted);
  *report.add_measurements() = Measured(model, 100 * predicted);
  v1::ReportMeasurementsResponse answer;
  ASSERT_TRUE(measurements_.ReportMeasurements(report, answer).ok());
  ASSERT_EQ(answer.measurements_size(), 2);
  EXPECT_THAT(answer.measurements(0).measurement().name(), HasSubstr("measurements/"));
  EXPECT_DOUBLE_EQ(answer.measurements(0).phases(0).measured_ratio(), 1);
  EXPECT_TRUE(answer.measurements(0).phases(0).inside_interval());
  EXPECT_DOUBLE_EQ(answer.measurements(1).phases(0).measured_ratio(), 100);
  EXPECT_EQ(answer.measurements(0).provenance().model(),
            answer.measurements(0).measurement().model());
  EXPECT_GT(answer.measurements(0).provenance().tables_size(), 0);
  EXPECT_FALSE(answer.measurements(1).phases(0).inside_interval());
  EXPECT_EQ(recorded_.size(), 2u);
  // Reported again they are known.
  ASSERT_TRUE(measurements_.ReportMeasurements(report, answer).ok());
  EXPECT_EQ(recorded_.size(), 2u);
  v1::ListMeasurementsResponse listed;
  ASSERT_TRUE(measurements_.ListMeasurements({}, listed).ok());
  EXPECT_EQ(listed.measurements_size(), 2);

  v1::CalibrationEvaluation evaluation;
  ASSERT_TRUE(measurements_.EvaluateCalibration({}, evaluation).ok());
  ASSERT_EQ(evaluation.phases_size(), 1);
  EXPECT_EQ(evaluation.phases(0).phase(), v1::PHASE_ONLINE);
  EXPECT_EQ(evaluation.phases(0).measurement_count(), 2);
  EXPECT_EQ(evaluation.phases(0).inside_interval_count(), 1);
  EXPECT_DOUBLE_EQ(evaluation.phases(0).median_ratio(), 50.5);
  EXPECT_DOUBLE_EQ(evaluation.phases(0).worst_ratio(), 100);
  v1::EvaluateCalibrationRequest filtered;
  filtered.set_protocol("protocols/delphi");
  v1::CalibrationEvaluation none;
  ASSERT_TRUE(measurements_.EvaluateCalibration(filtered, none).ok());
  EXPECT_EQ(none.measurements_size(), 0);
}

TEST_F(CalibrationTest, MeasuredInferencesRescaleATableIntoANewOne) {
  const std::string model = CreateModel();
  v1::EstimateRequest question;
  question.mutable_graph()->set_model(model);
  question.mutable_protocol()->set_protocol("protocols/cheetah");
  question.mutable_deployment()->set_name("deployments/loopback");
  v1::Estimate estimate;
  ASSERT_TRUE(oracle_.Estimate(question, estimate).ok());
  const double predicted = estimate.online().latency_seconds().p50();
  v1::ReportMeasurementsRequest report;
  for (const double factor : {1.5, 1.52, 1.48}) {
    v1::Measurement& measurement = *report.add_measurements();
    measurement = Measured(model, factor * predicted);
    measurement.mutable_deployment()->set_name("deployments/loopback");
  }
  v1::ReportMeasurementsResponse reported;
  ASSERT_TRUE(measurements_.ReportMeasurements(report, reported).ok());

  v1::RescaleCalibrationRequest request;
  request.set_name("calibrations/cheetah");
  request.set_machine("lab");
  request.set_validate_only(true);
  v1::RescaleCalibrationResponse dry;
  ASSERT_TRUE(rescaling_.RescaleCalibration(request, dry).ok());
  EXPECT_EQ((*data_.Get())->FindTable("mine"), nullptr);
  request.set_validate_only(false);
  request.set_calibration_id("mine");
  v1::RescaleCalibrationResponse answer;
  absl::Status status = rescaling_.RescaleCalibration(request, answer);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(answer.factors_size(), 3);
  const v1::Rescaling& made = answer.calibration().rescaling();
  // Over loopback nearly all is the table's.
  EXPECT_NEAR(made.factor(), 1.5, 0.05);
  EXPECT_EQ(made.measurements_size(), 3);
  EXPECT_EQ(made.from(), "tables/" + (*data_.Get())->FindTable("cheetah")->table().id);
  EXPECT_EQ(answer.calibration().table().machine(), "lab");
  EXPECT_NE(answer.calibration().table().name(), made.from());

  // The new table predicts what was measured, says what it was made of, and is flagged.
  ASSERT_TRUE(Set("cheetah-mine", "mine", "", *std::make_unique<v1::Alias>()).ok());
  v1::CustomDeployment& custom = *question.mutable_deployment()->mutable_custom();
  custom.set_base("deployments/loopback");
  for (v1::Machine* machine : {custom.mutable_client(), custom.mutable_server()}) {
    v1::TableBinding& binding = *machine->add_tables();
    binding.set_family(v1::PRIMITIVE_FAMILY_WHOLE_PROTOCOL);
    binding.add_tables("tables/cheetah-mine");
  }
  v1::Estimate rescaled;
  ASSERT_TRUE(oracle_.Estimate(question, rescaled).ok());
  EXPECT_NEAR(rescaled.online().latency_seconds().p50() / predicted, 1.5, 1e-6);
  EXPECT_GT(rescaled.online().latency_seconds().high() / rescaled.online().latency_seconds().p50(),
            1.0);
  EXPECT_TRUE(rescaled.extrapolated());
  ASSERT_GT(rescaled.provenance().tables_size(), 0);
  EXPECT_EQ(rescaled.provenance().tables(0).scaled_from(), made.from());

  // Asked again it is there; another content under its name is refused.
  ASSERT_TRUE(rescaling_.RescaleCalibration(request, answer).ok());
  request.add_measurements(reported.measurements(0).measurement().name());
  EXPECT_EQ(rescaling_.RescaleCalibration(request, answer).code(),
            absl::StatusCode::kAlreadyExists);
  // A load from the store alone finds it.
  ASSERT_TRUE(data_.Reload().ok());
  v1::GetCalibrationRequest get;
  get.set_name("calibrations/mine");
  v1::Calibration got;
  ASSERT_TRUE(calibrations_.GetCalibration(get, got).ok());
  EXPECT_EQ(got.rescaling().factor(), made.factor());
  EXPECT_FALSE(got.imported());
}

TEST_F(CalibrationTest, MeasurementsThatSayNothingOfATableRescaleNothing) {
  const std::string model = CreateModel();
  v1::ReportMeasurementsRequest report;
  *report.add_measurements() = Measured(model, 1e6);  // no factor up to 64 explains that
  v1::ReportMeasurementsResponse reported;
  ASSERT_TRUE(measurements_.ReportMeasurements(report, reported).ok());
  v1::RescaleCalibrationRequest request;
  request.set_name("calibrations/emp");  // cheetah does not use it
  v1::RescaleCalibrationResponse answer;
  absl::Status status = rescaling_.RescaleCalibration(request, answer);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  request.set_name("calibrations/cheetah");
  status = rescaling_.RescaleCalibration(request, answer);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  request.add_measurements("measurements/nothing");
  EXPECT_EQ(rescaling_.RescaleCalibration(request, answer).code(), absl::StatusCode::kNotFound);
  request.set_name("calibrations/nothing");
  EXPECT_EQ(rescaling_.RescaleCalibration(request, answer).code(), absl::StatusCode::kNotFound);
}

TEST_F(CalibrationTest, EqualMeasurementsAreOneHoweverTheirMapsWereFilled) {
  const std::string model = CreateModel();
  // A convolution of the shipped table, measured on some machine.
  std::vector<std::pair<std::string, int64_t>> parameters = {{"client_plaintext_input", 0},
                                                             {"height", 32},
                                                             {"in_channels", 3},
                                                             {"kernel_height", 3},
                                                             {"kernel_width", 3},
                                                             {"out_channels", 64},
                                                             {"pad_bottom", 1},
                                                             {"pad_left", 1},
                                                             {"pad_right", 1},
                                                             {"pad_top", 1},
                                                             {"ring_bits", 37},
                                                             {"stride_height", 1},
                                                             {"stride_width", 1},
                                                             {"width", 32}};
  for (int i = 0; i < 30; ++i) {
    std::rotate(parameters.begin(), parameters.begin() + 3, parameters.end());
    v1::ReportMeasurementsRequest report;
    v1::Measurement& measurement = *report.add_measurements();
    measurement = Measured(model, 12);
    v1::CustomDeployment& custom = *measurement.mutable_deployment()->mutable_custom();
    custom.set_base("deployments/lan");
    v1::TableBinding& binding = *custom.mutable_client()->add_tables();
    binding.set_family(v1::PRIMITIVE_FAMILY_WHOLE_PROTOCOL);
    v1::ScaledTable& scaled = *binding.add_scaled_tables();
    scaled.set_table("tables/cheetah");
    v1::Probe& probe = *scaled.add_probes();
    probe.set_primitive("primitives/cheetah.conv");
    for (const auto& [name, value] : parameters) (*probe.mutable_parameters())[name] = value;
    probe.set_count(1);
    probe.set_executor(v1::EXECUTOR_SERVER);
    probe.set_wall_seconds(0.2);
    v1::ReportMeasurementsResponse answer;
    const absl::Status status = measurements_.ReportMeasurements(report, answer);
    ASSERT_TRUE(status.ok()) << status;
  }
  v1::ListMeasurementsResponse listed;
  ASSERT_TRUE(measurements_.ListMeasurements({}, listed).ok());
  EXPECT_EQ(listed.measurements_size(), 1);
}

// A name is a table's or an alias's, never both, whoever comes first.
TEST_F(CalibrationTest, ATableAndAnAliasThatComeAtOnceNeverShareAName) {
  for (int i = 0; i < 8; ++i) {
    const std::string name = absl::StrCat("both", i);
    absl::Status imported;
    absl::Status set;
    std::thread importer([&] {
      v1::Calibration table;
      imported = calibrations_.ImportCalibration(Import(name, "Lab's"), table);
    });
    v1::Alias alias;
    set = Set(name, "cheetah", "", alias);
    importer.join();
    EXPECT_NE(imported.ok(), set.ok()) << imported << "; " << set;
    EXPECT_EQ(resources_->Get(kCalibrations, name).ok(), imported.ok());
    EXPECT_EQ(resources_->Get(kAliases, name).ok(), set.ok());
  }
}

// What another daemon of the same store has added is seen before it is loaded.
TEST_F(CalibrationTest, NamesThatAnotherDaemonHasTakenAreTaken) {
  ASSERT_TRUE(data_.Get().ok());
  ASSERT_TRUE(resources_->InsertIfAbsent({.collection = kAliases, .id = "a", .content = "x"}).ok());
  ASSERT_TRUE(resources_->InsertIfAbsent({.collection = kCalibrations, .id = "t"}).ok());
  v1::Calibration table;
  EXPECT_EQ(calibrations_.ImportCalibration(Import("a", "Lab's"), table).code(),
            absl::StatusCode::kAlreadyExists);
  v1::Alias alias;
  EXPECT_EQ(Set("t", "cheetah", "", alias).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CalibrationTest, AMeasurementWhoseModelIsGoneSaysSoInItsPlace) {
  const std::string model = CreateModel();
  v1::ReportMeasurementsRequest report;
  *report.add_measurements() = Measured(model, 1);
  v1::ReportMeasurementsResponse answer;
  ASSERT_TRUE(measurements_.ReportMeasurements(report, answer).ok());
  v1::DeleteModelRequest remove;
  remove.set_name(model);
  ASSERT_TRUE(models_.DeleteModel(remove).ok());
  v1::CalibrationEvaluation evaluation;
  ASSERT_TRUE(measurements_.EvaluateCalibration({}, evaluation).ok());
  ASSERT_EQ(evaluation.measurements_size(), 1);
  EXPECT_EQ(evaluation.measurements(0).error().code(), 5);  // NOT_FOUND
}

TEST_F(CalibrationTest, OneWrongMeasurementRefusesAll) {
  const std::string model = CreateModel();
  for (const auto& spoil : std::vector<void (*)(v1::Measurement&)>{
           [](v1::Measurement& m) { m.set_model("models/x"); },
           [](v1::Measurement& m) { m.clear_protocol(); },
           [](v1::Measurement& m) { m.clear_deployment(); },
           [](v1::Measurement& m) { m.clear_online_seconds(); },
           [](v1::Measurement& m) { m.set_online_seconds(-1); },
           [](v1::Measurement& m) { m.set_online_seconds(0.0 / 0.0); },
           [](v1::Measurement& m) { m.set_label(std::string(300, 'a')); }}) {
    v1::ReportMeasurementsRequest report;
    *report.add_measurements() = Measured(model, 1);
    *report.add_measurements() = Measured(model, 2);
    spoil(*report.mutable_measurements(1));
    v1::ReportMeasurementsResponse answer;
    const absl::Status status = measurements_.ReportMeasurements(report, answer);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("measurements[1]"));
    v1::ListMeasurementsResponse listed;
    ASSERT_TRUE(measurements_.ListMeasurements({}, listed).ok());
    EXPECT_EQ(listed.measurements_size(), 0);
  }
  v1::ReportMeasurementsResponse answer;
  EXPECT_FALSE(measurements_.ReportMeasurements({}, answer).ok());
}

}  // namespace
}  // namespace picost::service
