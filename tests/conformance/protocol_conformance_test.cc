// The laws of estimator/protocols/protocol.h, over every protocol and every
// sample graph.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/base/error.h"
#include "estimator/base/units.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/primitives/catalog.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "gtest/gtest.h"
#include "tests/support/graphs.h"

namespace picost {
namespace {

using graph::Graph;
using primitives::Phase;
using primitives::PrimitiveCall;
using protocols::Protocol;
using protocols::ProtocolPlan;

const std::map<std::string, Graph>& SampleGraphs() {
  static const auto* const graphs = [] {
    auto* all = new std::map<std::string, Graph>(testing_support::OneNodeGraphs());
    all->emplace("net_minionn", testing_support::MiniOnnCifar());
    all->emplace("net_resnet18", testing_support::ResNet18Cifar());
    all->emplace("net_resnet18_partly_kept", testing_support::ResNet18Cifar(100, 1, 10));
    all->emplace("net_vgg16", testing_support::DelphiVgg16());
    return all;
  }();
  return *graphs;
}

absl::StatusOr<ProtocolPlan> PlanOf(const Protocol& protocol, const Graph& graph,
                                    const primitives::Parameters& parameters = {}) {
  return protocols::Plan(protocol.info().id, graph, count::CountOps(graph), parameters);
}

std::vector<const PrimitiveCall*> CallsOf(const ProtocolPlan& plan) {
  std::vector<const PrimitiveCall*> calls;
  for (const auto& call : plan.setup_calls) calls.push_back(&call);
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) calls.push_back(&call);
  }
  return calls;
}

std::string Describe(const PrimitiveCall& call) {
  std::string text = call.spec->id + "(" + call.parameters.DebugString() + ") x " +
                     std::to_string(call.count) + " " +
                     std::string(primitives::PhaseName(call.phase)) + " " +
                     std::string(primitives::ExecutorName(call.executor));
  for (int64_t items : call.usage) text += " " + std::to_string(items);
  return text + " " + std::to_string(call.traffic.client_to_server.value()) + "/" +
         std::to_string(call.traffic.server_to_client.value()) + "/" +
         std::to_string(call.traffic.flights.value());
}

std::string Describe(const ProtocolPlan& plan) {
  std::string text;
  for (const PrimitiveCall* call : CallsOf(plan)) text += Describe(*call) + "\n";
  for (const auto& layer : plan.layers) text += layer.note + ";";
  return text;
}

class ProtocolLaws : public testing::TestWithParam<const Protocol*> {
 protected:
  const Protocol& protocol() const { return *GetParam(); }
};

TEST_P(ProtocolLaws, InfoIsComplete) {
  const auto& info = protocol().info();
  EXPECT_FALSE(info.version.empty());
  EXPECT_FALSE(info.title.empty());
  EXPECT_FALSE(info.citation.empty());
  EXPECT_FALSE(info.leaves_out.empty());
  EXPECT_FALSE(info.keeps.empty());
  std::set<std::string> names;
  for (const auto& parameter : info.parameters) {
    EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
    EXPECT_FALSE(parameter.meaning.empty()) << parameter.name;
    EXPECT_FALSE(parameter.source.empty()) << parameter.name;
    EXPECT_LE(parameter.minimum, parameter.default_value) << parameter.name;
    EXPECT_GE(parameter.maximum, parameter.default_value) << parameter.name;
  }
  for (const std::string& id : info.primitives) {
    EXPECT_NE(primitives::FindPrimitive(id), nullptr) << id;
  }
}

TEST_P(ProtocolLaws, PlanningIsAPureFunction) {
  for (const auto& [name, graph] : SampleGraphs()) {
    const auto first = PlanOf(protocol(), graph);
    const auto second = PlanOf(protocol(), graph);
    ASSERT_EQ(first.ok(), second.ok()) << name;
    if (!first.ok()) continue;
    EXPECT_EQ(Describe(*first), Describe(*second)) << name;
  }
}

TEST_P(ProtocolLaws, EveryNodeIsPlannedOnceOrRefusedByName) {
  int planned = 0;
  for (const auto& [name, graph] : SampleGraphs()) {
    SCOPED_TRACE(name);
    const auto plan = PlanOf(protocol(), graph);
    if (!plan.ok()) {
      EXPECT_EQ(plan.status().code(), absl::StatusCode::kUnimplemented) << plan.status();
      const std::string message(plan.status().message());
      const std::string kind = graph::KindName(graph.nodes()[0].attributes);
      EXPECT_NE(message.find(protocol().info().id), std::string::npos) << message;
      if (graph.nodes().size() == 1) {
        EXPECT_NE(message.find(kind), std::string::npos) << message;
      }
      EXPECT_FALSE(GetErrorSite(plan.status()).node.empty()) << message;
      EXPECT_FALSE(GetErrorSite(plan.status()).mend.empty()) << message;
      continue;
    }
    ++planned;
    ASSERT_EQ(plan->layers.size(), graph.nodes().size());
    for (size_t i = 0; i < plan->layers.size(); ++i) {
      EXPECT_EQ(plan->layers[i].node, static_cast<graph::NodeId>(i));
      EXPECT_EQ(plan->layers[i].local, plan->layers[i].calls.empty());
    }
  }
  EXPECT_GT(planned, 10);
}

// Kinds that cost nothing whatever the protocol: sharing is linear.
bool MayBeLocal(const graph::NodeAttributes& attributes) {
  const std::string kind = graph::KindName(attributes);
  for (const char* local : {"view", "publiclinear", "averagepool", "reducesum", "reducemean", "add",
                            "sub", "neg", "embedding", "select"}) {
    if (kind.rfind(local, 0) == 0) return true;
  }
  if (const auto* elementwise = std::get_if<graph::Elementwise>(&attributes)) {
    return elementwise->second == graph::Operand::kPublic;
  }
  if (const auto* compare = std::get_if<graph::Compare>(&attributes)) {
    return compare->kind == graph::CompareKind::kNot || compare->kind == graph::CompareKind::kXor;
  }
  if (const auto* activation = std::get_if<graph::Activation>(&attributes)) {
    return activation->kept_elements == 0;
  }
  return false;
}

TEST_P(ProtocolLaws, NothingThatComputesIsFree) {
  // A proxy that prices ReLUs alone says so for every other layer.
  const bool proxy = protocol().info().primitives.size() == 1;
  for (const auto& [name, graph] : SampleGraphs()) {
    const auto plan = PlanOf(protocol(), graph);
    if (!plan.ok()) continue;
    for (const auto& layer : plan->layers) {
      if (!layer.local || MayBeLocal(graph.node(layer.node).attributes)) continue;
      EXPECT_TRUE(proxy && !layer.note.empty()) << name << " layer " << layer.node;
    }
  }
}

TEST_P(ProtocolLaws, TrafficIsTheSumOverCallsAndTheirClosedForms) {
  for (const auto& [name, graph] : SampleGraphs()) {
    const auto plan = PlanOf(protocol(), graph);
    if (!plan.ok()) continue;
    for (Phase phase : {Phase::kSetup, Phase::kOffline, Phase::kOnline}) {
      primitives::Traffic sum;
      for (const PrimitiveCall* call : CallsOf(*plan)) {
        EXPECT_EQ(call->traffic, call->spec->traffic(call->parameters, call->count));
        EXPECT_EQ(call->usage.size(), call->spec->usage.size());
        if (call->phase == phase) sum += call->traffic;
      }
      EXPECT_EQ(plan->TotalTraffic(phase), sum) << name;
    }
  }
}

// Nothing that a party has to keep is silently zero: every plan says what it keeps, a
// side that keeps nothing of an item says why, and a protocol without any offline
// material says so in the catalogue.
TEST_P(ProtocolLaws, MemoryOfBothPartiesIsSaid) {
  const auto& info = protocol().info();
  const bool proxy = info.primitives.size() == 1;
  bool stores = false;
  for (const auto& [name, graph] : SampleGraphs()) {
    SCOPED_TRACE(name);
    const auto plan = PlanOf(protocol(), graph);
    if (!plan.ok()) continue;
    Bytes client, server, stored_client, stored_server;
    for (const auto& item : plan->memory) {
      SCOPED_TRACE(item.name);
      EXPECT_FALSE(item.note.empty());
      EXPECT_GE(item.client.value(), 0);
      EXPECT_GE(item.server.value(), 0);
      client += item.client;
      server += item.server;
      if (item.phase != Phase::kOffline || item.name.rfind("ciphertexts", 0) == 0) continue;
      stored_client += item.client;
      stored_server += item.server;
    }
    // Offline items are the storage that inferences take one by one.
    EXPECT_EQ(stored_client, plan->storage.client);
    EXPECT_EQ(stored_server, plan->storage.server);
    stores = stores || stored_client > Bytes(0) || stored_server > Bytes(0);
    if (proxy) {
      EXPECT_TRUE(plan->memory.empty());
    } else {
      EXPECT_GT(client, Bytes(0));
      EXPECT_GT(server, Bytes(0));
    }
  }
  EXPECT_EQ(stores, info.keeps.rfind("nothing", 0) != 0) << info.keeps;
}

TEST_P(ProtocolLaws, MemoryGrowsWithTheNetwork) {
  if (protocol().info().primitives.size() == 1) return;
  const auto total = [&](int64_t channels) {
    testing_support::GraphBuilder b;
    const graph::ValueId x = b.Relu(b.Conv(b.Input({1, 4, 16, 16}), channels, 3, 1, 1));
    const auto plan = PlanOf(protocol(), b.Build({b.Conv(x, channels, 3, 1, 1)}));
    EXPECT_TRUE(plan.ok()) << plan.status();
    std::pair<Bytes, Bytes> sum;
    for (const auto& item : plan->memory) {
      sum.first += item.client;
      sum.second += item.server;
    }
    return sum;
  };
  EXPECT_GT(total(32).first, total(8).first);
  EXPECT_GT(total(32).second, total(8).second);
}

TEST_P(ProtocolLaws, SetupCallsAreInTheSetupPhaseAndLayersAreNot) {
  for (const auto& [name, graph] : SampleGraphs()) {
    const auto plan = PlanOf(protocol(), graph);
    if (!plan.ok()) continue;
    for (const auto& call : plan->setup_calls) EXPECT_EQ(call.phase, Phase::kSetup) << name;
    for (const auto& layer : plan->layers) {
      for (const auto& call : layer.calls) EXPECT_NE(call.phase, Phase::kSetup) << name;
    }
  }
}

TEST_P(ProtocolLaws, OnlyDeclaredPrimitivesAreUsed) {
  const auto& declared = protocol().info().primitives;
  const std::set<std::string> known(declared.begin(), declared.end());
  for (const auto& [name, graph] : SampleGraphs()) {
    const auto plan = PlanOf(protocol(), graph);
    if (!plan.ok()) continue;
    for (const PrimitiveCall* call : CallsOf(*plan)) {
      EXPECT_TRUE(known.count(call->spec->id) != 0) << name << ": " << call->spec->id;
    }
  }
}

// What a ReLU layer's own comparisons cost: calls of the layer that the plan of the
// same layer without ReLUs does not have, at or below.
using CallKey = std::pair<std::string, Phase>;
std::map<CallKey, std::tuple<int64_t, int64_t, int64_t, int64_t>> ByPrimitive(
    const protocols::LayerPlan& layer) {
  std::map<CallKey, std::tuple<int64_t, int64_t, int64_t, int64_t>> sums;
  for (const auto& call : layer.calls) {
    auto& [count, up, down, flights] = sums[{call.spec->id, call.phase}];
    count += call.count;
    up += call.traffic.client_to_server.value();
    down += call.traffic.server_to_client.value();
    flights += call.traffic.flights.value();
  }
  return sums;
}

// Primitives of a linear rest: truncation of what is not a ReLU any more, and what
// refills pools; they may rise while ReLUs go.
bool IsRelusOwn(const std::string& id) {
  return id.find("relu") != std::string::npos || id.find("gc.") == 0 || id == "ot.extension" ||
         id.find("compare") != std::string::npos;
}

TEST_P(ProtocolLaws, RemovingRelusNeverRaisesTheReluPrimitivesOwnCost) {
  std::map<CallKey, std::tuple<int64_t, int64_t, int64_t, int64_t>> previous;
  bool first = true;
  for (int64_t kept : {4096, 4095, 2048, 1000, 64, 9, 8, 1, 0}) {
    testing_support::GraphBuilder b;
    const graph::ValueId x = b.Conv(b.Input({1, 4, 32, 32}), 4, 3, 1, 1);
    const graph::ValueId y = b.Conv(b.Relu(x, kept), 4, 3, 1, 1);
    const auto plan = PlanOf(protocol(), b.Build({y}));
    ASSERT_TRUE(plan.ok()) << plan.status();
    auto now = ByPrimitive(plan->layers[1]);
    for (const auto& [key, cost] : now) {
      if (first || !IsRelusOwn(key.first)) continue;
      const auto before = previous.find(key);
      ASSERT_NE(before, previous.end()) << key.first << " appears at " << kept;
      EXPECT_LE(std::get<0>(cost), std::get<0>(before->second)) << key.first << " at " << kept;
      EXPECT_LE(std::get<1>(cost), std::get<1>(before->second)) << key.first << " at " << kept;
      EXPECT_LE(std::get<2>(cost), std::get<2>(before->second)) << key.first << " at " << kept;
      EXPECT_LE(std::get<3>(cost), std::get<3>(before->second)) << key.first << " at " << kept;
    }
    if (kept == 0) {
      for (const auto& [key, cost] : now) EXPECT_FALSE(IsRelusOwn(key.first)) << key.first;
    } else {
      EXPECT_FALSE(now.empty());
    }
    previous = std::move(now);
    first = false;
  }
}

TEST_P(ProtocolLaws, ParametersAreCheckedAndRepeated) {
  const Graph& graph = SampleGraphs().at("relu");
  const auto plan = PlanOf(protocol(), graph);
  ASSERT_TRUE(plan.ok()) << plan.status();
  for (const auto& parameter : protocol().info().parameters) {
    EXPECT_EQ(plan->parameters.Get(parameter.name), parameter.default_value);
    for (int64_t wrong : {parameter.minimum - 1, parameter.maximum + 1}) {
      const auto refused = PlanOf(protocol(), graph, {{parameter.name, wrong}});
      EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << parameter.name;
      EXPECT_NE(refused.status().message().find(parameter.name), absl::string_view::npos);
    }
    for (int64_t end : {parameter.minimum, parameter.maximum}) {
      const auto allowed = PlanOf(protocol(), graph, {{parameter.name, end}});
      EXPECT_TRUE(allowed.ok()) << parameter.name << " = " << end << ": " << allowed.status();
    }
  }
  EXPECT_EQ(PlanOf(protocol(), graph, {{"no_such_parameter", 1}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

std::string TestName(const testing::TestParamInfo<const Protocol*>& test) {
  std::string name = test.param->info().id;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}
INSTANTIATE_TEST_SUITE_P(AllProtocols, ProtocolLaws, testing::ValuesIn(protocols::AllProtocols()),
                         TestName);

TEST(ProtocolList, HasUniqueIdsAndFindsThem) {
  std::set<std::string> ids;
  for (const Protocol* protocol : protocols::AllProtocols()) {
    EXPECT_TRUE(ids.insert(protocol->info().id).second) << protocol->info().id;
    EXPECT_EQ(protocols::FindProtocol(protocol->info().id), protocol);
  }
  EXPECT_EQ(protocols::FindProtocol("nobody"), nullptr);
}

TEST(ProtocolList, AnUnknownProtocolIsNotFoundAndTheKnownOnesAreListed) {
  const Graph& graph = SampleGraphs().at("relu");
  const auto plan = protocols::Plan("nobody", graph, count::CountOps(graph), {});
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kNotFound);
  for (const Protocol* protocol : protocols::AllProtocols()) {
    EXPECT_NE(std::string(plan.status().message()).find(protocol->info().id), std::string::npos);
  }
}

}  // namespace
}  // namespace picost
