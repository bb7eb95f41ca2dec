// Every sample model against what torch dispatched (data/models/truth.json): in
// total, and operation by operation in order, with shapes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/graph/onnx_import.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace picost::count {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

const Struct& Truth() {
  static const Struct& truth = []() -> const Struct& {
    auto* parsed = new Struct;
    const auto status =
        google::protobuf::util::JsonStringToMessage(ReadFile("data/models/truth.json"), parsed);
    if (!status.ok()) ADD_FAILURE() << status.ToString();
    return *parsed;
  }();
  return truth;
}

std::vector<int64_t> Ints(const Value& list) {
  std::vector<int64_t> ints;
  for (const Value& value : list.list_value().values()) {
    ints.push_back(static_cast<int64_t>(value.number_value()));
  }
  return ints;
}

std::string Text(const std::vector<int64_t>& ints) {
  return absl::StrCat("[", absl::StrJoin(ints, ","), "]");
}

// One operation as a line of text: kind, count, shapes.
std::string TruthLine(const Struct& op) {
  const auto& fields = op.fields();
  const std::string kind = fields.at("kind").string_value();
  const auto number = [&](const char* name) {
    return static_cast<int64_t>(fields.at(name).number_value());
  };
  std::string line = absl::StrCat(kind, " ", number("n"));
  if (kind == "conv_macs") {
    absl::StrAppend(&line, " ", Text(Ints(fields.at("shape_in"))), " ",
                    Text(Ints(fields.at("weight"))), " s", Text(Ints(fields.at("stride"))), " p",
                    Text(Ints(fields.at("padding"))), " d", Text(Ints(fields.at("dilation"))), " g",
                    number("groups"));
  } else if (kind == "linear_macs") {
    absl::StrAppend(&line, " ", number("m"), "x", number("k"), "x", number("n_out"));
  } else if (kind == "bmm_macs") {
    absl::StrAppend(&line, " ", number("b"), ":", number("m"), "x", number("k"), "x",
                    number("n_out"));
  } else if (kind == "maxpool_comparisons") {
    absl::StrAppend(&line, " ", number("outputs"), " of ", Text(Ints(fields.at("window"))));
  }
  return line;
}

// The same line for a node; empty for kinds that truth.json does not list
// (batch normalizations there are those before folding).
std::string NodeLine(const graph::Node& node, const Counts& counts) {
  if (const auto* conv = std::get_if<graph::Conv>(&node.attributes)) {
    std::vector<int64_t> in = {conv->batch, conv->in_channels};
    in.insert(in.end(), conv->input_size.begin(), conv->input_size.end());
    std::vector<int64_t> weight = {conv->out_channels, conv->in_channels / conv->groups};
    weight.insert(weight.end(), conv->kernel.begin(), conv->kernel.end());
    EXPECT_EQ(conv->pads_begin, conv->pads_end) << node.name;
    return absl::StrCat("conv_macs ", counts.conv_macs, " ", Text(in), " ", Text(weight), " s",
                        Text(conv->strides), " p", Text(conv->pads_begin), " d",
                        Text(conv->dilations), " g", conv->groups);
  }
  if (const auto* linear = std::get_if<graph::Linear>(&node.attributes)) {
    return absl::StrCat("linear_macs ", counts.linear_macs, " ", linear->rows, "x",
                        linear->in_features, "x", linear->out_features);
  }
  if (const auto* matmul = std::get_if<graph::PrivateMatMul>(&node.attributes)) {
    return absl::StrCat("bmm_macs ", counts.private_matmul_macs, " ", matmul->batch, ":",
                        matmul->rows, "x", matmul->inner, "x", matmul->columns);
  }
  if (const auto* pool = std::get_if<graph::Pool>(&node.attributes)) {
    if (pool->kind != graph::PoolKind::kMax) return "";
    return absl::StrCat("maxpool_comparisons ", counts.comparisons, " ", pool->outputs, " of ",
                        Text(pool->kernel));
  }
  const std::string kind = graph::KindName(node.attributes);
  const auto own = counts.elements_by_kind.find(kind);
  if (own == counts.elements_by_kind.end() || kind == "batchnorm" || kind == "embedding") {
    return "";
  }
  return absl::StrCat(kind, " ", own->second);
}

graph::ImportOptions OptionsFor(const std::string& model, const std::vector<int64_t>& input) {
  graph::ImportOptions options;
  if (model == "resnet18_224_dyn") {
    options.dimensions = {{"N", input[0]}, {"H", input[2]}, {"W", input[3]}};
  }
  return options;
}

class TruthTest : public testing::TestWithParam<std::string> {};

TEST_P(TruthTest, EqualsWhatTorchDispatched) {
  const std::string& model = GetParam();
  const Struct& truth = Truth().fields().at(model).struct_value();
  const auto graph = graph::ImportOnnx(ReadFile(absl::StrCat("data/models/", model, ".onnx")),
                                       OptionsFor(model, Ints(truth.fields().at("input"))));
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_TRUE(graph->notes().warnings.empty()) << graph->notes().warnings.front();
  const OpCounts counts = CountOps(*graph);

  std::vector<std::string> expected;
  for (const Value& op : truth.fields().at("ops").list_value().values()) {
    expected.push_back(TruthLine(op.struct_value()));
  }
  std::vector<std::string> actual;
  for (size_t i = 0; i < graph->nodes().size(); ++i) {
    const std::string line = NodeLine(graph->nodes()[i], counts.by_node[i]);
    if (!line.empty()) actual.push_back(line);
  }
  EXPECT_EQ(actual, expected);

  int64_t relu_elements = 0;
  int64_t relu_calls = 0;
  int64_t comparisons = 0;
  for (const auto& [name, value] : truth.fields().at("totals").struct_value().fields()) {
    const auto total = static_cast<int64_t>(value.number_value());
    if (name == "relu" || name == "relu6") {
      relu_elements += total;
    } else if (name == "relu_calls" || name == "relu6_calls") {
      relu_calls += total;
    } else if (name == "maxpool_comparisons") {
      comparisons = total;
    } else if (name == "macs") {
      EXPECT_EQ(counts.total.macs, total);
    } else if (name == "conv_macs") {
      EXPECT_EQ(counts.total.conv_macs, total);
    } else if (name == "linear_macs") {
      EXPECT_EQ(counts.total.linear_macs, total);
    } else if (name == "bmm_macs") {
      EXPECT_EQ(counts.total.private_matmul_macs, total);
    }
    if (const auto own = counts.total.elements_by_kind.find(name);
        own != counts.total.elements_by_kind.end()) {
      EXPECT_EQ(own->second, total) << name;
    }
  }
  EXPECT_EQ(counts.total.relu_elements, relu_elements);
  EXPECT_EQ(counts.total.relu_calls, relu_calls);
  EXPECT_EQ(counts.total.maxpool_comparisons, comparisons);
}

std::vector<std::string> AllModels() {
  std::vector<std::string> names;
  for (const auto& [name, model] : Truth().fields()) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(SampleModels, TruthTest, testing::ValuesIn(AllModels()),
                         [](const auto& info) { return info.param; });

TEST(ReluTotals, AreThoseOfTheLiterature) {
  const auto relus = [](const std::string& model) {
    const auto graph =
        graph::ImportOnnx(ReadFile(absl::StrCat("data/models/", model, ".onnx")), {});
    return graph.ok() ? CountOps(*graph).total.relu_elements : -1;
  };
  EXPECT_EQ(relus("resnet18_cifar"), 557056);
  EXPECT_EQ(relus("resnet18_cifar_nostem"), 491520);
  EXPECT_EQ(relus("resnet18_224"), 2308096);
}

}  // namespace
}  // namespace picost::count
