// Mixed plans under every protocol: activations kept whole, in part (by layer, channel,
// pixel or mask), replaced by polynomials, removed.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "estimator/whatif/graph_edit.h"
#include "gtest/gtest.h"
#include "tests/support/graphs.h"

namespace picost {
namespace {

using graph::Graph;
using primitives::Phase;
using primitives::Traffic;
using protocols::Protocol;
using protocols::ProtocolPlan;

constexpr int64_t kChannels = 8, kPixels = 64, kElements = kChannels * kPixels;
constexpr int kReluNode = 1;

// conv, relu of 512 elements, conv.
Graph Network() {
  testing_support::GraphBuilder b;
  const graph::ValueId relu = b.Relu(b.Conv(b.Input({1, 8, 8, 8}), kChannels, 3, 1, 1));
  return b.Build({b.Conv(relu, kChannels, 3, 1, 1)});
}

Graph Edited(const whatif::EditOperation& operation) {
  const Graph base = Network();
  auto edited = whatif::ApplyEdit(base, {base.fingerprint(), {operation}});
  EXPECT_TRUE(edited.ok()) << edited.status();
  return *std::move(edited);
}
Graph Keeping(int64_t count) { return Edited(whatif::KeepRelus{.node = "relu1", .count = count}); }

class MixedPlans : public testing::TestWithParam<const Protocol*> {
 protected:
  const std::string& id() const { return GetParam()->info().id; }
  bool IsProxy() const { return id() == "relu-count"; }
  // On shares in a ring or field whose products have to be cut back interactively.
  bool Truncates() const { return id() == "cheetah" || id().rfind("cryptflow2", 0) == 0; }

  ProtocolPlan PlanOf(const Graph& graph, const primitives::Parameters& parameters = {}) const {
    auto plan = protocols::Plan(id(), graph, count::CountOps(graph), parameters);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return *std::move(plan);
  }
};

std::map<std::string, int64_t> Counts(const ProtocolPlan& plan, int node = kReluNode) {
  std::map<std::string, int64_t> counts;
  for (const auto& call : plan.layers[node].calls) counts[call.spec->id] += call.count;
  return counts;
}

// Of activation and truncations, wherever the latter stand; without what refills pools.
Traffic Activation(const ProtocolPlan& plan) {
  Traffic traffic;
  for (int node : {0, 1}) {
    const auto& layer = plan.layers[node];
    for (size_t i = 0; i + layer.refill_calls < layer.calls.size(); ++i) {
      const bool truncates = layer.calls[i].spec->id.find("trunc") != std::string::npos;
      if (node == kReluNode || truncates) traffic += layer.calls[i].traffic;
    }
  }
  return traffic;
}
int64_t Bytes(const Traffic& traffic) {
  return traffic.client_to_server.value() + traffic.server_to_client.value();
}

TEST_P(MixedPlans, DependOnTheNumberOfKeptElementsNotOnTheGranularity) {
  std::string pixels(kPixels / 8, '\0');
  pixels[0] = '\x0f';
  pixels[5] = '\x0f';  // 8 of 64 positions
  std::string mask(kElements / 8, '\0');
  for (int i = 0; i < 8; ++i) mask[i * 5] = '\xff';  // 64 of 512
  const std::vector<whatif::KeepRelus> ways = {
      {.node = "relu1", .granularity = whatif::Granularity::kLayer, .count = 64},
      {.node = "relu1", .granularity = whatif::Granularity::kChannel, .channels = {3}},
      {.node = "relu1", .granularity = whatif::Granularity::kPixel, .bitmap = pixels},
      {.node = "relu1", .granularity = whatif::Granularity::kMask, .bitmap = mask}};
  const auto expected = Counts(PlanOf(Edited(ways[0])));
  for (const whatif::KeepRelus& way : ways) EXPECT_EQ(Counts(PlanOf(Edited(way))), expected);
}

TEST_P(MixedPlans, APartIsGatheredComputedAndScatteredAsCallsOfTheirOwn) {
  if (IsProxy()) return;
  const auto whole = Counts(PlanOf(Network()));
  EXPECT_EQ(whole.count("shares.gather") + whole.count("shares.scatter"), 0u);
  const ProtocolPlan plan = PlanOf(Keeping(64));
  const auto part = Counts(plan);
  EXPECT_EQ(part.at("shares.gather"), 64);
  EXPECT_EQ(part.at("shares.scatter"), 64);
  const auto& calls = plan.layers[kReluNode].calls;
  EXPECT_EQ(calls.front().spec->id, "shares.gather");
  int64_t truncated = 0;
  for (const auto& [primitive, count] : part) {
    if (primitive.find("relu") != std::string::npos) {
      EXPECT_EQ(count, 64) << primitive;
    }
    if (primitive.ends_with(".trunc")) truncated += count;
  }
  // What is not kept is truncated on its own.
  EXPECT_EQ(truncated, Truncates() ? kElements - 64 : 0);
}

TEST_P(MixedPlans, FlightsStayUntilTheLastElementGoes) {
  const Traffic most = Activation(PlanOf(Keeping(kElements - 1)));
  const Traffic one = Activation(PlanOf(Keeping(1)));
  const Traffic none = Activation(PlanOf(Keeping(0)));
  EXPECT_EQ(one.flights, most.flights);
  if (IsProxy()) return;
  EXPECT_LT(none.flights, one.flights);
  EXPECT_LT(Bytes(none), Bytes(one));
  EXPECT_EQ(none.flights.value() > 0, Truncates());
}

TEST_P(MixedPlans, TheFirstRemovedElementCostsATruncationOrNothing) {
  const ProtocolPlan whole = PlanOf(Network());
  const ProtocolPlan without_one = PlanOf(Keeping(kElements - 1));
  const int64_t flights =
      Activation(without_one).flights.value() - Activation(whole).flights.value();
  if (!Truncates()) {
    EXPECT_EQ(flights, 0);
    EXPECT_LE(Bytes(Activation(without_one)), Bytes(Activation(whole)));
    return;
  }
  int64_t truncation_flights = 0;
  for (const auto& call : without_one.layers[kReluNode].calls) {
    if (call.spec->id.ends_with(".trunc")) truncation_flights += call.traffic.flights.value();
  }
  EXPECT_GT(truncation_flights, 0);
  EXPECT_EQ(flights, truncation_flights);
  EXPECT_GT(Bytes(Activation(without_one)), Bytes(Activation(whole)));
}

// With every element that goes the layer's own primitive costs no more; packing makes
// steps of it, never rises.
TEST_P(MixedPlans, FewerElementsNeverCostMoreOfTheActivationItself) {
  std::map<std::string, Traffic> before;
  for (int64_t kept = kElements - 1; kept >= 1; kept = kept > 24 ? kept - 23 : kept - 1) {
    std::map<std::string, Traffic> now;
    const ProtocolPlan plan = PlanOf(Keeping(kept));
    for (const auto& call : plan.layers[kReluNode].calls) {
      const bool rest = call.spec->id.ends_with(".trunc") || call.spec->id.ends_with("_setup");
      if (!rest) now[call.spec->id] += call.traffic;
    }
    for (const auto& [primitive, traffic] : now) {
      if (before.empty()) break;
      ASSERT_EQ(before.count(primitive), 1u) << primitive << " appears at " << kept;
      EXPECT_LE(traffic.client_to_server, before[primitive].client_to_server) << primitive;
      EXPECT_LE(traffic.server_to_client, before[primitive].server_to_client) << primitive;
      EXPECT_LE(traffic.flights, before[primitive].flights) << primitive;
    }
    before = std::move(now);
  }
}

TEST_P(MixedPlans, ARemovedActivationIsTheIdentityWithItsTruncation) {
  const auto counts = Counts(PlanOf(Edited(whatif::RemoveActivation{.node = "relu1"})));
  for (const auto& [primitive, count] : counts) {
    EXPECT_TRUE(primitive.ends_with(".trunc") || primitive.ends_with("_setup")) << primitive;
  }
}

TEST_P(MixedPlans, SquaresReplaceComparisons) {
  if (IsProxy()) return;
  const ProtocolPlan plan = PlanOf(Edited(whatif::ReplaceActivation{.node = "relu1", .degree = 2}));
  for (const auto& [primitive, count] : Counts(plan)) {
    EXPECT_EQ(primitive.find("relu"), std::string::npos) << primitive;
    EXPECT_NE(primitive.rfind("gc.", 0), 0u) << primitive;
  }
  EXPECT_FALSE(plan.layers[kReluNode].calls.empty());
}

std::string Name(const testing::TestParamInfo<const Protocol*>& test) {
  std::string name = test.param->info().id;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}
INSTANTIATE_TEST_SUITE_P(AllProtocols, MixedPlans, testing::ValuesIn(protocols::AllProtocols()),
                         Name);

// One exchange for all powers where the scheme makes them at once.
TEST(PolynomialSchemes, AreChosenForEachLayer) {
  const auto flights = [](const std::string& scheme) {
    const Graph graph =
        Edited(whatif::ReplaceActivation{.node = "relu1", .degree = 4, .scheme = scheme});
    const auto plan = protocols::Plan("crypten", graph, count::CountOps(graph), {});
    EXPECT_TRUE(plan.ok()) << plan.status();
    return Activation(*plan).flights.value();
  };
  EXPECT_EQ(flights("espn"), 1);
  EXPECT_EQ(flights("honeybadger"), 1);
  EXPECT_GT(flights(""), 1);
}

}  // namespace
}  // namespace picost
