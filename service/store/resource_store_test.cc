// The stores of one process: in memory and in a file.
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/store/resource_store_suite.h"

namespace picost::service {
namespace {

std::string FreshPath() {
  static int number = 0;
  return absl::StrCat("sqlite:", std::getenv("TEST_TMPDIR"), "/resources-", number++, ".db");
}

INSTANTIATE_TEST_SUITE_P(Stores, ResourceStoreTest,
                         ::testing::Values(StoreKind{"Memory", [] { return std::string("memory"); },
                                                     false},
                                           StoreKind{"Sqlite", [] { return FreshPath(); }, true}),
                         NameOf);

TEST(OpenResourceStoreTest, RefusesUnknownKinds) {
  EXPECT_EQ(OpenResourceStore("redis://x").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace picost::service
