// The store of studies that replicas share, on a real PostgreSQL.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "service/store/open_study_store.h"
#include "service/store/postgres_test_server.h"
#include "service/store/study_store_suite.h"

namespace picost::service {
namespace {

PostgresTestServer& TestServer() {
  static PostgresTestServer server;
  return server;
}

// Without the package there is nothing to test against: skipped by name below.
std::vector<StudyStoreKind> Kinds() {
  if (!TestServer().installed()) return {};
  return {{"Postgres", [] { return TestServer().NewDatabase(); }, true}};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StudyStoreTest);
INSTANTIATE_TEST_SUITE_P(Stores, StudyStoreTest, ::testing::ValuesIn(Kinds()), StudyKindName);

TEST(PostgresStudyTest, ReplicasAddToOneStudy) {
  if (!TestServer().installed()) GTEST_SKIP() << "Debian's package postgresql is not installed";
  const std::string address = TestServer().NewDatabase();
  const auto first = *OpenStudyStore(address);
  const auto second = *OpenStudyStore(address);
  ASSERT_TRUE(first->Insert(StudyOf("a")).ok());
  EXPECT_EQ(*first->AddTrials("a", "", {TrialOf(1, {}, "r")}), std::vector<int64_t>{1});
  EXPECT_EQ(*second->AddTrials("a", "", {TrialOf(2), TrialOf(1, {}, "r")}),
            (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(first->Get("a")->trial_count, 2);
}

}  // namespace
}  // namespace picost::service
