#include "service/graph_cache.h"

#include <google/protobuf/text_format.h>

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "service/convert/layer_shapes.h"

namespace picost::service {
namespace {

std::shared_ptr<const LoadedGraph> Graph(const std::string& name) {
  v1::LayerShapes shapes;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "layers { name: '" + name + "' linear { in_features: 4 out_features: 8 } }", &shapes));
  graph::Graph graph = *GraphFromLayerShapes(shapes);
  count::OpCounts counts = count::CountOps(graph);
  return std::make_shared<const LoadedGraph>(LoadedGraph{std::move(graph), std::move(counts)});
}

TEST(GraphCacheTest, FindsWhatWasInserted) {
  GraphCache cache(1 << 20);
  const auto a = Graph("a");
  EXPECT_EQ(cache.Find(a->graph.fingerprint()), nullptr);
  cache.Insert(a);
  EXPECT_EQ(cache.Find(a->graph.fingerprint()), a);
  EXPECT_EQ(cache.used_bytes(), ApproximateBytes(*a));
  cache.Erase(a->graph.fingerprint());
  EXPECT_EQ(cache.Find(a->graph.fingerprint()), nullptr);
  EXPECT_EQ(cache.used_bytes(), 0);
}

TEST(GraphCacheTest, LeastRecentlyUsedGoesFirst) {
  const auto a = Graph("a");
  const auto b = Graph("b");
  const auto c = Graph("c");
  GraphCache cache(2 * ApproximateBytes(*a) + 100);
  cache.Insert(a);
  cache.Insert(b);
  EXPECT_NE(cache.Find(a->graph.fingerprint()), nullptr);  // a is now the younger
  cache.Insert(c);
  EXPECT_NE(cache.Find(a->graph.fingerprint()), nullptr);
  EXPECT_EQ(cache.Find(b->graph.fingerprint()), nullptr);
  EXPECT_NE(cache.Find(c->graph.fingerprint()), nullptr);
}

TEST(GraphCacheTest, AGraphAboveTheBudgetIsNotKept) {
  GraphCache cache(10);
  const auto a = Graph("a");
  cache.Insert(a);
  EXPECT_EQ(cache.Find(a->graph.fingerprint()), nullptr);
  EXPECT_EQ(cache.used_bytes(), 0);
}

TEST(GraphCacheTest, InsertingAgainCountsOnce) {
  GraphCache cache(1 << 20);
  const auto a = Graph("a");
  cache.Insert(a);
  cache.Insert(a);
  EXPECT_EQ(cache.used_bytes(), ApproximateBytes(*a));
}

}  // namespace
}  // namespace picost::service
