// Where costs jump: packings are staircases, silent OT comes in steps, and a partly
// linear layer pays for its linear part.
#include <cstdint>
#include <string>
#include <vector>

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

ProtocolPlan Convolution(const std::string& protocol, int64_t in, int64_t side) {
  GraphBuilder b;
  return PlanOf(protocol, b.Build({b.Conv(b.Input({1, in, side, side}), 64, 3, 1, 1)}));
}

int64_t Usage(const ProtocolPlan& plan, const std::string& primitive, const std::string& item) {
  int64_t sum = 0;
  for (const auto& layer : plan.layers) {
    for (const auto& call : layer.calls) {
      if (call.spec->id != primitive) continue;
      for (size_t i = 0; i < call.usage.size(); ++i) {
        if (call.spec->usage[i].name == item) sum += call.usage[i];
      }
    }
  }
  return sum;
}

TEST(Staircase, CheetahFillsAPolynomialWithThreeChannelsOf34x34) {
  const std::vector<std::pair<int64_t, int64_t>> steps = {{60, 20}, {61, 21}, {63, 21},
                                                          {64, 22}, {66, 22}, {67, 23}};
  for (const auto& [channels, ciphertexts] : steps) {
    EXPECT_EQ(Usage(Convolution("cheetah", channels, 32), "cheetah.conv", "input_ciphertexts"),
              ciphertexts)
        << channels;
  }
}

TEST(Staircase, DelphiDoublesItsSlotsAbove32Pixels) {
  const auto up = [](int64_t side) {
    return Convolution("delphi", 64, side).TotalTraffic(Phase::kOffline).client_to_server.value();
  };
  EXPECT_EQ(up(23), up(32));
  EXPECT_EQ(up(33) - 8, 2 * (up(32) - 8));
  EXPECT_EQ(up(33), up(45));
}

TEST(Staircase, CrypTFlow2PadsFirstSoThat30PixelsAreTheLastOfAStep) {
  const auto up = [](int64_t side) {
    return Convolution("cryptflow2-he", 64, side)
        .TotalTraffic(Phase::kOnline)
        .client_to_server.value();
  };
  EXPECT_EQ(up(28), up(30));
  EXPECT_EQ(up(31) - 4, 2 * (up(30) - 4));
  EXPECT_EQ(up(31), up(43));
  EXPECT_GT(up(44), up(43));
}

// 2,048 slots: a channel takes the next power of two of its pixels.
TEST(Staircase, GazelleDoublesItsCiphertextsAbove16And22Pixels) {
  const auto ciphertexts = [](int64_t side) {
    const ProtocolPlan plan = Convolution("gazelle", 64, side);
    int64_t sum = 0;
    for (const auto& call : plan.layers[0].calls) {
      if (call.spec->id == "he.encrypt") sum += call.count;
    }
    return sum;
  };
  EXPECT_EQ(ciphertexts(16), 8);
  EXPECT_EQ(ciphertexts(17), 16);
  EXPECT_EQ(ciphertexts(22), 16);
  EXPECT_EQ(ciphertexts(23), 32);
}

TEST(Staircase, MiniOnnFillsCiphertextsWith4096Elements) {
  const auto ciphertexts = [](int64_t elements) {
    GraphBuilder b;
    const ProtocolPlan plan = PlanOf("minionn", b.Build({b.Linear(b.Input({1, elements}), 10)}));
    for (const auto& call : plan.layers[0].calls) {
      if (call.spec->id == "he.encrypt") return call.count;
    }
    return int64_t{0};
  };
  EXPECT_EQ(ciphertexts(1), 1);
  EXPECT_EQ(ciphertexts(4'096), 1);
  EXPECT_EQ(ciphertexts(4'097), 2);
  EXPECT_EQ(ciphertexts(8'192), 2);
  EXPECT_EQ(ciphertexts(8'193), 3);
}

// Calls of up to 16,384 OTs are padded to 256.
TEST(Staircase, OtCallsArePaddedTo256) {
  const auto up = [](int64_t n) {
    return Call("sci_ring.multiplex", {{"ring_bits", 37}}, n).traffic.client_to_server.value();
  };
  // Within a step only the client's own messages of 2 x 37 bits grow.
  EXPECT_EQ(up(256) - up(248), 8 * 2 * 37 / 8);
  EXPECT_EQ(up(264) - up(256), 8 * 2 * 37 / 8 + 256 * 16);
}

TEST(Staircase, CheetahPadsBatchesTo8) {
  const auto relu = [](int64_t n) {
    return Call("cheetah.relu", {{"ring_bits", 37}, {"ignored_bits", 12}}, n).traffic;
  };
  EXPECT_EQ(relu(1), relu(8));
  EXPECT_EQ(relu(9), relu(16));
  EXPECT_GT(relu(9).client_to_server, relu(8).client_to_server);
}

// No packing, no steps: every element costs the same.
TEST(Staircase, CrypTenHasNone) {
  const auto bytes = [](int64_t n) {
    GraphBuilder b;
    return PlanOf("crypten", b.Build({b.Relu(b.Input({n}))}))
        .TotalTraffic(Phase::kOnline)
        .client_to_server.value();
  };
  for (int64_t n : {7, 8, 255, 256, 8'191, 8'192}) EXPECT_EQ(bytes(n + 1) - bytes(n), 184) << n;
}

TEST(Staircase, OtColumnsFillBlocksOf16384) {
  const auto relus = [](int64_t n) {
    GraphBuilder b;
    return PlanOf("cryptflow2-ot", b.Build({b.Relu(b.Input({n}))}))
        .TotalTraffic(Phase::kOnline)
        .client_to_server.value();
  };
  // Above 16,384 the multiplexer's columns jump from one block to two.
  EXPECT_GT(relus(16'392) - relus(16'384), 16 * (16'384 - 8));
  EXPECT_LT(relus(16'400) - relus(16'392), 16 * 16'384);
}

TEST(Staircase, DelphiFramesChunksOf8192Circuits) {
  const auto garbled = [](int64_t n) {
    GraphBuilder b;
    const ProtocolPlan plan = PlanOf("delphi", b.Build({b.Relu(b.Input({n}))}));
    for (const auto& call : plan.layers[0].calls) {
      if (call.spec->id == "gc.garble") return call.traffic.server_to_client.value();
    }
    return int64_t{0};
  };
  EXPECT_EQ(garbled(8'192) - garbled(8'191), 17'072);
  EXPECT_EQ(garbled(8'193) - garbled(8'192), 17'072 + 16);
}

// A layer of 512 ReLUs between two convolutions.
Traffic ReluLayer(const std::string& protocol, int64_t kept) {
  GraphBuilder b;
  const graph::ValueId relu = b.Relu(b.Conv(b.Input({1, 8, 8, 8}), 8, 3, 1, 1), kept);
  const ProtocolPlan plan = PlanOf(protocol, b.Build({b.Conv(relu, 8, 3, 1, 1)}));
  Traffic traffic;
  for (size_t layer : {0, 1}) {  // the truncation stands with whoever made the value
    for (const PrimitiveCall& call : plan.layers[layer].calls) {
      const std::string& id = call.spec->id;
      if (id.find("relu") != std::string::npos || id.find("trunc") != std::string::npos) {
        traffic += call.traffic;
      }
    }
  }
  return traffic;
}

TEST(PartlyKeptRelus, TheFirstRemovedElementCostsATruncationOfItsOwn) {
  for (const auto& [protocol, flights] :
       {std::pair<std::string, int64_t>{"cheetah", 4}, {"cryptflow2-he", 34}}) {
    const Traffic whole = ReluLayer(protocol, 512);
    const Traffic without_one = ReluLayer(protocol, 511);
    EXPECT_EQ(without_one.flights.value() - whole.flights.value(), flights) << protocol;
    EXPECT_GT(without_one.client_to_server, whole.client_to_server) << protocol;
    EXPECT_GT(without_one.server_to_client, whole.server_to_client) << protocol;
  }
}

TEST(PartlyKeptRelus, FlightsStayUntilTheLastElementGoes) {
  for (const std::string protocol : {"cheetah", "cryptflow2-he", "cryptflow2-ot"}) {
    const Traffic most = ReluLayer(protocol, 511);
    const Traffic one = ReluLayer(protocol, 1);
    const Traffic none = ReluLayer(protocol, 0);
    EXPECT_EQ(one.flights, most.flights) << protocol;
    EXPECT_LT(one.server_to_client, most.server_to_client) << protocol;
    EXPECT_LT(none.flights, one.flights) << protocol;
    EXPECT_GT(none.flights.value(), 0) << protocol;  // what is left is the truncation
  }
}

TEST(PartlyKeptRelus, DelphiPaysForEachReluAlone) {
  const auto total = [](int64_t kept) {
    GraphBuilder b;
    const ProtocolPlan plan = PlanOf(
        "delphi",
        b.Build({b.Conv(b.Relu(b.Conv(b.Input({1, 8, 8, 8}), 8, 3, 1, 1), kept), 8, 3, 1, 1)}));
    return plan.TotalTraffic(Phase::kOnline);
  };
  EXPECT_EQ(total(512).server_to_client.value() - total(511).server_to_client.value(), 1'184);
  EXPECT_EQ(total(1).flights, total(512).flights);
  EXPECT_EQ(total(1).flights.value() - total(0).flights.value(), 1);
}

TEST(TruncationPlacement, LateSavesTraffic) {
  const graph::Graph graph = testing_support::ResNet18Cifar();
  for (const std::string protocol : {"cheetah", "cryptflow2-he", "cryptflow2-ot"}) {
    const auto bytes = [&](int64_t early) {
      const Traffic traffic =
          PlanOf(protocol, graph, {{"early_truncation", early}}).TotalTraffic(Phase::kOnline);
      return std::pair(traffic.client_to_server.value() + traffic.server_to_client.value(),
                       traffic.flights.value());
    };
    EXPECT_LT(bytes(0).first, bytes(1).first) << protocol;
    EXPECT_LT(bytes(0).second, bytes(1).second) << protocol;
  }
}

// Figures of the specification, section 5: bytes each way of one ReLU or polynomial.
TEST(PolynomialActivations, CostWhatTheirSchemesOpen) {
  const auto each_way = [](const std::string& protocol, int64_t degree, Parameters parameters) {
    GraphBuilder b;
    graph::Activation polynomial;
    polynomial.kind = graph::ActivationKind::kPolynomial;
    polynomial.degree = degree;
    const ProtocolPlan plan =
        PlanOf(protocol, b.Build({b.Activate(b.Input({1000}), polynomial)}), parameters);
    const Traffic traffic = plan.TotalTraffic(Phase::kOnline);
    EXPECT_EQ(traffic.client_to_server, traffic.server_to_client);
    EXPECT_EQ(traffic.flights.value(), 1);
    return traffic.client_to_server.value() / 1000;
  };
  EXPECT_EQ(each_way("pillar-espn", 2, {}), 48);
  EXPECT_EQ(each_way("pillar-espn", 3, {}), 112);
  EXPECT_EQ(each_way("pillar-espn", 4, {}), 192);
  EXPECT_EQ(each_way("pillar-honeybadger", 4, {}), 40);
  EXPECT_EQ(each_way("pillar-honeybadger", 4, {{"grouped", 0}}), 8);
  EXPECT_EQ(each_way("crypten", 2, {}), 8);
}

TEST(PolynomialActivations, CrypTensReluTakesNineExchangesOf184Bytes) {
  GraphBuilder b;
  const Traffic traffic =
      PlanOf("crypten", b.Build({b.Relu(b.Input({1000}))})).TotalTraffic(Phase::kOnline);
  EXPECT_EQ(traffic.client_to_server.value(), 184 * 1000);
  EXPECT_EQ(traffic.server_to_client.value(), 184 * 1000);
  EXPECT_EQ(traffic.flights.value(), 9);
}

}  // namespace
}  // namespace picost::spec
