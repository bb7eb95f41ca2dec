#include "estimator/whatif/width_groups.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "estimator/graph/graph.h"
#include "estimator/whatif/graph_edit.h"
#include "tests/support/graphs.h"

namespace picost::whatif {
namespace {

using graph::Graph;

std::vector<std::string> NamesOf(const Graph& graph, const WidthGroup& group) {
  std::vector<std::string> names;
  for (const graph::NodeId id : group.layers) names.push_back(graph.node(id).name);
  return names;
}

TEST(WidthGroupsTest, AChainHasAGroupPerLayerButNotForTheResult) {
  const Graph graph = testing_support::MiniOnnCifar();
  const WidthGroups found = FindWidthGroups(graph);
  size_t layers = 0;
  for (const graph::Node& node : graph.nodes()) {
    layers += std::holds_alternative<graph::Conv>(node.attributes) ||
              std::holds_alternative<graph::Linear>(node.attributes);
  }
  ASSERT_EQ(found.groups.size(), layers - 1);
  for (const WidthGroup& group : found.groups) EXPECT_EQ(group.layers.size(), 1u);
  for (size_t i = 0; i + 1 < found.groups.size(); ++i) {
    const auto at = static_cast<int32_t>(i);
    EXPECT_TRUE(found.Neighbours(graph, at, at + 1));
    if (i + 2 < found.groups.size()) {
      EXPECT_FALSE(found.Neighbours(graph, at, at + 2));
    }
  }
}

TEST(WidthGroupsTest, WhatIsAddedIsResizedTogether) {
  const Graph graph = testing_support::ResNet18Cifar();
  const WidthGroups found = FindWidthGroups(graph);
  // Four trunks (stem and two blocks; then projection and two blocks, three times), and
  // the inner width of each of eight blocks.
  ASSERT_EQ(found.groups.size(), 12u);
  size_t trunks = 0;
  for (const WidthGroup& group : found.groups) {
    trunks += group.layers.size() == 3;
    EXPECT_TRUE(group.layers.size() == 3 || group.layers.size() == 1);
    const GraphEdit together{.base = graph.fingerprint(),
                             .operations = ResizeTo(graph, group, 0.5)};
    EXPECT_TRUE(ApplyEdit(graph, together).ok()) << NamesOf(graph, group).front();
    if (group.layers.size() == 1) continue;
    const GraphEdit alone{.base = graph.fingerprint(), .operations = {together.operations.front()}};
    EXPECT_FALSE(ApplyEdit(graph, alone).ok()) << "one operand of a sum";
  }
  EXPECT_EQ(trunks, 4u);
}

TEST(WidthGroupsTest, SharesRoundToMultiplesOfTheGroupsOfChannels) {
  testing_support::GraphBuilder builder;
  auto x = builder.Input({1, 12, 8, 8});
  x = builder.Relu(builder.Conv(x, 24, 3, 1, 1, /*groups=*/4));
  x = builder.Conv(x, 24, 3, 1, 1, /*groups=*/24);  // depthwise: the same channels
  x = builder.Conv(builder.Relu(x), 10, 1);
  const Graph graph = builder.Build({x});
  const WidthGroups found = FindWidthGroups(graph);
  ASSERT_EQ(found.groups.size(), 1u);
  const auto channels = [&](double share) {
    return std::get<ResizeChannels>(ResizeTo(graph, found.groups[0], share).front()).channels;
  };
  EXPECT_EQ(channels(0.5), 12);
  EXPECT_EQ(channels(0.4), 8);  // 9.6: between 8 and 12
  EXPECT_EQ(channels(0.01), 4);
  EXPECT_EQ(channels(1), 24);
}

}  // namespace
}  // namespace picost::whatif
