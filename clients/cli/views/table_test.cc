#include "clients/cli/views/table.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace picost::cli {
namespace {

TEST(TableTest, ColumnsAlignAndLinesHaveNoTrailingSpaces) {
  Table table({{"layer", Align::kLeft}, {"MACs"}, {"note", Align::kLeft}});
  table.AddRow({"a", "1,000", ""});
  table.AddRow({"long name", "5", "x"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "  layer       MACs  note\n"
            "  a          1,000\n"
            "  long name      5  x\n");
}

TEST(TableTest, WidthsCountCharactersNotBytes) {
  Table table({{"n", Align::kLeft}, {"v"}});
  table.AddRow({"\xC3\xA9\xC3\xA9", "1"});
  table.AddRow({"ab", "2"});
  std::ostringstream out;
  table.Print(out, 0);
  EXPECT_EQ(out.str(), "n   v\n\xC3\xA9\xC3\xA9  1\nab  2\n");
}

TEST(CsvTest, QuotesWhatNeedsIt) {
  std::ostringstream out;
  PrintCsvRow(out, {"plain", "a,b", "say \"hi\"", "two\nlines", ""});
  EXPECT_EQ(out.str(), "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n");
}

TEST(CsvTest, FormulasOfStrangersBecomeText) {
  std::ostringstream out;
  PrintCsvRow(out, {"=1+1", "@x", "+1", "-1.5", "relu=1"});
  EXPECT_EQ(out.str(), "'=1+1,'@x,'+1,-1.5,relu=1\r\n");
}

TEST(PrintableTest, ControlCharactersCannotReachTheTerminal) {
  EXPECT_EQ(Printable("a\x1B[2Jb\n"), "a\\x1B[2Jb\\x0A");
  EXPECT_EQ(Printable("\xC3\xA9"), "\xC3\xA9");
}

}  // namespace
}  // namespace picost::cli
