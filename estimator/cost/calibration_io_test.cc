#include "estimator/cost/calibration_io.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"

namespace picost::cost {
namespace {

const char kHeader[] = R"(schema_version: 1
title: "a table"
origin: MEASURED
source: "here"
license: "CC0-1.0"
backend { name: "cheetah" version: "f71d4d4" flags: "verification off" }
machine { processor: "some processor" }
threads: 1
date: "2026-11-21"
)";
const std::string kColumns =
    "primitive,parameters,count,executor,network,repeat,wall_s,cpu_s,client_to_server_bytes,"
    "server_to_client_bytes,flights,nested,flags\n";
const std::string kRow =
    "cheetah.trunc,ring_bits=37;truncated_bits=12,8,client,lo,0,0.5,0.25,2,50,4,,\n";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(CalibrationIoTest, ReadsHeaderAndSamples) {
  const auto table = ParseCalibrationTable(
      "t", kHeader,
      kColumns + kRow +
          "cheetah.trunc,ring_bits=37;truncated_bits=12,8,server,wan1,1,0.5,,,,,"
          "cheetah.ferret_extension(reversed=1)*2,flights_may_undercount\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->origin, Origin::kMeasured);
  EXPECT_EQ(table->environment.backend_version, "f71d4d4 (verification off)");
  EXPECT_EQ(table->id.size(), 64u);
  ASSERT_EQ(table->samples.size(), 2u);
  const Sample& first = table->samples[0];
  EXPECT_EQ(first.wall.value(), 0.5);
  EXPECT_EQ(first.cpu.value(), 0.25);
  EXPECT_TRUE(first.traffic_known);
  EXPECT_EQ(first.traffic.server_to_client, Bytes(50));
  EXPECT_EQ(first.line, 2);
  const Sample& second = table->samples[1];
  EXPECT_LT(second.cpu.value(), 0);
  EXPECT_FALSE(second.traffic_known);
  EXPECT_TRUE(second.flights_may_undercount);
  ASSERT_EQ(second.nested.size(), 1u);
  EXPECT_EQ(second.nested[0].count, 2);
  EXPECT_EQ(second.nested[0].parameters.Get("reversed"), 1);
}

TEST(CalibrationIoTest, TheIdIsTheDigestOfTheContentAlone) {
  const auto a = ParseCalibrationTable("a", kHeader, kColumns + kRow);
  const auto b = ParseCalibrationTable("b", kHeader, kColumns + kRow);
  const auto c = ParseCalibrationTable("a", kHeader, kColumns + Replaced(kRow, "0.5", "0.6"));
  const auto d = ParseCalibrationTable("a", Replaced(kHeader, "here", "there"), kColumns + kRow);
  EXPECT_EQ(a->id, b->id);
  EXPECT_NE(a->id, c->id);
  EXPECT_NE(a->id, d->id);
}

struct BadCase {
  std::string name;
  std::string header;
  std::string samples;
  std::string message;
};

TEST(CalibrationIoTest, MistakesNameFileLineAndColumn) {
  const std::string good = kColumns + kRow;
  const BadCase cases[] = {
      {"unknown header field", std::string(kHeader) + "colour: 3\n", good, "t/table.textproto:10:"},
      {"no origin", Replaced(kHeader, "origin: MEASURED\n", ""), good, "no origin"},
      {"no licence", Replaced(kHeader, "license: \"CC0-1.0\"\n", ""), good, "no license"},
      {"no backend version", Replaced(kHeader, "version: \"f71d4d4\"", ""), good,
       "no backend.version"},
      {"newer schema", Replaced(kHeader, "schema_version: 1", "schema_version: 2"), good,
       "schema version 2"},
      {"no threads", Replaced(kHeader, "threads: 1\n", ""), good, "threads is 0"},
      {"unknown column", kHeader, Replaced(good, "wall_s", "wall_ms"), "samples.csv:1"},
      {"no samples", kHeader, kColumns, "no samples"},
      {"unknown primitive", kHeader, Replaced(good, "cheetah.trunc", "cheetah.fold"),
       "samples.csv:2: column primitive"},
      {"parameter out of range", kHeader, Replaced(good, "ring_bits=37", "ring_bits=3700"),
       "samples.csv:2: column parameters"},
      {"parameter missing", kHeader, Replaced(good, "ring_bits=37;", ""),
       "samples.csv:2: column parameters"},
      {"parameter twice", kHeader, Replaced(good, "ring_bits=37;", "ring_bits=37;ring_bits=37;"),
       "stands twice"},
      {"parameter not a number", kHeader, Replaced(good, "ring_bits=37", "ring_bits=x"),
       "not a 64-bit integer"},
      {"count of zero", kHeader, Replaced(good, ",8,client", ",0,client"), "column count"},
      {"negative time", kHeader, Replaced(good, "0.5", "-0.5"), "samples.csv:2: column wall_s"},
      {"time not a number", kHeader, Replaced(good, "0.5", "nan"), "column wall_s"},
      {"infinite time", kHeader, Replaced(good, "0.5", "inf"), "column wall_s"},
      {"unknown executor", kHeader, Replaced(good, "client,lo", "carol,lo"), "column executor"},
      {"no link", kHeader, Replaced(good, "client,lo", "client,"), "column network"},
      {"half of the traffic", kHeader, Replaced(good, ",2,50,4", ",2,,4"),
       "traffic is given in part"},
      {"unknown flag", kHeader, Replaced(good, "4,,\n", "4,,shiny\n"), "column flags"},
      {"unknown nested primitive", kHeader, Replaced(good, "4,,\n", "4,cheetah.nap*1,\n"),
       "column nested"},
  };
  for (const BadCase& c : cases) {
    const auto table = ParseCalibrationTable("t", c.header, c.samples);
    ASSERT_FALSE(table.ok()) << c.name;
    EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument) << c.name;
    EXPECT_NE(std::string(table.status().message()).find(c.message), std::string::npos)
        << c.name << ": " << table.status();
  }
}

TEST(CalibrationIoTest, AMissingFolderIsNotFound) {
  const auto table = ReadCalibrationTable("no/such/folder");
  EXPECT_EQ(table.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace picost::cost
