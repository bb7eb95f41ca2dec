#include "estimator/cost/csv.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace picost::cost {
namespace {

TEST(CsvTest, SplitsRowsAndRemembersTheirLines) {
  const auto rows = ParseCsv("a,b\n1,2\n\n3,\n", "x.csv");
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[1].fields, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ((*rows)[2].fields, (std::vector<std::string>{"3", ""}));
  EXPECT_EQ((*rows)[2].line, 4);
}

TEST(CsvTest, QuotedFieldsHoldCommasQuotesAndLineBreaks) {
  const auto rows = ParseCsv("a,b\r\n\"1,\"\"x\"\"\",\"two\nlines\"\r\n5,6", "x.csv");
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[1].fields, (std::vector<std::string>{"1,\"x\"", "two\nlines"}));
  EXPECT_EQ((*rows)[2].line, 4);
}

struct BadCase {
  std::string name;
  std::string text;
  std::string message;
};

TEST(CsvTest, RefusalsNameFileAndLine) {
  const BadCase cases[] = {
      {"empty", "", "x.csv:1: no header"},
      {"short row", "a,b\n1\n", "x.csv:2: 1 fields, the header has 2"},
      {"open quote", "a\n\"1\n", "x.csv:2: a quote is never closed"},
      {"stray quote", "a\n1\"2\n", "x.csv:2: a quote inside"},
  };
  for (const BadCase& c : cases) {
    const auto rows = ParseCsv(c.text, "x.csv");
    ASSERT_FALSE(rows.ok()) << c.name;
    EXPECT_NE(rows.status().message().find(c.message), absl::string_view::npos)
        << c.name << ": " << rows.status();
  }
}

}  // namespace
}  // namespace picost::cost
