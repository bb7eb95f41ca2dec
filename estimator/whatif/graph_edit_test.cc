#include "estimator/whatif/graph_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "absl/status/status.h"
#include "estimator/base/error.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "tests/support/graphs.h"

namespace picost::whatif {
namespace {

using graph::Graph;
using graph::ValueId;
using ::testing::HasSubstr;
using testing_support::GraphBuilder;

// conv1 - relu1 - conv2 - relu2 + conv3(skip) - add - relu3 - pool - flatten - linear.
Graph Residual() {
  GraphBuilder b;
  const ValueId x = b.Input({1, 3, 8, 8});
  const ValueId stem = b.Relu(b.Conv(x, 4, 3, 1, 1));
  const ValueId left = b.Conv(b.Relu(b.Conv(stem, 6, 3, 1, 1)), 8, 3, 1, 1);
  const ValueId right = b.Conv(stem, 8, 1);
  const ValueId pooled = b.MaxPool(b.Relu(b.Add(left, right)), 2, 2);
  return b.Build({b.Linear(b.Flatten(pooled), 10)});
}

absl::StatusOr<Graph> Apply(const Graph& graph, std::vector<EditOperation> operations) {
  return ApplyEdit(graph, {.base = graph.fingerprint(), .operations = std::move(operations)});
}

template <typename Attributes>
const Attributes& Get(const Graph& graph, const std::string& name) {
  for (const graph::Node& node : graph.nodes()) {
    if (node.name == name) return std::get<Attributes>(node.attributes);
  }
  ADD_FAILURE() << "no node " << name;
  static const Attributes none;
  return none;
}

std::vector<std::string> Names(const Graph& graph) {
  std::vector<std::string> names;
  for (const graph::Node& node : graph.nodes()) names.push_back(node.name);
  return names;
}

int64_t Relus(const Graph& graph) { return count::CountOps(graph).total.relu_elements; }

TEST(GraphEditTest, KeepsACountOfElements) {
  const Graph base = Residual();
  const auto edited = Apply(base, {KeepRelus{.node = "relu1", .count = 100}});
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(Relus(base) - Relus(*edited), 4 * 64 - 100);
  EXPECT_NE(edited->fingerprint(), base.fingerprint());
}

TEST(GraphEditTest, EveryGranularityOfTheSameSetIsTheSameGraph) {
  const Graph base = Residual();
  std::string mask(32, '\0');  // channels 1 and 3 of 4 x 64 elements
  for (int channel : {1, 3}) mask.replace(channel * 8, 8, 8, '\xff');
  const auto by_channel = Apply(
      base, {KeepRelus{.node = "relu1", .granularity = Granularity::kChannel, .channels = {1, 3}}});
  const auto by_mask =
      Apply(base, {KeepRelus{.node = "relu1", .granularity = Granularity::kMask, .bitmap = mask}});
  const auto by_pixel =
      Apply(base, {KeepRelus{.node = "relu1",
                             .granularity = Granularity::kPixel,
                             .bitmap = std::string(4, '\xff') + std::string(4, '\0')}});
  const auto by_count = Apply(base, {KeepRelus{.node = "relu1", .count = 128}});
  ASSERT_TRUE(by_channel.ok() && by_mask.ok() && by_pixel.ok() && by_count.ok());
  EXPECT_EQ(by_channel->fingerprint(), by_count->fingerprint());
  EXPECT_EQ(by_mask->fingerprint(), by_count->fingerprint());
  EXPECT_EQ(by_pixel->fingerprint(), by_count->fingerprint());
}

TEST(GraphEditTest, KeepingEverythingIsTheBase) {
  const Graph base = Residual();
  const auto edited = Apply(base, {KeepRelus{.node = "relu1", .count = 256}});
  ASSERT_TRUE(edited.ok());
  EXPECT_EQ(edited->fingerprint(), base.fingerprint());
}

TEST(GraphEditTest, AnEditOfAnEditIsOneEdit) {
  const Graph base = Residual();
  const GraphEdit first{base.fingerprint(),
                        {RemoveActivation{"relu2"}, ResizeChannels{"conv2", 12},
                         KeepRelus{.node = "relu3", .count = 77}}};
  const auto once = ApplyEdit(base, first);
  ASSERT_TRUE(once.ok()) << once.status();
  const GraphEdit second{once->fingerprint(),
                         {MergeLinear{"conv2"}, SwapPool{"maxpool1", graph::PoolKind::kAverage},
                          ReplaceActivation{.node = "relu1", .degree = 2}}};
  const auto twice = ApplyEdit(*once, second);
  ASSERT_TRUE(twice.ok()) << twice.status();
  const auto together = ApplyEdit(base, Then(first, second));
  ASSERT_TRUE(together.ok()) << together.status();
  EXPECT_EQ(twice->fingerprint(), together->fingerprint());
}

TEST(GraphEditTest, RemovedActivationsMayComeBack) {
  const Graph base = Residual();
  const auto edited =
      Apply(base, {RemoveActivation{"relu1"}, KeepRelus{.node = "relu1", .count = 256}});
  ASSERT_TRUE(edited.ok());
  EXPECT_EQ(edited->fingerprint(), base.fingerprint());
}

TEST(GraphEditTest, ResizedChannelsGoDownstreamToTheNextLinearLayer) {
  const Graph base = Residual();
  const auto edited = Apply(base, {ResizeChannels{"conv1", 16}});
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(Get<graph::Conv>(*edited, "conv1").out_channels, 16);
  EXPECT_EQ(Get<graph::Activation>(*edited, "relu1").elements, 16 * 64);
  EXPECT_EQ(Get<graph::Conv>(*edited, "conv2").in_channels, 16);
  EXPECT_EQ(Get<graph::Conv>(*edited, "conv4").in_channels, 16);
  EXPECT_EQ(Get<graph::Conv>(*edited, "conv2").out_channels, 6);
}

TEST(GraphEditTest, BothOperandsOfAnAdditionAreResizedTogether) {
  const Graph base = Residual();
  const auto alone = Apply(base, {ResizeChannels{"conv3", 5}});
  ASSERT_FALSE(alone.ok());
  EXPECT_EQ(alone.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(alone.status().message()), HasSubstr("conv4"));
  const auto both = Apply(base, {ResizeChannels{"conv3", 5}, ResizeChannels{"conv4", 5}});
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(Get<graph::Pool>(*both, "maxpool1").outputs, 5 * 16);
  EXPECT_EQ(Get<graph::Linear>(*both, "linear1").in_features, 5 * 16);
}

TEST(GraphEditTest, ResizedNetworkEqualsTheOneBuiltThatWay) {
  const auto build = [](int64_t channels) {
    GraphBuilder b;
    const ValueId x = b.Input({1, 3, 8, 8});
    const ValueId y = b.AveragePool(b.Relu(b.BatchNorm(b.Conv(x, channels, 3, 1, 1))), 2, 2);
    return b.Build({b.Linear(b.Flatten(y), 10)});
  };
  const auto edited = Apply(build(4), {ResizeChannels{"conv1", 9}});
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(count::CountOps(*edited).total, count::CountOps(build(9)).total);
}

TEST(GraphEditTest, MergedConvolutionsComposeTheirKernels) {
  GraphBuilder b;
  const ValueId x = b.Input({1, 3, 32, 32});
  const ValueId y = b.Conv(b.Relu(b.Conv(x, 8, 3, 2, 1)), 5, 3, 1, 1);
  const Graph base = b.Build({y});
  const auto not_linear = Apply(base, {MergeLinear{"conv1"}});
  EXPECT_EQ(not_linear.status().code(), absl::StatusCode::kInvalidArgument);
  const auto merged = Apply(base, {RemoveActivation{"relu1"}, MergeLinear{"conv1"}});
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(Names(*merged), std::vector<std::string>{"conv2"});
  const auto& conv = Get<graph::Conv>(*merged, "conv2");
  EXPECT_EQ(conv.kernel, (std::vector<int64_t>{7, 7}));
  EXPECT_EQ(conv.strides, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(conv.pads_begin, (std::vector<int64_t>{3, 3}));
  EXPECT_EQ(conv.in_channels, 3);
  // (16 - 1) 2 + 7 - 32 - 3 = 2 at the end: one less than in front, as stride 2 leaves it.
  EXPECT_EQ(conv.pads_end, (std::vector<int64_t>{2, 2}));
}

TEST(GraphEditTest, PoolingIsSwapped) {
  const Graph base = Residual();
  const auto edited = Apply(base, {SwapPool{"maxpool1", graph::PoolKind::kAverage}});
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(count::CountOps(*edited).total.maxpool_comparisons, 0);
}

struct BadCase {
  const char* name;
  EditOperation operation;
  absl::StatusCode code;
  const char* field;
};

class BadEditTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadEditTest, IsRefusedWithItsPlace) {
  const auto edited = Apply(Residual(), {GetParam().operation});
  ASSERT_FALSE(edited.ok());
  EXPECT_EQ(edited.status().code(), GetParam().code) << edited.status();
  EXPECT_EQ(GetErrorSite(edited.status()).field, GetParam().field);
  EXPECT_FALSE(GetErrorSite(edited.status()).mend.empty());
}

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
INSTANTIATE_TEST_SUITE_P(
    Edits, BadEditTest,
    testing::Values(
        BadCase{"UnknownNode", RemoveActivation{"relu9"}, absl::StatusCode::kNotFound,
                "operations[0].node"},
        BadCase{"NotAnActivation", RemoveActivation{"conv1"}, kInvalid, "operations[0].node"},
        BadCase{"NegativeCount", KeepRelus{.node = "relu1", .count = -1}, kInvalid,
                "operations[0].count"},
        BadCase{"TooMany", KeepRelus{.node = "relu1", .count = 257}, kInvalid,
                "operations[0].count"},
        BadCase{"ShortMask",
                KeepRelus{.node = "relu1", .granularity = Granularity::kMask, .bitmap = "x"},
                kInvalid, "operations[0].bitmap"},
        BadCase{"NoSuchChannel",
                KeepRelus{.node = "relu1", .granularity = Granularity::kChannel, .channels = {4}},
                kInvalid, "operations[0].channels"},
        BadCase{
            "ChannelTwice",
            KeepRelus{.node = "relu1", .granularity = Granularity::kChannel, .channels = {1, 1}},
            kInvalid, "operations[0].channels"},
        BadCase{"LinearPolynomial", ReplaceActivation{.node = "relu1", .degree = 1}, kInvalid,
                "operations[0].degree"},
        BadCase{"NoChannels", ResizeChannels{"conv1", 0}, kInvalid, "operations[0].channels"},
        BadCase{"ResizedRelu", ResizeChannels{"relu1", 4}, kInvalid, "operations[0].node"},
        BadCase{"SwappedConv", SwapPool{"conv1", graph::PoolKind::kMax}, kInvalid,
                "operations[0].node"},
        BadCase{"MergedRelu", MergeLinear{"relu1"}, kInvalid, "operations[0].node"}),
    [](const auto& info) { return info.param.name; });

TEST(GraphEditTest, AnEditOfAnotherGraphIsRefused) {
  const auto edited = ApplyEdit(Residual(), {.base = "0000", .operations = {}});
  EXPECT_EQ(edited.status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace picost::whatif
