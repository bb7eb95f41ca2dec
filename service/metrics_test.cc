#include "service/metrics.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CallsAreCountedByMethodAndCode) {
  Metrics metrics;
  metrics.RecordCall("S/Do", "OK", 0.0015);
  metrics.RecordCall("S/Do", "OK", 0.0025);
  metrics.RecordCall("S/Do", "NOT_FOUND", 0.5);
  const std::string text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("picost_rpc_calls_total{code=\"OK\",method=\"S/Do\"} 2"));
  EXPECT_THAT(text, HasSubstr("picost_rpc_calls_total{code=\"NOT_FOUND\",method=\"S/Do\"} 1"));
  EXPECT_THAT(text, HasSubstr("picost_rpc_duration_seconds_count{method=\"S/Do\"} 3"));
  EXPECT_THAT(text,
              HasSubstr("picost_rpc_duration_seconds_bucket{method=\"S/Do\",le=\"0.002\"} 1"));
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
