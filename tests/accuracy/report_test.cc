#include "tests/accuracy/report.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace picost::accuracy {
namespace {

TEST(ReportTest, DocsAccuracyIsUpToDate) {
  std::ifstream file("docs/accuracy.md");
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), AccuracyReport("data"))
      << "Run: bazel run //tests/accuracy:report > docs/accuracy.md";
}

}  // namespace
}  // namespace picost::accuracy
