#include "calibrate/table_file.h"

#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/text_format.h"

namespace picost::calibrate {
namespace {

cost::Sample MakeSample() {
  cost::Sample sample;
  sample.primitive = "beaver.multiply";
  sample.parameters = {{"element_bytes", 8}, {"field", 1}};
  sample.count = 1000;
  sample.executor = primitives::Executor::kJoint;
  sample.network = "lo";
  sample.repeat = 3;
  sample.wall = Seconds(0.1 + 0.2);  // has no short decimal
  sample.cpu = Seconds(-1);
  sample.traffic = {Bytes(16000), Bytes(16000), Flights(1)};
  sample.traffic_known = true;
  return sample;
}

v1::CalibrationTableFile Header() {
  v1::CalibrationTableFile header;
  google::protobuf::TextFormat::ParseFromString(
      "schema_version: 1 title: 't' origin: SYNTHETIC source: 's' license: 'l' "
      "backend { name: 'b' version: 'v' } machine { processor: 'p' } threads: 1 date: 'd'",
      &header);
  return header;
}

TEST(TableFile, WhatIsWrittenReadsBackToTheBit) {
  const std::string folder = testing::TempDir() + "/table_file_round_trip";
  const auto table = WriteTable(folder, Header(), {MakeSample()});
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_EQ(table->samples.size(), 1u);
  const cost::Sample& sample = table->samples[0];
  EXPECT_EQ(sample.wall.value(), 0.1 + 0.2);
  EXPECT_LT(sample.cpu.value(), 0);
  EXPECT_EQ(sample.parameters, MakeSample().parameters);
  EXPECT_EQ(sample.traffic, MakeSample().traffic);
  EXPECT_EQ(sample.repeat, 3);
  EXPECT_EQ(table->id.size(), 64u);
}

TEST(TableFile, TablesAreImmutable) {
  const std::string folder = testing::TempDir() + "/table_file_immutable";
  ASSERT_TRUE(WriteTable(folder, Header(), {MakeSample()}).ok());
  EXPECT_EQ(WriteTable(folder, Header(), {MakeSample()}).status().code(),
            absl::StatusCode::kAlreadyExists);
}

TEST(TableFile, RefusesBeforeWritingWhatCouldNotBeReadBack) {
  cost::Sample unknown = MakeSample();
  unknown.primitive = "no.such";
  const std::string folder = testing::TempDir() + "/table_file_refused";
  EXPECT_FALSE(WriteTable(folder, Header(), {unknown}).ok());
  // Nothing is in the way of the corrected one.
  EXPECT_TRUE(WriteTable(folder, Header(), {MakeSample()}).ok());
}

TEST(TableFile, RowsAloneReadBack) {
  cost::Sample flagged = MakeSample();
  flagged.traffic_known = false;
  flagged.comparable = false;
  const auto rows = ParseSampleRows(SampleRow(MakeSample()) + "\n" + SampleRow(flagged) + "\n");
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_TRUE((*rows)[0].comparable);
  EXPECT_FALSE((*rows)[1].comparable);
  EXPECT_FALSE((*rows)[1].traffic_known);
}

}  // namespace
}  // namespace picost::calibrate
