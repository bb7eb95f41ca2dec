// What the protocols' parameters change: threads, silent OT, truncation variants,
// encryption parameters, wire sizes.
#include <cstdint>
#include <string>

#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "gtest/gtest.h"
#include "tests/spec/plans.h"
#include "tests/support/graphs.h"

namespace picost::spec {
namespace {

using primitives::Parameters;
using primitives::Phase;
using primitives::PrimitiveCall;
using primitives::Traffic;
using protocols::ProtocolPlan;
using testing_support::GraphBuilder;

int64_t Sum(const Traffic& traffic) {
  return traffic.client_to_server.value() + traffic.server_to_client.value();
}

int64_t CountOf(const ProtocolPlan& plan, const std::string& primitive) {
  int64_t count = 0;
  for (const auto& call : plan.setup_calls) count += call.spec->id == primitive ? call.count : 0;
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) count += call.spec->id == primitive ? call.count : 0;
  }
  return count;
}

graph::Graph Relus(int64_t n) {
  GraphBuilder b;
  return b.Build({b.Relu(b.Input({n}))});
}

// Roles swap on odd threads: with two, both directions carry half of each role.
TEST(Threads, SwapRolesSoThatTwoMakeTheTrafficSymmetric) {
  for (const char* id : {"cheetah.relu", "sci_field.relu", "sci_ring.relu"}) {
    Parameters one = {{std::string(id) == "sci_field.relu" ? "field_bits" : "ring_bits", 37}};
    if (std::string(id) == "cheetah.relu") one.Set("ignored_bits", 12);
    Parameters two = one;
    two.Set("threads", 2);
    const Traffic half = Call(id, one, 32'768).traffic;
    const Traffic both = Call(id, two, 65'536).traffic;
    EXPECT_EQ(both.client_to_server, both.server_to_client) << id;
    EXPECT_EQ(both.client_to_server.value(), Sum(half)) << id;
    EXPECT_EQ(both.flights, half.flights) << id;  // they run at the same time
  }
}

TEST(Threads, GiveTheRestToTheLastOne) {
  const Parameters one = {{"ring_bits", 37}};
  Parameters three = one;
  three.Set("threads", 3);
  // 100 elements: 32, 32 and 36.
  const Traffic first = Call("cheetah.compare", one, 32).traffic;
  const Traffic last = Call("cheetah.compare", one, 36).traffic;
  const Traffic all = Call("cheetah.compare", three, 100).traffic;
  EXPECT_EQ(all.client_to_server.value(), first.client_to_server.value() +
                                              first.server_to_client.value() +
                                              last.client_to_server.value());
  // Fewer than 8 for each: the last thread has them all.
  EXPECT_EQ(Call("cheetah.compare", three, 10).traffic, Call("cheetah.compare", one, 10).traffic);
}

TEST(Threads, BringTheirOwnSilentOtAndExtendItLater) {
  const graph::Graph graph = testing_support::ResNet18Cifar();
  const ProtocolPlan one = PlanOf("cheetah", graph);
  const ProtocolPlan four = PlanOf("cheetah", graph, {{"threads", 4}});
  const Traffic setup_one = one.TotalTraffic(Phase::kSetup);
  const Traffic setup_four = four.TotalTraffic(Phase::kSetup);
  // 1,726,247 bytes that each party sends for each thread (row V12).
  EXPECT_EQ(setup_four.client_to_server.value() - setup_one.client_to_server.value(),
            3 * 1'726'247);
  EXPECT_EQ(setup_four.server_to_client.value() - setup_one.server_to_client.value(),
            3 * 1'726'247);
  EXPECT_EQ(setup_four.flights, setup_one.flights);
  // All four extend when four yields are drawn: 12.8 million of them are drawn here.
  EXPECT_EQ(CountOf(one, "cheetah.ferret_extension"), 1);
  EXPECT_EQ(CountOf(four, "cheetah.ferret_extension"), 0);
  int64_t memory_one = 0, memory_four = 0;
  for (const auto& item : one.memory)
    memory_one += item.name == "silent OT" ? item.client.value() : 0;
  for (const auto& item : four.memory) {
    memory_four += item.name == "silent OT" ? item.client.value() : 0;
  }
  EXPECT_EQ(memory_four, 4 * memory_one);
}

TEST(Threads, ExtendTogetherWithSwappedDirections) {
  GraphBuilder b;
  graph::ValueId x = b.Input({1, 64, 32, 32});
  for (int i = 0; i < 14; ++i) x = b.Relu(b.Conv(x, 64, 1));
  // 21.1 million straight correlated OTs: two extensions of one thread, one of each of two.
  const ProtocolPlan plan = PlanOf("cheetah", b.Build({x}), {{"threads", 2}});
  int64_t straight = 0, reversed = 0;
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) {
      if (call.spec->id != "cheetah.ferret_extension") continue;
      (call.parameters.Get("reversed") == 0 ? straight : reversed) += call.count;
    }
  }
  EXPECT_EQ(straight, 1);
  EXPECT_EQ(reversed, 1);
}

TEST(SilentOt, FromAFileLeavesTheBootstrapAway) {
  const Traffic fresh = PlanOf("cheetah", Relus(64)).TotalTraffic(Phase::kSetup);
  const Traffic resumed =
      PlanOf("cheetah", Relus(64), {{"silent_ot_from_file", 1}}).TotalTraffic(Phase::kSetup);
  EXPECT_EQ(resumed.flights.value(), 14);
  // Both directions' bootstrap, to a few bytes of 1.2 MB.
  EXPECT_NEAR(static_cast<double>(Sum(fresh) - Sum(resumed)), 2.0 * (394'625 + 772'166), 100);
}

// One extension carries ten million labels; an IKNP extension sends 16 bytes for each.
TEST(SilentOt, SavesTheColumnsOfGarbledLabels) {
  const graph::Graph graph = Relus(65'536);
  const ProtocolPlan iknp = PlanOf("delphi", graph);
  const ProtocolPlan silent = PlanOf("delphi", graph, {{"silent_ot", 1}});
  const int64_t ots = 65'536 * 42;
  EXPECT_EQ(CountOf(iknp, "ot.extension"), ots);
  EXPECT_EQ(CountOf(silent, "ot.extension"), 0);
  EXPECT_EQ(CountOf(silent, "ot.ferret_correlated"), ots);
  EXPECT_EQ(CountOf(silent, "ot.ferret_extension"), 1);
  EXPECT_EQ(CountOf(PlanOf("delphi", Relus(262'144), {{"silent_ot", 1}}), "ot.ferret_extension"),
            2);  // 11.0 million
  const auto up = [](const ProtocolPlan& plan) {
    return plan.TotalTraffic(Phase::kOffline).client_to_server.value();
  };
  EXPECT_EQ(up(iknp) - up(silent), ots * 16 - ots / 8);
  EXPECT_EQ(silent.TotalOperations(Phase::kOffline).oblivious_transfers, ots);
}

TEST(FaithfulTruncation, ComparesAtFullWidthFirst) {
  GraphBuilder b;
  const graph::ValueId first = b.Conv(b.Input({1, 8, 8, 8}), 8, 3, 1, 1);
  const graph::Graph graph = b.Build({b.Conv(b.Relu(first), 8, 3, 1, 1)});
  const ProtocolPlan fast = PlanOf("cheetah", graph);
  const ProtocolPlan faithful = PlanOf("cheetah", graph, {{"faithful_truncation", 1}});
  EXPECT_EQ(CountOf(fast, "cheetah.relu_trunc"), 512);
  EXPECT_EQ(CountOf(faithful, "cheetah.relu_trunc"), 0);
  EXPECT_EQ(CountOf(faithful, "cheetah.relu"), 512);
  EXPECT_EQ(CountOf(faithful, "cheetah.compare"), 512);
  EXPECT_EQ(CountOf(faithful, "cheetah.trunc"), 512);
  EXPECT_GT(Sum(faithful.TotalTraffic(Phase::kOnline)), Sum(fast.TotalTraffic(Phase::kOnline)));
}

TEST(EncryptionParameters, SetTheSizesOfCiphertextsAndTheSlots) {
  GraphBuilder b;
  const graph::Graph graph = b.Build({b.Conv(b.Input({1, 64, 32, 32}), 64, 3, 1, 1)});
  const auto up = [&](int64_t log2_degree, int64_t primes) {
    return PlanOf("delphi", graph, {{"log2_ring_degree", log2_degree}, {"data_primes", primes}})
        .TotalTraffic(Phase::kOffline)
        .client_to_server.value();
  };
  EXPECT_EQ(up(13, 4), 72 * 524'393 + 8);
  // Twice the slots: half the ciphertexts of twice the size.
  EXPECT_EQ(up(14, 4), 36 * (2 * (524'393 - 105) + 105) + 8);
  EXPECT_EQ(up(13, 2), 72 * (524'288 / 2 + 105) + 8);
}

TEST(WireSizes, TightBlocksAndLabelsMakeTwelveThousandBytesOfARelu) {
  const auto relu = [](const std::string& protocol, const Parameters& parameters) {
    const ProtocolPlan plan = PlanOf(protocol, Relus(8192), parameters);
    const Traffic offline = plan.TotalTraffic(Phase::kOffline);
    return (offline.server_to_client.value() - 16) / 8192;
  };
  // Circuit and OT of the labels.
  EXPECT_EQ(relu("delphi", {}), 17'072 + 1'344);
  // 16-byte blocks: 10,592 of circuit, 672 of labels, 8 of length.
  EXPECT_EQ(relu("delphi", {{"block_wire_bytes", 16}, {"label_wire_bytes", 16}}),
            10'592 + 672 + 8 + 1'344);
}

TEST(PrivateMatMul, TakesTwoFlightsWhateverItsRows) {
  graph::PrivateMatMul product;
  product.batch = 12;
  product.rows = 197;
  product.inner = 64;
  product.columns = 197;
  GraphBuilder b;
  const graph::ValueId x = b.Input({12, 197, 64});
  const graph::Graph graph =
      b.Build({b.Node("product", product, {x, b.Input({12, 64, 197})}, {12, 197, 197})});
  for (const char* protocol : {"cheetah", "cryptflow2-he"}) {
    EXPECT_EQ(PlanOf(protocol, graph).TotalTraffic(Phase::kOnline).flights.value(), 2) << protocol;
  }
  const Traffic dealer = PlanOf("crypten", graph).TotalTraffic(Phase::kOnline);
  EXPECT_EQ(dealer.flights.value(), 1);
  EXPECT_EQ(dealer.client_to_server.value(), 8 * 12 * (197 * 64 + 64 * 197));
}

// A block of the first matrix and one of the second fill a polynomial of 4,096.
TEST(PrivateMatMul, PacksBlocksAsIronDoes) {
  const PrimitiveCall call =
      Call("cheetah.private_matmul",
           {{"ring_bits", 37}, {"rows", 16}, {"inner", 16}, {"columns", 16}}, 1);
  EXPECT_EQ(call.usage, (std::vector<int64_t>{2, 2, 2, 2}));  // 16^3 = 4,096: one each
  const PrimitiveCall larger =
      Call("cheetah.private_matmul",
           {{"ring_bits", 37}, {"rows", 16}, {"inner", 16}, {"columns", 17}}, 1);
  EXPECT_GT(larger.usage[1] + larger.usage[2], 4);
}

TEST(Convolutions, OfThreeDimensionsAreOneForEachSlice) {
  graph::Conv conv;
  conv.in_channels = 4;
  conv.out_channels = 8;
  conv.input_size = {6, 16, 16};
  conv.output_size = {4, 16, 16};
  conv.kernel = {3, 3, 3};
  conv.strides = {1, 1, 1};
  conv.dilations = {1, 1, 1};
  conv.pads_begin = {0, 1, 1};
  conv.pads_end = {0, 1, 1};
  GraphBuilder b;
  const graph::ValueId x = b.Input({1, 4, 6, 16, 16});
  const graph::Graph volume = b.Build({b.Node("conv", conv, {x}, {1, 8, 4, 16, 16})});
  GraphBuilder c;
  const graph::Graph slice = c.Build({c.Conv(c.Input({1, 12, 16, 16}), 8, 3, 1, 1)});
  for (const char* protocol : {"cheetah", "cryptflow2-he", "cryptflow2-ot"}) {
    const Traffic whole = PlanOf(protocol, volume).TotalTraffic(Phase::kOnline);
    const Traffic one = PlanOf(protocol, slice).TotalTraffic(Phase::kOnline);
    EXPECT_NEAR(static_cast<double>(Sum(whole)), 4.0 * static_cast<double>(Sum(one)), 16)
        << protocol;
  }
  for (const char* protocol : {"delphi", "gazelle", "minionn", "crypten"}) {
    EXPECT_GT(Sum(PlanOf(protocol, volume).TotalTraffic(Phase::kOnline)), 0) << protocol;
  }
}

}  // namespace
}  // namespace picost::spec
