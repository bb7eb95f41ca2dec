// Networks of families that data/models does not hold, against what torch
// dispatched (counts.csv; make_models.py wrote both).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/onnx_import.h"

namespace picost {
namespace {

constexpr char kFolder[] = "tests/torchvision/models/";

using Row = std::map<std::string, int64_t>;

std::map<std::string, Row> ReadCounts() {
  std::ifstream in(std::string(kFolder) + "counts.csv");
  std::map<std::string, Row> counts;
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> columns = absl::StrSplit(line, ',');
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    for (size_t i = 1; i < cells.size(); ++i) {
      if (!absl::SimpleAtoi(cells[i], &counts[cells[0]][columns[i]])) ADD_FAILURE() << line;
    }
  }
  return counts;
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& [name, row] : ReadCounts()) names.push_back(name);
  return names;
}

class TorchvisionTest : public testing::TestWithParam<std::string> {};

TEST_P(TorchvisionTest, CountsWhatTorchRuns) {
  std::ifstream in(kFolder + GetParam() + ".onnx", std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto graph = graph::ImportOnnx(bytes.str(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  const count::Counts total = count::CountOps(*graph).total;
  const Row counted = {{"relu_elements", total.relu_elements},
                       {"conv_macs", total.conv_macs},
                       {"linear_macs", total.linear_macs},
                       {"private_matmul_macs", total.private_matmul_macs}};
  EXPECT_EQ(counted, ReadCounts().at(GetParam()));
  EXPECT_TRUE(graph->notes().unknown.empty());
}

INSTANTIATE_TEST_SUITE_P(All, TorchvisionTest, testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

TEST(Torchvision, HasACountForEveryModel) {
  size_t models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    models += entry.path().extension() == ".onnx" ? 1 : 0;
  }
  EXPECT_EQ(models, Names().size());
  EXPECT_GE(models, 7u);
}

}  // namespace
}  // namespace picost
