#include "clients/cli/trial_lines.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::cli {
namespace {

using ::google::protobuf::TextFormat;
using ::google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;

v1::Trial Parse(const std::string& text) {
  v1::Trial trial;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &trial)) << text;
  return trial;
}

v1::Trial Defaults() {
  return Parse(
      "model: 'models/m' protocol { protocol: 'protocols/cheetah' } "
      "deployment { name: 'deployments/wan' }");
}

Result<std::vector<TrialLine>> Read(const std::string& text, const v1::Trial& defaults) {
  std::istringstream file(text);
  return ReadTrialLines("f.jsonl", file, "studies/s", defaults);
}

TEST(TrialLinesTest, ALineIsATrialOverWhatTheCommandLineGives) {
  const auto read =
      Read(R"({"kept": {"b": 2, "a": 1}, "metrics": {"accuracy": 0.5}, "tags": ["x"], "parent": 3})"
           "\n\n"
           R"({"deployment": "lan", "operations": [{"removeActivation": {"node": "c"}}]})",
           Defaults());
  ASSERT_EQ(FailureIn(read), nullptr);
  const auto& lines = std::get<std::vector<TrialLine>>(read);
  ASSERT_EQ(lines.size(), 2u);
  v1::Trial first = Parse(
      "operations { keep_relus { node: 'a' count: 1 } } "
      "operations { keep_relus { node: 'b' count: 2 } } "
      "metrics { metric: 'accuracy' value: 0.5 } tags: 'x' parent_trial: 'studies/s/trials/3'");
  first.MergeFrom(Defaults());
  EXPECT_TRUE(MessageDifferencer::Equals(lines[0].request.trial(), first))
      << lines[0].request.trial().DebugString();
  EXPECT_EQ(lines[0].request.parent(), "studies/s");
  EXPECT_EQ(lines[1].line, 3);
  EXPECT_EQ(lines[1].request.trial().deployment().name(), "deployments/lan");
  EXPECT_EQ(lines[1].request.trial().protocol().protocol(), "protocols/cheetah");
  EXPECT_EQ(lines[1].request.trial().operations(0).remove_activation().node(), "c");
}

TEST(TrialLinesTest, RequestIdsAreThoseOfThePythonClient) {
  const auto read = Read("  {\"tags\": []}\r\n", Defaults());
  ASSERT_EQ(FailureIn(read), nullptr);
  // hashlib.sha256(b'1 {"tags": []}').hexdigest()
  EXPECT_EQ(std::get<std::vector<TrialLine>>(read)[0].request.request_id(),
            "7d0dcca0ceb14c74ce683ba480320ac4f496d7eb8e2d55ccb8da56e183ba7ad2");
}

TEST(TrialLinesTest, WhatIsWrittenIsReadAgain) {
  v1::Trial trial = Parse(R"(
      name: 'studies/other/trials/7'
      model: 'models/m'
      protocol { protocol: 'protocols/cheetah' parameters { key: 'ring_bits' value: 41 } }
      deployment { custom { base: 'deployments/lan' network_profile { round_trip_seconds: 0.04 } } }
      operations { keep_relus { node: 'a "quoted" \\ name' count: 123456789 } }
      operations { replace_activation { node: 'b' degree: 2 scheme: 'espn' } }
      metrics { metric: 'accuracy' value: 0.1234567890123456 }
      tags: 'one' tags: 'two'
      parent_trial: 'studies/other/trials/2'
      totals { relu_elements: 5 }
      feasible: true)");
  const std::string line = WriteTrialLine(trial);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto read = Read(line, {});
  ASSERT_EQ(FailureIn(read), nullptr) << FailureIn(read)->message;
  const v1::Trial& again = std::get<std::vector<TrialLine>>(read)[0].request.trial();
  trial.clear_name();
  trial.clear_totals();
  trial.clear_feasible();
  trial.set_parent_trial("studies/s/trials/2");  // the same number of the study that reads it
  EXPECT_TRUE(MessageDifferencer::Equals(again, trial)) << again.DebugString();
}

struct Mistake {
  std::string line;
  std::string message;
};

TEST(TrialLinesTest, MistakesAreNamedWithTheirLine) {
  const Mistake mistakes[] = {
      {"{", "no JSON object"},
      {R"({"kept": {"a": -1}})", "'a' keeps no count"},
      {R"({"kept": 3})", "'kept' is not kept (object)"},
      {R"({"metrics": {"accuracy": "high"}})", "'accuracy' is no number"},
      {R"({"parent": 0})", "'parent' is not"},
      {R"({"accuracy": 0.9})", "'accuracy' is not"},
      {R"({"operations": [{"nothing": {}}]})", "an operation is none"},
      {R"({"deployment": 7})", "'deployment' is neither"},
  };
  for (const Mistake& mistake : mistakes) {
    const auto read = Read(absl::StrCat("{}\n", mistake.line, "\n"), Defaults());
    const Failure* failure = FailureIn(read);
    ASSERT_NE(failure, nullptr) << mistake.line;
    EXPECT_EQ(failure->exit_status, kExitArguments);
    EXPECT_THAT(failure->message, HasSubstr("f.jsonl:2: "));
    EXPECT_THAT(failure->message, HasSubstr(mistake.message));
  }
  for (const char* missing : {"model", "protocol", "deployment"}) {
    v1::Trial defaults = Defaults();
    defaults.GetReflection()->ClearField(&defaults,
                                         v1::Trial::descriptor()->FindFieldByName(missing));
    const auto read = Read("{}", defaults);
    ASSERT_NE(FailureIn(read), nullptr);
    EXPECT_THAT(FailureIn(read)->message, HasSubstr(absl::StrCat("--", missing)));
  }
  EXPECT_NE(FailureIn(Read("\n", Defaults())), nullptr);
}

}  // namespace
}  // namespace picost::cli
