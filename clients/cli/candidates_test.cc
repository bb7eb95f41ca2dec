#include "clients/cli/candidates.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <variant>
#include <vector>

namespace picost::cli {
namespace {

std::vector<Candidate> Read(const std::string& name, const std::string& text) {
  std::istringstream file(text);
  auto read = ReadCandidates(name, file);
  if (const Failure* failure = FailureIn(read)) {
    ADD_FAILURE() << failure->message;
    return {};
  }
  return std::get<std::vector<Candidate>>(read);
}

std::string Refusal(const std::string& name, const std::string& text) {
  std::istringstream file(text);
  const auto read = ReadCandidates(name, file);
  const Failure* failure = FailureIn(read);
  if (failure == nullptr) return "taken";
  EXPECT_EQ(failure->exit_status, kExitArguments);
  return failure->message;
}

TEST(CandidatesTest, JsonLinesKeepCountsAndHoldOperations) {
  const auto read = Read("c.jsonl",
                         "{\"id\": \"a\", \"kept\": {\"/r2\": 5, \"/r1\": 4096}}\n"
                         "\n"
                         "{\"operations\": [{\"removeActivation\": {\"node\": \"/r1\"}}]}\n");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].id, "a");
  ASSERT_EQ(read[0].edit.operations_size(), 2);
  EXPECT_EQ(read[0].edit.operations(0).keep_relus().node(), "/r1");
  EXPECT_EQ(read[0].edit.operations(0).keep_relus().count(), 4096);
  EXPECT_EQ(read[0].edit.operations(1).keep_relus().count(), 5);
  EXPECT_EQ(read[1].id, "3") << "the line's number";
  EXPECT_EQ(read[1].edit.operations(0).remove_activation().node(), "/r1");
}

TEST(CandidatesTest, CsvNamesActivationsOnce) {
  const auto read = Read("c.csv", "id,/r1,\"a,b\"\r\nx,12,\r\ny,,0\r\n");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].id, "x");
  ASSERT_EQ(read[0].edit.operations_size(), 1) << "an empty cell changes nothing";
  EXPECT_EQ(read[0].edit.operations(0).keep_relus().count(), 12);
  EXPECT_EQ(read[1].edit.operations(0).keep_relus().node(), "a,b");
}

TEST(CandidatesTest, MistakesAreNamedWithTheirLine) {
  const struct {
    const char* file;
    const char* text;
    const char* part;
  } cases[] = {
      {"c.jsonl", "{\"kept\": {\"/r\": 1}}\nnonsense\n", "c.jsonl:2: no JSON object"},
      {"c.jsonl", "{\"kept\": {\"/r\": 1.5}}\n", "c.jsonl:1: '/r' keeps no count"},
      {"c.jsonl", "{\"kept\": {\"/r\": -1}}\n", "keeps no count"},
      {"c.jsonl", "{\"keep\": {}}\n", "'keep' is not id"},
      {"c.jsonl", "{\"operations\": [{\"nothing\": {}}]}\n", "an operation is none"},
      {"c.jsonl", "{\"id\": \"a\"}\n{\"id\": \"a\"}\n", "c.jsonl:2: the id 'a' stands twice"},
      {"c.csv", "id,/r\na,1,2\n", "c.csv:2: 3 cells under 2 names"},
      {"c.csv", "id,/r\na,many\n", "'/r' keeps 'many'"},
      {"c.csv", "id,/r\n", "holds no candidate"},
  };
  for (const auto& one : cases) {
    const std::string refusal = Refusal(one.file, one.text);
    EXPECT_NE(refusal.find(one.part), std::string::npos) << refusal << " for " << one.text;
  }
}

}  // namespace
}  // namespace picost::cli
