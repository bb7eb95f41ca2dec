// What is reported of calls of stores.
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/store/memory_study_store.h"
#include "service/store/metered_study_store.h"

namespace picost::service {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class FailingStore : public MemoryStudyStore {
 public:
  absl::StatusOr<StudyRecord> Get(std::string_view id) override {
    if (id == "disk") return absl::UnavailableError("the disk is full");
    return MemoryStudyStore::Get(id);
  }
};

TEST(MeteredTest, TellsEveryCallAndWhetherTheStoreItselfFailed) {
  std::vector<std::pair<std::string, bool>> calls;
  MeteredStudyStore store(std::make_unique<FailingStore>(),
                          [&](const std::string& operation, bool failed, double seconds) {
                            EXPECT_GE(seconds, 0);
                            calls.emplace_back(operation, failed);
                          });
  EXPECT_TRUE(store.Insert({.id = "a", .etag = "1"}).ok());
  EXPECT_FALSE(store.Insert({.id = "a", .etag = "1"}).ok());
  EXPECT_TRUE(store.AddTrials("a", "1", {{.body = "x"}}).ok());
  EXPECT_FALSE(store.AddTrials("a", "2", {{.body = "x"}}).ok());
  EXPECT_TRUE(store.GetTrial("a", 1).ok());
  EXPECT_TRUE(store.ListTrials({.study = "a", .limit = 1}).ok());
  EXPECT_TRUE(store.SaveProgress("a", "1", "p", 1).ok());
  EXPECT_TRUE(store.List("", 1).ok());
  EXPECT_FALSE(store.Get("none").ok());
  EXPECT_FALSE(store.Get("disk").ok());
  EXPECT_TRUE(store.Delete("a", "").ok());
  // That there is one already, none, or another is an answer of a store that works.
  EXPECT_THAT(calls, ElementsAre(Pair("insert-study", false), Pair("insert-study", false),
                                 Pair("add-trials", false), Pair("add-trials", false),
                                 Pair("get-trial", false), Pair("list-trials", false),
                                 Pair("save-progress", false), Pair("list-studies", false),
                                 Pair("get-study", false), Pair("get-study", true),
                                 Pair("delete-study", false)));
}

}  // namespace
}  // namespace picost::service
