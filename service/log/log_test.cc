// Log lines hold what they should, and nothing that strangers send breaks them.
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/log/logger.h"
#include "service/log/trace_context.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

log::Record Sample() {
  log::Record record;
  record.set_time("2026-01-31T12:00:00.000Z");
  record.set_severity("INFO");
  record.set_message("call");
  record.set_method("picost.v1.Models/GetModel");
  record.set_code("OK");
  record.set_duration_seconds(0.25);
  record.set_error("a \"b\"\nc=d");
  return record;
}

TEST(LogTest, TextIsOneLineForPeople) {
  EXPECT_EQ(FormatRecord(Sample(), config::LOG_FORMAT_TEXT),
            "2026-01-31T12:00:00.000Z INFO call method=picost.v1.Models/GetModel code=OK "
            "error=\"a \\\"b\\\"\\nc=d\" duration_seconds=0.25");
}

TEST(LogTest, JsonComesBackAsTheSameRecord) {
  const std::string line = FormatRecord(Sample(), config::LOG_FORMAT_JSON);
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_THAT(line, HasSubstr("\"duration_seconds\":0.25"));
  log::Record read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(line, &read).ok());
  EXPECT_EQ(read.SerializeAsString(), Sample().SerializeAsString());
}

TEST(LogTest, BytesThatAreNoUtf8StillGiveOneLine) {
  log::Record record = Sample();
  record.set_error("\xFF\xFE\n\x01");
  for (const auto format : {config::LOG_FORMAT_TEXT, config::LOG_FORMAT_JSON}) {
    EXPECT_THAT(FormatRecord(record, format), Not(HasSubstr("\n")));
  }
}

TEST(LogTest, ALoggerWritesWholeLines) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  Logger logger(file, {});
  logger.Warning(Event("first"));
  logger.Error(Event("second", "why not"));
  std::rewind(file);
  char line[256];
  ASSERT_NE(std::fgets(line, sizeof(line), file), nullptr);
  EXPECT_THAT(std::string(line), MatchesRegex("20..-..-..T..:..:......Z WARNING first\n"));
  ASSERT_NE(std::fgets(line, sizeof(line), file), nullptr);
  EXPECT_THAT(std::string(line), HasSubstr("ERROR second error=\"why not\"\n"));
  std::fclose(file);
}

constexpr char kParent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContextTest, ContinuesTheCallersTrace) {
  const TraceContext context = BeginSpan(kParent);
  EXPECT_EQ(context.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(context.parent_span_id, "00f067aa0ba902b7");
  EXPECT_NE(context.span_id, context.parent_span_id);
  EXPECT_EQ(context.ToTraceparent(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-" + context.span_id + "-01");
}

TEST(TraceContextTest, WhatBreaksTheSpecificationCountsAsAbsent) {
  const std::string good = kParent;
  EXPECT_TRUE(ParseTraceparent(good).has_value());
  EXPECT_TRUE(ParseTraceparent("01" + good.substr(2) + "-more").has_value());
  for (const std::string& bad : std::initializer_list<std::string>{
           "", good.substr(1), good + "0", good + "-more", "ff" + good.substr(2),
           "0x" + good.substr(2), "01" + good.substr(2) + "more",
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
           "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(ParseTraceparent(bad).has_value()) << bad;
  }
}

TEST(TraceContextTest, WithoutATraceOneBegins) {
  const TraceContext a = BeginSpan("");
  const TraceContext b = BeginSpan("nonsense");
  EXPECT_TRUE(a.parent_span_id.empty());
  EXPECT_NE(a.trace_id, b.trace_id);
  EXPECT_TRUE(ParseTraceparent(a.ToTraceparent()).has_value());
}

TEST(TraceContextTest, RequestIdsAreTheCallersWhereTheyAreHarmless) {
  EXPECT_EQ(RequestIdOf("job-7/step:3"), "job-7/step:3");
  for (const std::string& bad :
       std::initializer_list<std::string>{"", std::string(129, 'a'), "a b", "a\nb", "\xFF"}) {
    EXPECT_THAT(RequestIdOf(bad), MatchesRegex("[0-9a-f]+"));
    EXPECT_EQ(RequestIdOf(bad).size(), 16u);
  }
  EXPECT_NE(RequestIdOf(""), RequestIdOf(""));
}

}  // namespace
}  // namespace picost::service
