// The store that replicas share, on a real PostgreSQL.
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/store/model_store_suite.h"
#include "service/store/open_store.h"
#include "service/store/postgres.h"
#include "service/store/postgres_test_server.h"

namespace picost::service {
namespace {

PostgresTestServer& TestServer() {
  static PostgresTestServer server;
  return server;
}

// Without the package there is nothing to test against: skipped by name below.
std::vector<StoreKind> Kinds() {
  if (!TestServer().installed()) return {};
  return {{"Postgres", [] { return TestServer().NewDatabase(); }, true}};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ModelStoreTest);
INSTANTIATE_TEST_SUITE_P(Stores, ModelStoreTest, ::testing::ValuesIn(Kinds()), NameOf);

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TestServer().installed()) GTEST_SKIP() << "Debian's package postgresql is not installed";
  }
};

TEST_F(PostgresTest, AnAddressWithoutAServerIsUnavailable) {
  for (const char* address :
       {"postgresql:///x?user=picost&host=/nonexistent", "postgresql://picost@127.0.0.1:1/x",
        "postgresql://picost@nowhere.invalid/x"}) {
    const absl::Status status = OpenStore(address).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    for (const char* secret : {"nonexistent", "127.0.0.1", "nowhere"}) {
      EXPECT_EQ(status.message().find(secret), std::string_view::npos) << status;
    }
  }
}

TEST_F(PostgresTest, ReplicasThatStartTogetherMigrateOnce) {
  const std::string address = TestServer().NewDatabase();
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&address, i] {
      const auto store = OpenStore(address);
      ASSERT_TRUE(store.ok()) << store.status();
      EXPECT_TRUE((*store)->InsertIfAbsent(Record(absl::StrCat("id", i))).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ((*OpenStore(address))->List({.limit = 100})->size(), 6u);
}

TEST_F(PostgresTest, ReplicasSeeEachOthersModels) {
  const std::string address = TestServer().NewDatabase();
  const auto first = *OpenStore(address);
  const auto second = *OpenStore(address);
  ASSERT_TRUE(first->InsertIfAbsent(Record("aa", "first")).ok());
  EXPECT_EQ(second->InsertIfAbsent(Record("aa", "second"))->display_name, "first");
  EXPECT_TRUE(second->Delete("aa", "").ok());
  EXPECT_EQ(first->Get("aa").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PostgresTest, TheStoreRecoversWhenItsServerDoes) {
  const auto store = *OpenStore(TestServer().NewDatabase());
  ASSERT_TRUE(store->InsertIfAbsent(Record("aa")).ok());
  TestServer().Stop();
  EXPECT_EQ(store->Get("aa").status().code(), absl::StatusCode::kUnavailable);
  // By a connection of its own, whose failure would name the server's place.
  const absl::Status unreachable = store->Get("aa").status();
  EXPECT_EQ(unreachable.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(unreachable.message().find("socket"), std::string_view::npos) << unreachable;
  EXPECT_FALSE(store->Check().ok());
  TestServer().Start();
  EXPECT_EQ(*store->Get("aa"), Record("aa"));
  EXPECT_TRUE(store->Check().ok());
}

TEST_F(PostgresTest, ARestartBetweenTwoReadsIsNotNoticed) {
  const auto store = *OpenStore(TestServer().NewDatabase());
  ASSERT_TRUE(store->InsertIfAbsent(Record("aa")).ok());
  TestServer().Stop();
  TestServer().Start();
  EXPECT_EQ(*store->Get("aa"), Record("aa"));
}

TEST_F(PostgresTest, ANewerSchemaIsRefused) {
  const std::string address = TestServer().NewDatabase();
  ASSERT_TRUE(OpenStore(address).ok());
  const auto pool = *postgres::Pool::Connect(address, 1);
  ASSERT_TRUE(pool->RunScript("UPDATE picost_schema SET version = 1000").ok());
  EXPECT_EQ(OpenStore(address).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace picost::service
