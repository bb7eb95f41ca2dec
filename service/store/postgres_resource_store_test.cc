// Resources on a real PostgreSQL.
#include <vector>

#include "gtest/gtest.h"
#include "service/store/postgres_test_server.h"
#include "service/store/resource_store_suite.h"

namespace picost::service {
namespace {

PostgresTestServer& TestServer() {
  static PostgresTestServer server;
  return server;
}

std::vector<StoreKind> Kinds() {
  if (!TestServer().installed()) return {};
  return {{"Postgres", [] { return TestServer().NewDatabase(); }, true}};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ResourceStoreTest);
INSTANTIATE_TEST_SUITE_P(Stores, ResourceStoreTest, ::testing::ValuesIn(Kinds()), NameOf);

TEST(PostgresResourceStoreTest, RunsOnARealServer) {
  if (!TestServer().installed()) {
    GTEST_SKIP() << "Debian's package postgresql is not installed";
  }
  EXPECT_TRUE(OpenResourceStore(TestServer().NewDatabase()).ok());
}

}  // namespace
}  // namespace picost::service
