#include "tools/flags/flags.h"

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

ABSL_FLAG(std::optional<int32_t>, test_number, std::nullopt, "a number of things");
ABSL_FLAG(bool, test_switch, false, "on or off");
ABSL_FLAG(std::string, test_text, "", "any text");

namespace picost {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(FlagsTest, GoodOnesArePassed) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {},
           {"--test_number=3", "--test_switch", "--test_text", "--looks-like-a-flag"},
           {"-test_number=-3", "--notest_switch", "--test_switch=false"},
           {"--test_text=", "more", "-"},
           {"--", "--nothing"},
           {"--version"},
           {"--helpmatch=store", "--test_switch"},
           {"--undefok=nothing", "--nothing"}}) {
    EXPECT_EQ(BadFlag(arguments), std::nullopt) << ::testing::PrintToString(arguments);
  }
}

TEST(FlagsTest, TheFirstBadOneIsNamed) {
  struct Case {
    std::vector<std::string> arguments;
    std::string message;
  };
  for (const Case& one : {Case{{"--nothing"}, "there is no flag --nothing"},
                          Case{{"--nothing=3", "--neither"}, "there is no flag --nothing"},
                          Case{{"--notest_text"}, "there is no flag --notest_text"},
                          Case{{"--test_number=three"}, "--test_number cannot be 'three'"},
                          Case{{"--test_number", "3.5"}, "--test_number cannot be '3.5'"},
                          Case{{"--test_switch=perhaps"}, "--test_switch cannot be 'perhaps'"},
                          Case{{"--test_text"}, "--test_text needs a value"}}) {
    EXPECT_THAT(BadFlag(one.arguments).value_or("none"), HasSubstr(one.message));
  }
}

TEST(FlagsTest, DashesOfNamesBecomeUnderscoresThoseOfValuesStay) {
  std::string words[] = {"my-program", "--a-b=c-d", "--a-b", "-x-y", "a-b", "--"};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  UnderscoresInFlags(static_cast<int>(argv.size()), argv.data());
  EXPECT_THAT(words,
              ::testing::ElementsAre("my-program", "--a_b=c-d", "--a_b", "-x-y", "a-b", "--"));
}

TEST(FlagsTest, HelpNamesTheFlagsOfOneFile) {
  std::ostringstream out;
  PrintFlags("flags/flags_test.cc", out);
  EXPECT_EQ(out.str(),
            "  --test-number=VALUE  a number of things\n"
            "  --test-switch        on or off\n"
            "  --test-text=VALUE    any text\n");
  std::ostringstream none;
  PrintFlags("flags/nothing.cc", none);
  EXPECT_THAT(none.str(), Not(HasSubstr("test")));
}

}  // namespace
}  // namespace picost
