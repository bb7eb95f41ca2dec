// Plans of DELPHI against the specified forms and the published runs.
#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "gtest/gtest.h"
#include "tests/support/graphs.h"

namespace picost::spec {
namespace {

using primitives::Phase;
using primitives::PrimitiveCall;
using primitives::Traffic;
using protocols::ProtocolPlan;
using testing_support::GraphBuilder;

ProtocolPlan PlanOf(const std::string& protocol, const graph::Graph& graph) {
  auto plan = protocols::Plan(protocol, graph, count::CountOps(graph), {});
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

Traffic Of(const ProtocolPlan& plan, Phase phase, const std::string& primitive) {
  Traffic total;
  const auto add = [&](const PrimitiveCall& call) {
    if (call.phase == phase && call.spec->id == primitive) total += call.traffic;
  };
  for (const auto& call : plan.setup_calls) add(call);
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) add(call);
  }
  return total;
}
int64_t Up(const ProtocolPlan& plan, Phase phase, const std::string& primitive) {
  return Of(plan, phase, primitive).client_to_server.value();
}
int64_t Down(const ProtocolPlan& plan, Phase phase, const std::string& primitive) {
  return Of(plan, phase, primitive).server_to_client.value();
}

const PrimitiveCall& Find(const ProtocolPlan& plan, const std::string& primitive) {
  for (const auto& call : plan.layers[0].calls) {
    if (call.spec->id == primitive) return call;
  }
  ADD_FAILURE() << "no " << primitive;
  static const PrimitiveCall none;
  return none;
}

std::vector<std::map<std::string, std::string>> ReadCsv(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> names;
  std::vector<std::map<std::string, std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    if (names.empty()) {
      names = cells;
      continue;
    }
    auto& row = rows.emplace_back();
    for (size_t i = 0; i < cells.size(); ++i) row[names[i]] = cells[i];
  }
  return rows;
}

// One layer alone; its result is the graph's, so the server's share of it follows.
TEST(DelphiPlan, EqualsTheSpecifiedFormsLayerByLayer) {
  std::map<std::string, int> checked;
  for (const auto& row : ReadCsv("tests/spec/testdata/delphi_expected.csv")) {
    const auto at = [&](const char* name) { return std::stoll(row.at(name)); };
    const std::string kind = row.at("kind");
    SCOPED_TRACE(testing::PrintToString(row));
    ++checked[kind];
    GraphBuilder b;
    if (kind == "relu") {
      const ProtocolPlan plan = PlanOf("delphi", b.Build({b.Relu(b.Input({1, at("elements")}))}));
      const Traffic offline = plan.TotalTraffic(Phase::kOffline);
      EXPECT_EQ(offline.client_to_server.value(), at("up"));
      EXPECT_EQ(offline.server_to_client.value(), at("down"));
      EXPECT_EQ(Down(plan, Phase::kOnline, "gc.send_labels"), at("encryptions_or_online"));
      EXPECT_EQ(plan.storage.client.value(), at("products_or_storage"));
      continue;
    }
    const graph::ValueId x =
        kind == "conv" ? b.Input({1, at("in"), at("height"), at("width")}) : b.Input({1, at("in")});
    const ProtocolPlan plan =
        PlanOf("delphi",
               b.Build({kind == "conv" ? b.Conv(x, at("out"), at("kernel"), at("stride"), at("pad"))
                                       : b.Linear(x, at("out"))}));
    const Traffic offline = plan.TotalTraffic(Phase::kOffline);
    EXPECT_EQ(offline.client_to_server.value(), at("up"));
    EXPECT_EQ(offline.server_to_client.value(), at("down"));
    EXPECT_EQ(Find(plan, "he.encrypt").count, at("encryptions_or_online"));
    const PrimitiveCall& evaluation = Find(plan, "he.linear_evaluation");
    EXPECT_EQ(evaluation.parameters.Get("products"), at("products_or_storage"));
    EXPECT_EQ(evaluation.parameters.Get("key_switches"), at("key_switches"));
    EXPECT_EQ(Find(plan, "he.decrypt").count, at("decryptions"));
    const Traffic input = Of(plan, Phase::kOnline, "shares.send");
    EXPECT_EQ(input.client_to_server.value(),
              9 * at("in") * (kind == "conv" ? at("height") * at("width") : 1) + 41);
  }
  EXPECT_GT(checked["conv"], 400);
  EXPECT_GE(checked["linear"], 3);
  EXPECT_GE(checked["relu"], 4);
}

// Rows V1 to V4 of the specification: 557,056 ReLUs in chunks of 8,192, and one
// layer of 65,536.
TEST(DelphiPlan, EqualsThePublishedBytesOfReluLayers) {
  GraphBuilder b;
  const ProtocolPlan all = PlanOf("delphi", b.Build({b.Relu(b.Input({557'056}))}));
  EXPECT_EQ(Down(all, Phase::kOffline, "gc.garble"), 9'510'061'120);
  EXPECT_EQ(Up(all, Phase::kOffline, "ot.extension"), 374'341'632);
  EXPECT_EQ(Down(all, Phase::kOffline, "ot.extension"), 748'683'264);
  EXPECT_EQ(all.storage.client.value(), int64_t{557'056} * 18'248);
  // 42 wires of each party's share and of the mask.
  EXPECT_EQ(Find(all, "gc.evaluate").parameters.Get("input_labels"), 126);
  GraphBuilder c;
  const ProtocolPlan one = PlanOf("delphi", c.Build({c.Relu(c.Input({65'536}))}));
  EXPECT_EQ(Down(one, Phase::kOnline, "gc.send_labels"), 77'594'630);
}

// Row V5: the 17 convolutions of ResNet-18 on CIFAR.
TEST(DelphiPlan, EqualsThePublishedBytesOfEveryConvolution) {
  const std::vector<int64_t> up = {4719545,  37756304, 37756304, 37756304, 37756304, 37756304,
                                   18878156, 18878156, 18878156, 18878156, 9439082,  9439082,
                                   9439082,  9439082,  4719545,  4719545,  4719545};
  const std::vector<int64_t> down = {4195152, 4195152, 4195152, 4195152, 4195152, 8390296,
                                     2097580, 2097580, 2097580, 4195152, 1048794, 1048794,
                                     1048794, 2097580, 524401,  524401,  524401};
  const graph::Graph graph = testing_support::DelphiResNet18();
  const ProtocolPlan plan = PlanOf("delphi", graph);
  size_t i = 0;
  for (const auto& layer : plan.layers) {
    if (graph::KindName(graph.node(layer.node).attributes) != "conv") continue;
    ASSERT_LT(i, up.size());
    Traffic offline;
    for (const auto& call : layer.calls) {
      if (call.phase == Phase::kOffline) offline += call.traffic;
    }
    EXPECT_EQ(offline.client_to_server.value(), up[i]) << i;
    EXPECT_EQ(offline.server_to_client.value(), down[i]) << i;
    ++i;
  }
  EXPECT_EQ(i, up.size());
}

struct PublishedRun {
  const char* name;
  graph::Graph (*graph)();
};
class PublishedNetworks : public testing::TestWithParam<PublishedRun> {};

TEST_P(PublishedNetworks, HaveThePlannedTraffic) {
  std::map<std::string, int64_t> published;
  for (const auto& row : ReadCsv("tests/spec/testdata/delphi_phases_cifar10.csv")) {
    if (row.at("network") == GetParam().name && row.at("role") == "server-garbler" &&
        row.at("unit") != "s") {
      published[row.at("quantity")] = static_cast<int64_t>(std::stod(row.at("value")));
    }
  }
  ASSERT_FALSE(published.empty());
  const graph::Graph graph = GetParam().graph();
  const ProtocolPlan plan = PlanOf("delphi", graph);
  EXPECT_EQ(count::CountOps(graph).total.relu_elements, published["NUM_RELU"]);

  // The published total counts the 16 bytes of framing of a chunk of 8,192 circuits
  // in proportion where a layer fills only part of one.
  int64_t partial_chunks = 0;
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) {
      if (call.spec->id != "gc.garble") continue;
      partial_chunks += 16 * ((call.count + 8191) / 8192) - call.count / 512;
    }
  }
  EXPECT_EQ(Down(plan, Phase::kOffline, "gc.garble") - partial_chunks,
            published["off_server_write_garbled_c"]);
  EXPECT_LE(partial_chunks, 80);
  EXPECT_EQ(Up(plan, Phase::kOffline, "ot.extension"), published["off_client_write_ext_ot_setup"]);
  EXPECT_EQ(Down(plan, Phase::kOffline, "ot.extension"), published["off_server_write_ext_ot_send"]);
  EXPECT_EQ(Up(plan, Phase::kSetup, "ot.setup"), published["off_client_write_base_ot"]);
  // In the ResNet-32 run the last layer's upload stands with a tenth of its size.
  const bool tenth = std::string(GetParam().name) == "r32";
  EXPECT_EQ(Up(plan, Phase::kOffline, "he.encrypt") - (tenth ? 524'401 - 52'440 : 0),
            published["off_client_write_linear"]);
  EXPECT_EQ(Down(plan, Phase::kOffline, "he.linear_evaluation"),
            published["off_server_write_linear"]);
  EXPECT_EQ(Up(plan, Phase::kOnline, "shares.send"), published["on_client_write_linear"]);
  EXPECT_EQ(Down(plan, Phase::kOnline, "shares.send"), published["on_server_write_pred"]);
  const auto within = [](int64_t predicted, int64_t measured, double bound) {
    EXPECT_NEAR(static_cast<double>(predicted) / static_cast<double>(measured), 1, bound);
  };
  within(Down(plan, Phase::kOnline, "gc.send_labels"), published["on_server_write_relu"], 1e-6);
  within(Up(plan, Phase::kSetup, "he.keygen"), published["off_client_write_key"], 0.005);
}

// The same networks with the roles swapped.
TEST_P(PublishedNetworks, HaveThePlannedTrafficWhereTheClientGarbles) {
  std::map<std::string, int64_t> published;
  for (const auto& row : ReadCsv("tests/spec/testdata/delphi_phases_cifar10.csv")) {
    if (row.at("network") == GetParam().name && row.at("role") == "client-garbler" &&
        row.at("unit") != "s") {
      published[row.at("quantity")] = static_cast<int64_t>(std::stod(row.at("value")));
    }
  }
  ASSERT_FALSE(published.empty());
  const graph::Graph graph = GetParam().graph();
  const ProtocolPlan plan = PlanOf("delphi-client-garbler", graph);
  EXPECT_NEAR(static_cast<double>(Up(plan, Phase::kOffline, "gc.garble")),
              static_cast<double>(published["off_client_write_garbled_c"]), 80);
  EXPECT_EQ(Down(plan, Phase::kOffline, "he.linear_evaluation"),
            published["off_server_write_linear"]);
  EXPECT_EQ(Up(plan, Phase::kOnline, "ot.extension"), published["on_client_write_ext_ot_send"]);
  EXPECT_EQ(Down(plan, Phase::kOnline, "ot.extension"), published["on_server_write_ext_ot_setup"]);
  EXPECT_EQ(Down(plan, Phase::kSetup, "ot.setup"), published["off_server_write_base_ot"]);
  // One input image; in the ResNet-32 run, the last layer's 1,024 elements, too.
  const bool twice = std::string(GetParam().name) == "r32";
  EXPECT_EQ(Up(plan, Phase::kOnline, "shares.send") + (twice ? 9 * 1'024 + 41 : 0),
            published["on_client_write_linear"]);
  // Stands for ResNet-18 alone, under the server's name; encoding is the client's.
  if (published.count("on_server_write_relu") != 0) {
    EXPECT_NEAR(static_cast<double>(Up(plan, Phase::kOnline, "gc.send_labels")) /
                    static_cast<double>(published["on_server_write_relu"]),
                1, 1e-6);
  }
  // 3,590 bytes for each ReLU stay with the client, beside r and its share of M r + s.
  const int64_t relus = published["NUM_RELU"];
  GraphBuilder b;
  EXPECT_EQ(
      PlanOf("delphi-client-garbler", b.Build({b.Relu(b.Input({relus}))})).storage.client.value(),
      relus * 3'590);
}

INSTANTIATE_TEST_SUITE_P(Garimella, PublishedNetworks,
                         testing::Values(PublishedRun{"r18", testing_support::DelphiResNet18},
                                         PublishedRun{"r32", testing_support::DelphiResNet32},
                                         PublishedRun{"vgg16", testing_support::DelphiVgg16}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(DelphiPlan, RefusesALayerThatItsSlotsCannotHold) {
  GraphBuilder fits;
  EXPECT_TRUE(
      protocols::Plan("delphi", fits.Build({fits.Conv(fits.Input({1, 3, 64, 64}), 8, 3)}), {}, {})
          .ok());
  GraphBuilder b;
  const graph::Graph graph = b.Build({b.Conv(b.Input({1, 3, 64, 65}), 8, 3)});
  const absl::Status status = protocols::Plan("delphi", graph, {}, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  const std::string message(status.message());
  EXPECT_NE(message.find("conv1"), std::string::npos) << message;
  EXPECT_NE(message.find("4096"), std::string::npos) << message;
  EXPECT_NE(message.find("8192 slots"), std::string::npos) << message;
}

}  // namespace
}  // namespace picost::spec
