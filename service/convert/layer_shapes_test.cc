#include "service/convert/layer_shapes.h"

#include <google/protobuf/text_format.h>

#include <string>
#include <vector>

#include "estimator/base/error.h"
#include "estimator/count/op_counts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

v1::LayerShapes Parse(const std::string& text) {
  v1::LayerShapes shapes;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &shapes)) << text;
  return shapes;
}

constexpr char kResidualBlock[] = R"(
  name: "block"
  layers { name: "c1" conv { in_channels: 16 out_channels: 32 in_height: 8 in_width: 8 kernel: 3 stride: 2 padding: 1 } }
  layers { name: "r1" activation { function: "relu" elements: 512 } }
  layers { name: "c2" conv { in_channels: 32 out_channels: 32 in_height: 4 in_width: 4 kernel: 3 padding: 1 groups: 4 } }
  layers { name: "a" inputs: "c2" inputs: "r1" add { elements: 512 } }
  layers { name: "r2" activation { function: "relu" elements: 512 kept_elements: 100 } }
  layers { name: "p" pool { function: "max" channels: 32 in_height: 4 in_width: 4 kernel: 2 } }
  layers { name: "fc" linear { in_features: 128 out_features: 10 } })";

TEST(LayerShapesTest, CountsFollowFromTheShapes) {
  const auto graph = GraphFromLayerShapes(Parse(kResidualBlock));
  ASSERT_TRUE(graph.ok()) << graph.status();
  const count::Counts total = count::CountOps(*graph).total;
  EXPECT_EQ(total.relu_elements, 512 + 100);
  EXPECT_EQ(total.relu_calls, 2);
  EXPECT_EQ(total.conv_macs, 32 * 16 * 9 * 16 + 32 * 8 * 9 * 16);
  EXPECT_EQ(total.linear_macs, 1280);
  EXPECT_EQ(total.comparisons, 128 * 3);
  ASSERT_EQ(graph->outputs().size(), 1u);
  EXPECT_EQ(graph->value(graph->outputs()[0]).name, "fc");
  EXPECT_EQ(graph->value(graph->outputs()[0]).type.dims, (std::vector<int64_t>{1, 10}));
}

TEST(LayerShapesTest, EqualShapesHaveEqualFingerprints) {
  const auto first = GraphFromLayerShapes(Parse(kResidualBlock));
  const auto second = GraphFromLayerShapes(Parse(kResidualBlock));
  EXPECT_EQ(first->fingerprint(), second->fingerprint());
}

struct Case {
  std::string name;
  std::string text;
  std::string message;  // part of it
};

class BadLayerShapesTest : public ::testing::TestWithParam<Case> {};

TEST_P(BadLayerShapesTest, AreInvalidAndSayWhy) {
  const auto graph = GraphFromLayerShapes(Parse(GetParam().text));
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument) << graph.status();
  EXPECT_THAT(std::string(graph.status().message()), HasSubstr(GetParam().message));
  EXPECT_FALSE(GetErrorSite(graph.status()).mend.empty());
}

const std::string kRelu = R"(activation { function: "relu" elements: 8 })";

INSTANTIATE_TEST_SUITE_P(
    Shapes, BadLayerShapesTest,
    ::testing::ValuesIn(std::vector<Case>{
        {"None", "", "0 layers"},
        {"NoName", "layers { " + kRelu + " }", "name"},
        {"NoKind", "layers { name: 'a' }", "no kind"},
        {"OneNameTwice", "layers { name: 'a' " + kRelu + " } layers { name: 'a' " + kRelu + " }",
         "one name"},
        {"UnknownInput", "layers { name: 'a' inputs: 'b' " + kRelu + " }", "'b'"},
        {"ItselfAsInput", "layers { name: 'a' inputs: 'a' " + kRelu + " }", "'a'"},
        {"AddWithoutInputs", "layers { name: 'a' add { elements: 4 } }", "two inputs"},
        {"SizesDisagree",
         "layers { name: 'a' " + kRelu +
             " } layers { name: 'b' linear { in_features: 9 out_features: 1 } }",
         "reads 9 elements, its input gives 8"},
        {"ZeroChannels",
         "layers { name: 'a' conv { out_channels: 1 in_height: 1 in_width: 1 kernel: 1 } }",
         "in_channels is 0"},
        {"KernelTooLarge",
         "layers { name: 'a' conv { in_channels: 1 out_channels: 1 in_height: 2 in_width: 2 "
         "kernel: 3 } }",
         "does not fit"},
        {"GroupsDoNotDivide",
         "layers { name: 'a' conv { in_channels: 3 out_channels: 4 in_height: 2 in_width: 2 "
         "kernel: 1 groups: 2 } }",
         "groups"},
        {"UnknownFunction", "layers { name: 'a' activation { function: 'foo' elements: 1 } }",
         "'foo'"},
        {"PolynomialWithoutDegree",
         "layers { name: 'a' activation { function: 'polynomial' elements: 1 } }", "degree is 0"},
        {"KeptAboveElements",
         "layers { name: 'a' activation { function: 'relu' elements: 4 kept_elements: 5 } }",
         "kept_elements is 5"},
        {"KeptNegative",
         "layers { name: 'a' activation { function: 'relu' elements: 4 kept_elements: -1 } }",
         "kept_elements is -1"},
        {"WeightsOverflow",
         "layers { name: 'a' linear { in_features: 2147483648 out_features: 2147483648 } }",
         "2^40"},
        {"MatMulWithoutInputs",
         "layers { name: 'a' matmul { batch: 1048576 rows: 1048576 inner: 1 columns: 1 } }",
         "two inputs"},
        {"LinearMacsOverflow",
         "layers { name: 'a' linear { rows: 1048576 in_features: 1048576 out_features: 1048576 } }",
         "MACs"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(LayerShapesTest, TotalsHaveALimit) {
  // Each layer is within the limits of one; together they would not fit.
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += "layers { name: 'r" + std::to_string(i) +
            "' activation { function: 'relu' elements: 1099511627776 } }";
  }
  const auto graph = GraphFromLayerShapes(Parse(text));
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(graph.status().message()), HasSubstr("2^44"));
}

}  // namespace
}  // namespace picost::service
