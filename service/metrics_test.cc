#include "service/metrics.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CallsAreCountedByMethodAndCode) {
  Metrics metrics;
  metrics.ForMethod("S/Do").Record(0, 0.0015);
  metrics.ForMethod("S/Do").Record(0, 0.0025);
  metrics.ForMethod("S/Do").Record(5, 0.5);
  const std::string text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("picost_rpc_calls_total{code=\"OK\",method=\"S/Do\"} 2"));
  EXPECT_THAT(text, HasSubstr("picost_rpc_calls_total{code=\"NOT_FOUND\",method=\"S/Do\"} 1"));
  EXPECT_THAT(text, HasSubstr("picost_rpc_duration_seconds_count{method=\"S/Do\"} 3"));
  EXPECT_THAT(text,
              HasSubstr("picost_rpc_duration_seconds_bucket{method=\"S/Do\",le=\"0.002\"} 1"));
}

TEST(MetricsTest, OperatorsOfStrangersMakeABoundedNumberOfSeries) {
  Metrics metrics;
  for (int i = 0; i < 300; ++i) {
    metrics.RecordRefusedModel("UNIMPLEMENTED", "Op" + std::to_string(i));
  }
  metrics.RecordRefusedModel("UNIMPLEMENTED", "a\nb");
  metrics.RecordRefusedModel("INVALID_ARGUMENT", "");
  const std::string text = metrics.Render();
  size_t series = 0;
  for (size_t at = 0;
       (at = text.find("\npicost_unsupported_operators_total{", at)) != std::string::npos; ++at) {
    ++series;
  }
  EXPECT_EQ(series, 101u);
  EXPECT_THAT(text, HasSubstr("picost_unsupported_operators_total{operator=\"other\"} 201"));
  EXPECT_THAT(text, HasSubstr("picost_models_refused_total{code=\"UNIMPLEMENTED\"} 301"));
}

TEST(MetricsTest, TablesOfUsersMakeABoundedNumberOfSeriesAndGoWhenTheyGo) {
  Metrics metrics;
  std::map<std::string, double> times;
  for (int i = 0; i < 300; ++i) times["t" + std::to_string(1000 + i)] = 5000 + i;
  metrics.SetCalibrationTimes(times);
  std::string text = metrics.Render();
  size_t series = 0;
  for (size_t at = 0;
       (at = text.find("\npicost_calibration_time_seconds{", at)) != std::string::npos; ++at) {
    ++series;
  }
  EXPECT_EQ(series, 201u);
  EXPECT_THAT(text, HasSubstr("picost_calibration_time_seconds{table=\"t1199\"} 5199\n"));
  EXPECT_THAT(text, HasSubstr("picost_calibration_time_seconds{table=\"other\"} 5200\n"));
  metrics.SetCalibrationTimes({{"t1001", 7}});
  text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("picost_calibration_time_seconds{table=\"t1001\"} 7\n"));
  EXPECT_THAT(text, Not(HasSubstr("t1000")));
  EXPECT_THAT(text, Not(HasSubstr("other")));
}

TEST(MetricsTest, TellsVersionAndProcess) {
  const std::string text = Metrics("1.2.3").Render();
  EXPECT_THAT(text, HasSubstr("\npicost_build_info{version=\"1.2.3\"} 1\n"));
  for (const char* name : {"process_cpu_seconds_total", "process_max_fds", "process_open_fds",
                           "process_resident_memory_bytes", "process_start_time_seconds",
                           "process_virtual_memory_bytes"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name + " "));
    EXPECT_THAT(text, Not(HasSubstr(std::string("\n") + name + " 0\n"))) << name;
  }
}

TEST(MetricsTest, MeasurementsAreCountedAgainstTheirInterval) {
  Metrics metrics;
  metrics.RecordMeasurement("cheetah", 1.2, true);
  metrics.RecordMeasurement("cheetah", 4.0, false);
  const std::string text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("picost_measured_by_predicted_ratio_bucket{protocol=\"cheetah\","
                              "le=\"1.25\"} 1"));
  EXPECT_THAT(text, HasSubstr("inside_interval=\"false\",protocol=\"cheetah\"} 1"));
}

TEST(MetricsTest, InFlightGoesUpAndDown) {
  Metrics metrics;
  metrics.CallBegins();
  metrics.CallBegins();
  metrics.CallEnds();
  EXPECT_THAT(metrics.Render(), HasSubstr("\npicost_rpc_in_flight 1"));
}

TEST(MetricsTest, StoreFailuresAreThereFromTheFirstCall) {
  Metrics metrics;
  metrics.RecordStoreCall("get", false, 0.001);
  EXPECT_THAT(metrics.Render(), HasSubstr("picost_store_failures_total{operation=\"get\"} 0"));
  metrics.RecordStoreCall("get", true, 0.001);
  EXPECT_THAT(metrics.Render(), HasSubstr("picost_store_failures_total{operation=\"get\"} 1"));
}

TEST(MetricsTest, TheProcessTellsAboutItself) {
  Metrics metrics;
  const std::string text = metrics.Render();
  for (const char* name : {"process_resident_memory_bytes", "process_open_fds",
                           "process_start_time_seconds", "process_cpu_seconds_total"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name + " "));
    EXPECT_THAT(text, Not(HasSubstr(std::string("\n") + name + " 0\n")));
  }
}

}  // namespace
}  // namespace picost::service
