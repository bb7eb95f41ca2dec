#include "service/serialize.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "proto/picost/v1/graph.pb.h"

namespace picost::service {
namespace {

TEST(SerializeTest, EqualMapsGiveEqualBytesHoweverTheyWereFilled) {
  std::vector<std::pair<std::string, int64_t>> entries;
  for (int64_t i = 0; i < 200; ++i) entries.emplace_back(absl::StrCat("d", i), i);
  std::string first;
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(entries.begin(), entries.end(), random);
    v1::GraphSource source;
    for (const auto& [name, value] : entries) (*source.mutable_dimensions())[name] = value;
    const std::string bytes = SerializeInOrder(source);
    if (round == 0) first = bytes;
    ASSERT_EQ(bytes, first) << round;
    v1::GraphSource back;
    ASSERT_TRUE(back.ParseFromString(bytes));
    EXPECT_EQ(back.dimensions().size(), 200u);
  }
}

}  // namespace
}  // namespace picost::service
