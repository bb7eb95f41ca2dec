#include "service/utf8.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace picost::service {
namespace {

struct Case {
  std::string name;
  std::string bytes;
  std::string text;
};

class ToUtf8Test : public ::testing::TestWithParam<Case> {};

TEST_P(ToUtf8Test, ReplacesWhatIsNotWellFormed) {
  EXPECT_EQ(ToUtf8(GetParam().bytes), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Names, ToUtf8Test,
                         ::testing::ValuesIn(std::vector<Case>{
                             {"Empty", "", ""},
                             {"Ascii", "conv1/relu", "conv1/relu"},
                             {"TwoThreeAndFourBytes", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80",
                              "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
                             {"LoneContinuation", "a\x80z", "a\xEF\xBF\xBDz"},
                             {"OverlongSlash", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
                             {"OverlongThreeBytes", "\xE0\x80\x80",
                              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
                             {"Surrogate", "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
                             {"BeyondTheLastCodePoint", "\xF4\x90\x80\x80",
                              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
                             {"CutOffAtTheEnd", "ab\xE2\x82", "ab\xEF\xBF\xBD\xEF\xBF\xBD"},
                         }),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace picost::service
