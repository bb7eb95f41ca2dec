// The stores of one process: in memory and in a file.
#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/store/model_store_suite.h"
#include "service/store/open_store.h"
#include "service/store/sqlite.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

std::string FreshPath() {
  static int number = 0;
  const char* folder = std::getenv("TEST_TMPDIR");
  return absl::StrCat(folder != nullptr ? folder : "/tmp", "/store-", number++, ".db");
}

INSTANTIATE_TEST_SUITE_P(
    Stores, ModelStoreTest,
    ::testing::Values(StoreKind{"Memory", [] { return std::string("memory"); }, false},
                      StoreKind{"Sqlite", [] { return "sqlite:" + FreshPath(); }, true}),
    NameOf);

TEST(OpenStoreTest, RefusesUnknownKinds) {
  for (const char* address : {"", "sqlite:", "redis://x", "Memory", "postgresql"}) {
    const auto store = OpenStore(address);
    EXPECT_EQ(store.status().code(), absl::StatusCode::kInvalidArgument) << address;
  }
}

TEST(SqliteStoreTest, RefusesAFileThatIsNoDatabase) {
  const std::string path = FreshPath();
  std::ofstream(path) << std::string(8192, 'x');
  const auto store = OpenStore("sqlite:" + path);
  EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss) << store.status();
  EXPECT_THAT(std::string(store.status().message()), HasSubstr(path));
}

TEST(SqliteStoreTest, RefusesADamagedFile) {
  const std::string path = FreshPath();
  {
    auto store = OpenStore("sqlite:" + path);
    ASSERT_TRUE(store.ok());
    for (int i = 0; i < 200; ++i)
      ASSERT_TRUE((*store)->InsertIfAbsent(Record(absl::StrCat("id", i))).ok());
  }
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(4096 * 2, '\x5A');
  }
  const auto store = OpenStore("sqlite:" + path);
  EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss) << store.status();
}

TEST(SqliteStoreTest, RefusesAFolderThatDoesNotExist) {
  const auto store = OpenStore("sqlite:/nonexistent/folder/store.db");
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition) << store.status();
}

TEST(SqliteStoreTest, RefusesANewerSchema) {
  const std::string path = FreshPath();
  {
    auto database = sqlite::Database::Open(path);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(database->Execute("PRAGMA user_version = 1000").ok());
  }
  const auto store = OpenStore("sqlite:" + path);
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("1000"));
}

}  // namespace
}  // namespace picost::service
