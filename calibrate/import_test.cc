#include "calibrate/import.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace picost::calibrate {
namespace {

using cost::Sample;

// Lines as OpenCheetah prints them with LOG_LAYERWISE, with others in between.
constexpr char kSciLog[] =
    "Using Cheetah\n"
    "HomConv #1 called N=1, H=32, W=32, CI=3, FH=3, FW=3, CO=64, S=1, Padding SAME (1 1 1 1)\n"
    "Time in sec for current conv = [0.126657] sent [0.0595] MB\n"
    "Relu #1 on 65536 points, truncate=1 by 12 bits\n"
    "Time in sec for current relu = 0.35\n"
    "Maxpool 1 called N=1, H=16, W=16, C=64, ksizeH=2, ksizeW=2\n"
    "Time in sec for current maxpool = 0.25\n"
    "ArgMax 1 called, s1=1, s2=10\n"
    "Time in sec for current matmul = 0.002\n"
    "Relu 2 called size=65536\n"
    "Time in sec for current relu = 0.36\n";

TEST(Import, ReadsConvolutionsAndRelusOfSciLogsAndNamesWhatItLeavesOut) {
  const ImportOptions options{.format = "sci", .parameters = "ring_bits=37;ignored_bits=12"};
  std::vector<std::string> left_out;
  const auto samples = ParseImport(kSciLog, options, left_out);
  ASSERT_TRUE(samples.ok()) << samples.status();
  ASSERT_EQ(samples->size(), 4u);
  const Sample& conv = (*samples)[0];
  EXPECT_EQ(conv.primitive, "cheetah.conv");
  EXPECT_EQ(conv.parameters.Get("out_channels"), 64);
  EXPECT_EQ(conv.parameters.Get("pad_left"), 1);
  EXPECT_EQ(conv.parameters.Get("ring_bits"), 37);
  EXPECT_FALSE(conv.parameters.Has("ignored_bits"));
  EXPECT_DOUBLE_EQ(conv.wall.value(), 0.126657);
  EXPECT_EQ((*samples)[1].count, 65536);
  EXPECT_EQ((*samples)[1].repeat, 0);
  EXPECT_EQ((*samples)[2].primitive, "cheetah.maxpool");
  EXPECT_EQ((*samples)[2].parameters.Get("window"), 4);
  EXPECT_EQ((*samples)[2].count, 16 * 16 * 64);
  EXPECT_EQ((*samples)[3].repeat, 1);
  EXPECT_DOUBLE_EQ((*samples)[3].wall.value(), 0.36);
  EXPECT_FALSE((*samples)[3].traffic_known);  // a log holds one direction only
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_NE(left_out[0].find("matmul"), std::string::npos);
}

TEST(Import, ReadsCrypTFlow2WhereTheLogTellsAllOfALayer) {
  const char log[] =
      "Conv2DCSF 1 called N=1, H=56, W=56, CI=64, FH=1, FW=1, CO=64, S=1\n"
      "Time in sec for current conv = 1.5\n"
      "Conv2DCSF 2 called N=1, H=56, W=56, CI=64, FH=3, FW=3, CO=64, S=1\n"
      "Time in sec for current conv = 3.5\n"
      "AvgPool 1 called N=1, H=1, W=1, C=512, ksizeH=7, ksizeW=7\n"
      "Time in sec for current avgpool = 0.5\n"
      "Relu #3 on 1024 points, truncate=0 by 0 bits\n"
      "Time in sec for current relu = 0.125\n";
  std::vector<std::string> left_out;
  const auto samples = ParseImport(log, {.format = "sci", .parameters = "field_bits=37"}, left_out);
  ASSERT_TRUE(samples.ok()) << samples.status();
  ASSERT_EQ(samples->size(), 3u);
  EXPECT_EQ((*samples)[0].primitive, "sci_field.conv");
  EXPECT_EQ((*samples)[0].parameters.Get("kernel_height"), 1);
  EXPECT_FALSE((*samples)[0].parameters.Has("field_bits"));
  EXPECT_EQ((*samples)[1].primitive, "sci_field.avgpool");
  EXPECT_EQ((*samples)[1].parameters.Get("divisor"), 49);
  EXPECT_EQ((*samples)[2].parameters.Get("field_bits"), 37);
  // The padding of a 3x3 kernel is not told: nothing is guessed.
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_NE(left_out[0].find("3.5"), std::string::npos);
  // Which variant it is has to be said.
  for (const char* parameters : {"", "ring_bits=37;field_bits=37"}) {
    EXPECT_EQ(
        ParseImport(log, {.format = "sci", .parameters = parameters}, left_out).status().code(),
        absl::StatusCode::kInvalidArgument);
  }
}

TEST(Import, ReadsCommunicationStatisticsOfCrypTen) {
  const ImportOptions options{.format = "crypten",
                              .primitive = "beaver.multiply",
                              .parameters = "element_bytes=8;field=0",
                              .count = 1000};
  std::vector<std::string> left_out;
  const auto samples = ParseImport(
      "INFO:root:====Communication Stats====\nINFO:root:Rounds: 1\nINFO:root:Bytes: 16000\n"
      "INFO:root:Communication time: 0.0125\n",
      options, left_out);
  ASSERT_TRUE(samples.ok()) << samples.status();
  ASSERT_EQ(samples->size(), 1u);
  EXPECT_DOUBLE_EQ((*samples)[0].wall.value(), 0.0125);
  EXPECT_EQ((*samples)[0].traffic.client_to_server, Bytes(16000));
  EXPECT_EQ((*samples)[0].traffic.flights, Flights(1));
}

TEST(Import, ReadsCsvWithColumnsInAnyOrder) {
  const ImportOptions options{.format = "csv", .network = "lan"};
  std::vector<std::string> left_out;
  const auto samples = ParseImport(
      "wall_s,count,primitive,parameters,executor\n"
      "0.5,1000,beaver.multiply,element_bytes=8;field=1,client\n",
      options, left_out);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ((*samples)[0].network, "lan");
  EXPECT_EQ((*samples)[0].executor, primitives::Executor::kClient);
}

TEST(Import, RefusesWhatItCannotPlace) {
  std::vector<std::string> left_out;
  const auto code = [&](const char* format, const char* text) {
    return ParseImport(text, {.format = format}, left_out).status().code();
  };
  EXPECT_EQ(code("csv", "primitive,parameters,count,wall_s\nno.such,,1,0.5\n"),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("csv", "primitive,count,wall_s\nbeaver.multiply,1,0.5\n"),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("csv", "primitive,parameters,count,wall_s,colour\nx,,1,1,red\n"),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("sci", "nothing of the kind\n"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("xml", "<a/>"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("crypten", "Communication time: 1\n"), absl::StatusCode::kInvalidArgument);
}

TEST(Import, WantsTheProvenanceThatATextDoesNotHold) {
  const ImportOptions options{.format = "csv", .folder = testing::TempDir() + "/imported"};
  const auto result = Import(
      "primitive,parameters,count,wall_s\nbeaver.multiply,element_bytes=8;field=1,1,1\n", options);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(result.status().message()).find("backend_version"), std::string::npos);
}

}  // namespace
}  // namespace picost::calibrate
