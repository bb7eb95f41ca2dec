#include "clients/cli/options.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::cli {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kAll = {
    "format",     "dim",        "server",     "data_dir", "protocol", "param",
    "network",    "deployment", "unknown",    "name",     "calls",    "custom-operators",
    "trip-count", "counting",   "parameters", "metric",   "kept",     "parent"};

TEST(OptionsTest, ReadsEveryKindOfFlag) {
  const auto parsed =
      ParseOptions({"model.onnx", "--dim", "N=1", "--dim=/in:batch=2=3",
                    "--protocol=delphi,cheetah", "--param=ring_bits=41", "--format=json",
                    "--unknown=upper-bound", "--calls", "--deployment=lan", "--deployment=wan"},
                   kAll);
  ASSERT_EQ(FailureIn(parsed), nullptr);
  const Options& options = std::get<Options>(parsed);
  EXPECT_EQ(options.positional, std::vector<std::string>{"model.onnx"});
  EXPECT_EQ(options.dimensions.at("N"), 1);
  EXPECT_EQ(options.dimensions.at("/in:batch=2"), 3);  // names may hold '='
  EXPECT_EQ(options.protocols, (std::vector<std::string>{"delphi", "cheetah"}));
  EXPECT_EQ(options.parameters.at("ring_bits"), 41);
  EXPECT_EQ(options.format, Format::kJson);
  EXPECT_EQ(options.unknown, UnknownPolicy::kUpperBound);
  EXPECT_TRUE(options.calls);
  EXPECT_EQ(options.counting, Counting::kDefault);
  EXPECT_EQ(options.deployments, (std::vector<std::string>{"lan", "wan"}));
}

TEST(OptionsTest, ReadsHowFilesAreToBeReadAndCounted) {
  const auto parsed =
      ParseOptions({"m.onnx", "--custom-operators=ops.textproto", "--trip-count=/decoder/Loop=12",
                    "--trip-count", "a=0", "--counting=without-stem", "--parameters"},
                   kAll);
  ASSERT_EQ(FailureIn(parsed), nullptr);
  const Options& options = std::get<Options>(parsed);
  EXPECT_EQ(options.custom_operators, "ops.textproto");
  EXPECT_EQ(options.trip_counts.at("/decoder/Loop"), 12);
  EXPECT_EQ(options.trip_counts.at("a"), 0);
  EXPECT_EQ(options.counting, Counting::kWithoutStem);
  EXPECT_TRUE(options.list_parameters);
}

TEST(OptionsTest, ReadsTheFlagsOfStudies) {
  const auto parsed =
      ParseOptions({"--objective=accuracy:max", "--objective", "online_seconds:min:2",
                    "--budget=online_seconds=2.5", "--kept=/a=b/Relu=4096",
                    "--metric=accuracy=0.93", "--tag=x,y", "--tag=z", "--parent=3"},
                   {"objective", "budget", "kept", "metric", "tag", "parent"});
  ASSERT_EQ(FailureIn(parsed), nullptr);
  const StudyOptions& study = std::get<Options>(parsed).study;
  EXPECT_EQ(study.objectives, (std::vector<std::string>{"accuracy:max", "online_seconds:min:2"}));
  EXPECT_EQ(study.budgets.at(0), (std::pair<std::string, double>{"online_seconds", 2.5}));
  EXPECT_EQ(study.kept.at("/a=b/Relu"), 4096);
  EXPECT_EQ(study.metrics.at(0), (std::pair<std::string, double>{"accuracy", 0.93}));
  EXPECT_EQ(study.tags, (std::vector<std::string>{"x,y", "z"}));
  EXPECT_EQ(study.parent, 3);
}

TEST(OptionsTest, AfterTwoDashesAllIsPositional) {
  const auto parsed = ParseOptions({"--", "--format=json", "-"}, kAll);
  EXPECT_EQ(std::get<Options>(parsed).positional, (std::vector<std::string>{"--format=json", "-"}));
}

struct Case {
  std::string name;
  std::vector<std::string> arguments;
  std::string message;
};

class BadOptionsTest : public ::testing::TestWithParam<Case> {};

TEST_P(BadOptionsTest, AreBadArgumentsWithAReason) {
  const auto parsed = ParseOptions(GetParam().arguments, kAll);
  const Failure* failure = FailureIn(parsed);
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->exit_status, kExitArguments);
  EXPECT_THAT(failure->message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Arguments, BadOptionsTest,
                         ::testing::ValuesIn(std::vector<Case>{
                             {"UnknownFlag", {"--foo"}, "takes no --foo"},
                             {"SingleDash", {"-format=json"}, "takes no -format"},
                             {"FormatUnknown", {"--format=xml"}, "table, json, csv"},
                             {"DimWithoutValue", {"--dim=N"}, "NAME=VALUE"},
                             {"DimNotANumber", {"--dim=N=x"}, "NAME=VALUE"},
                             {"DimNotWhole", {"--dim=N=1.5"}, "NAME=VALUE"},
                             {"DimWithoutName", {"--dim==1"}, "NAME=VALUE"},
                             {"DimTwice", {"--dim=N=1", "--dim=N=2"}, "two values"},
                             {"CountingUnknown", {"--counting=mine"}, "without-stem"},
                             {"TripCountNotANumber", {"--trip-count=l=x"}, "NAME=VALUE"},
                             {"ProtocolEmptyEntry", {"--protocol=delphi,"}, "empty entry"},
                             {"ValueMissing", {"--server"}, "needs a value"},
                             {"ServerEmpty", {"--server="}, "empty"},
                             {"MetricNotANumber", {"--metric=accuracy=high"}, "NAME=VALUE"},
                             {"MetricWithoutName", {"--metric==1"}, "NAME=VALUE"},
                             {"KeptNotWhole", {"--kept=/Relu=1.5"}, "whole number"},
                             {"ParentNotANumber", {"--parent=studies/s/trials/1"}, "number"},
                             {"ParentZero", {"--parent=0"}, "number"},
                             {"SwitchWithValue", {"--calls=yes"}, "takes no value"},
                         }),
                         [](const auto& info) { return info.param.name; });

TEST(OptionsTest, FlagsOfOtherCommandsAreRefused) {
  EXPECT_NE(FailureIn(ParseOptions({"--protocol=delphi"}, {"format"})), nullptr);
  EXPECT_TRUE(std::get<Options>(ParseOptions({"--help"}, {})).help);
}

}  // namespace
}  // namespace picost::cli
