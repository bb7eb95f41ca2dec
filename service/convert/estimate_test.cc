#include "service/convert/estimate.h"

#include <google/protobuf/text_format.h>

#include <string>

#include "gtest/gtest.h"
#include "service/convert/layer_shapes.h"

namespace picost::service {
namespace {

using primitives::Phase;

LoadedGraph SmallGraph() {
  v1::LayerShapes shapes;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(layers { name: "fc" linear { in_features: 4 out_features: 8 } }
         layers { name: "relu\xFF" activation { function: "relu" elements: 8 } })",
      &shapes));
  graph::Graph graph = *GraphFromLayerShapes(shapes);
  count::OpCounts counts = count::CountOps(graph);
  return {std::move(graph), std::move(counts)};
}

cost::PhaseCost Cost(int64_t up, int64_t down, int64_t flights) {
  cost::PhaseCost cost;
  cost.traffic = {Bytes(up), Bytes(down), Flights(flights)};
  cost.transfer_seconds = 0.5;
  return cost;
}

cost::Estimate SmallEstimate() {
  cost::Estimate estimate;
  estimate.phases[static_cast<int>(Phase::kSetup)] = Cost(1, 2, 3);
  estimate.phases[static_cast<int>(Phase::kOffline)] = Cost(4, 5, 6);
  estimate.phases[static_cast<int>(Phase::kOnline)] = Cost(7, 8, 9);
  estimate.phases[static_cast<int>(Phase::kOnline)].latency_seconds = Interval{
      .p50 = 1.5, .mean = 1.6, .standard_deviation = 0.1, .low = 1.4, .high = 1.9, .level = 0.9};
  estimate.layers.resize(2);
  estimate.layers[0].node = "fc";
  estimate.layers[0].kind = "linear";
  estimate.layers[1].node = "relu\xFF";
  estimate.layers[1].kind = "relu";
  estimate.layers[1].calls.push_back({.primitive = "gc.garble",
                                      .parameters = {{"ring_bits", 41}},
                                      .count = 8,
                                      .phase = Phase::kOffline,
                                      .executor = primitives::Executor::kServer,
                                      .traffic = {Bytes(10), Bytes(20), Flights(1)},
                                      .seconds = 0.25});
  estimate.client_storage = Bytes(100);
  estimate.missing.push_back({.primitive = "he.rotate"});
  estimate.provenance.graph_fingerprint = "abc";
  estimate.provenance.protocol_id = "delphi";
  return estimate;
}

TEST(ConvertEstimateTest, PhasesAndDirectionsStayApart) {
  v1::Estimate message;
  ToProto(SmallGraph(), SmallEstimate(), v1::ESTIMATE_VIEW_LAYERS, message);
  EXPECT_EQ(message.setup().traffic().client_to_server_bytes(), 1);
  EXPECT_EQ(message.setup().traffic().server_to_client_bytes(), 2);
  EXPECT_EQ(message.offline().traffic().client_to_server_bytes(), 4);
  EXPECT_EQ(message.offline().traffic().flights(), 6);
  EXPECT_EQ(message.online().traffic().server_to_client_bytes(), 8);
  EXPECT_EQ(message.client_storage_bytes(), 100);
}

TEST(ConvertEstimateTest, AbsentSecondsStayAbsent) {
  v1::Estimate message;
  ToProto(SmallGraph(), SmallEstimate(), v1::ESTIMATE_VIEW_LAYERS, message);
  EXPECT_FALSE(message.offline().has_latency_seconds());
  ASSERT_TRUE(message.online().has_latency_seconds());
  EXPECT_EQ(message.online().latency_seconds().p50(), 1.5);
  EXPECT_EQ(message.online().latency_seconds().low(), 1.4);
  EXPECT_EQ(message.online().latency_seconds().level(), 0.9);
  ASSERT_EQ(message.missing_size(), 1);
  EXPECT_EQ(message.missing(0).primitive(), "primitives/he.rotate");
}

TEST(ConvertEstimateTest, ViewsHoldTotalsThenLayersThenCalls) {
  v1::Estimate totals;
  ToProto(SmallGraph(), SmallEstimate(), v1::ESTIMATE_VIEW_TOTALS, totals);
  EXPECT_EQ(totals.layers_size(), 0);
  EXPECT_EQ(totals.totals().relu_elements(), 8);
  EXPECT_EQ(totals.totals().macs(), 32);
  v1::Estimate layers;
  ToProto(SmallGraph(), SmallEstimate(), v1::ESTIMATE_VIEW_LAYERS, layers);
  ASSERT_EQ(layers.layers_size(), 2);
  EXPECT_EQ(layers.layers(1).counts().relu_elements(), 8);
  EXPECT_EQ(layers.layers(1).calls_size(), 0);
  v1::Estimate calls;
  ToProto(SmallGraph(), SmallEstimate(), v1::ESTIMATE_VIEW_CALLS, calls);
  ASSERT_EQ(calls.layers(1).calls_size(), 1);
  const v1::CallCost& call = calls.layers(1).calls(0);
  EXPECT_EQ(call.primitive(), "primitives/gc.garble");
  EXPECT_EQ(call.phase(), v1::PHASE_OFFLINE);
  EXPECT_EQ(call.executor(), v1::EXECUTOR_SERVER);
  EXPECT_EQ(call.parameters(0).name(), "ring_bits");
  EXPECT_EQ(call.compute_seconds(), 0.25);
}

TEST(ConvertEstimateTest, NamesOfStrangersBecomeUtf8) {
  v1::Estimate message;
  ToProto(SmallGraph(), SmallEstimate(), v1::ESTIMATE_VIEW_LAYERS, message);
  EXPECT_EQ(message.layers(1).node(), "relu\xEF\xBF\xBD");
  v1::Estimate again;
  EXPECT_TRUE(again.ParseFromString(message.SerializeAsString()));
}

TEST(ConvertEstimateTest, UnnamedDeploymentsAndNetworksStayEmpty) {
  v1::Estimate message;
  cost::Estimate estimate = SmallEstimate();
  ToProto(SmallGraph(), estimate, v1::ESTIMATE_VIEW_TOTALS, message);
  EXPECT_EQ(message.provenance().deployment(), "");
  EXPECT_EQ(message.provenance().model(), "models/abc");
  estimate.provenance.network_id = "lan";
  v1::Estimate named;
  ToProto(SmallGraph(), estimate, v1::ESTIMATE_VIEW_TOTALS, named);
  EXPECT_EQ(named.provenance().network(), "networks/lan");
}

}  // namespace
}  // namespace picost::service
