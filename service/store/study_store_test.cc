// The stores of one process: in memory and in a file.
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/store/open_store.h"
#include "service/store/open_study_store.h"
#include "service/store/sqlite.h"
#include "service/store/sqlite_study_store.h"
#include "service/store/study_store_suite.h"

namespace picost::service {
namespace {

std::string FreshPath() {
  static int number = 0;
  const char* folder = std::getenv("TEST_TMPDIR");
  return absl::StrCat(folder != nullptr ? folder : "/tmp", "/studies-", number++, ".db");
}

INSTANTIATE_TEST_SUITE_P(
    Stores, StudyStoreTest,
    ::testing::Values(StudyStoreKind{"Memory", [] { return std::string("memory"); }, false},
                      StudyStoreKind{"Sqlite", [] { return "sqlite:" + FreshPath(); }, true}),
    StudyKindName);

TEST(SqliteStudyStoreTest, NoStatementScansATable) {
  const auto store = SqliteStudyStore::Open(FreshPath());
  ASSERT_TRUE(store.ok()) << store.status();
  const auto plans = (*store)->QueryPlans();
  ASSERT_TRUE(plans.ok()) << plans.status();
  int searches = 0;
  for (const std::string& plan : *plans) {
    searches += plan.find(": SEARCH") != std::string::npos;
    // The list of studies that are being cleared away holds a row or none.
    if (plan.find("SCAN deleted_studies") != std::string::npos) continue;
    EXPECT_EQ(plan.find(": SCAN"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
  }
  EXPECT_GE(searches, 12) << "the plans must be those of the statements";
}

TEST(SqliteStudyStoreTest, SharesItsFileWithTheModels) {
  const std::string address = "sqlite:" + FreshPath();
  const auto models = OpenStore(address);
  ASSERT_TRUE(models.ok()) << models.status();
  const auto studies = OpenStudyStore(address);
  ASSERT_TRUE(studies.ok()) << studies.status();
  ASSERT_TRUE((*studies)->Insert(StudyOf("a")).ok());
  ASSERT_TRUE((*models)->InsertIfAbsent({.id = "m"}).ok());
  EXPECT_TRUE((*studies)->AddTrials("a", "", {TrialOf(1)}).ok());
}

TEST(SqliteStudyStoreTest, AFileOfTheFirstSchemaIsMigrated) {
  const std::string path = FreshPath();
  {
    auto database = sqlite::Database::Open(path);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(
        database
            ->Execute("CREATE TABLE models (id BLOB NOT NULL PRIMARY KEY, display_name BLOB "
                      "NOT NULL, create_time_micros INTEGER NOT NULL, etag BLOB NOT NULL, "
                      "summary BLOB NOT NULL, source BLOB NOT NULL) STRICT;"
                      "INSERT INTO models VALUES (X'6D', X'', 0, X'65', X'', X'');"
                      "PRAGMA user_version = 1")
            .ok());
  }
  const auto studies = OpenStudyStore("sqlite:" + path);
  ASSERT_TRUE(studies.ok()) << studies.status();
  EXPECT_TRUE((*studies)->Insert(StudyOf("a")).ok());
  const auto models = OpenStore("sqlite:" + path);
  ASSERT_TRUE(models.ok()) << models.status();
  EXPECT_TRUE((*models)->Get("m").ok());
}

TEST(SqliteStudyStoreTest, ADeletionThatWasInterruptedGoesOnWhenTheFileIsOpened) {
  const std::string path = FreshPath();
  {
    const auto store = SqliteStudyStore::Open(path);
    ASSERT_TRUE((*store)->Insert(StudyOf("a")).ok());
    ASSERT_TRUE((*store)->AddTrials("a", "", {TrialOf(1, {"x"}, "r")}).ok());
  }
  {
    auto database = sqlite::Database::Open(path);
    ASSERT_TRUE(database
                    ->Execute("INSERT INTO deleted_studies SELECT key FROM studies;"
                              "DELETE FROM studies")
                    .ok());
  }
  ASSERT_TRUE(SqliteStudyStore::Open(path).ok());
  auto database = sqlite::Database::Open(path);
  for (const char* table : {"trials", "trial_tags", "trial_requests", "deleted_studies"}) {
    auto count = database->Prepare(absl::StrCat("SELECT count(*) FROM ", table));
    ASSERT_TRUE(*count->Step());
    EXPECT_EQ(count->Integer(0), 0) << table;
  }
}

TEST(OpenStudyStoreTest, RefusesUnknownKinds) {
  for (const char* address : {"", "sqlite:", "redis://x"}) {
    EXPECT_EQ(OpenStudyStore(address).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace picost::service
