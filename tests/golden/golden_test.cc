// Compares every golden answer with what the service says today: one test each.
#include "tests/golden/golden.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_replace.h"
#include "service/in_process.h"

namespace picost::golden {
namespace {

constexpr char kExpected[] = "tests/golden/expected";
constexpr char kMend[] =
    "If the change is meant: bazel run //tests/golden:update, and review the diff.";

class GoldenTest : public ::testing::Test {
 public:
  GoldenTest(service::InProcessService* service, Question question)
      : service_(service), question_(std::move(question)) {}

  void TestBody() override {
    std::ifstream file(std::string(kExpected) + "/" + question_.Path());
    ASSERT_TRUE(file.good()) << question_.Path() << " is missing. " << kMend;
    std::stringstream answer(Answer(service_->channel(), "data/models", question_));
    // The first line that differs: a whole answer has thousands.
    std::string expected_line;
    std::string line;
    for (int number = 1;; ++number) {
      const bool expected_more = static_cast<bool>(std::getline(file, expected_line));
      const bool more = static_cast<bool>(std::getline(answer, line));
      ASSERT_EQ(more, expected_more) << "one is longer from line " << number << ". " << kMend;
      if (!more) return;
      ASSERT_EQ(line, expected_line) << "line " << number << ". " << kMend;
    }
  }

 private:
  service::InProcessService* const service_;
  const Question question_;
};

class StaleTest : public ::testing::Test {
 public:
  explicit StaleTest(std::set<std::string> asked) : asked_(std::move(asked)) {}

  void TestBody() override {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kExpected)) {
      if (entry.is_directory()) continue;
      const std::string path = entry.path().lexically_relative(kExpected).string();
      EXPECT_EQ(asked_.count(path), 1u) << path << " answers no question. " << kMend;
    }
  }

 private:
  const std::set<std::string> asked_;
};

}  // namespace
}  // namespace picost::golden

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  auto service = picost::service::InProcessService::Start("data");
  if (!service.ok()) {
    std::cerr << service.status() << "\n";
    return 1;
  }
  using picost::golden::Question;
  std::set<std::string> asked;
  for (const Question& question : picost::golden::AllQuestions((*service)->channel())) {
    asked.insert(question.Path());
    const std::string name =
        absl::StrReplaceAll(question.Path(), {{".json", ""}, {"-", "_"}, {"/", "_"}});
    testing::RegisterTest("GoldenTest", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [service = service->get(), question]() -> picost::golden::GoldenTest* {
                            return new picost::golden::GoldenTest(service, question);
                          });
  }
  testing::RegisterTest(
      "StaleGoldens", "NoFileWithoutAQuestion", nullptr, nullptr, __FILE__, __LINE__,
      [asked]() -> picost::golden::StaleTest* { return new picost::golden::StaleTest(asked); });
  return RUN_ALL_TESTS();
}
