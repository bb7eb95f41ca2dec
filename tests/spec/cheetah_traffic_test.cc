// The catalogue's forms of Cheetah against every measured row.
#include <cmath>
#include <cstdint>

#include "estimator/primitives/catalog.h"
#include "estimator/primitives/primitive.h"
#include "gtest/gtest.h"
#include "tests/spec/measured_calls.h"
#include "tests/spec/measured_rows.h"
#include "tests/spec/plans.h"

namespace picost::spec {
namespace {

using primitives::Parameters;
using primitives::PrimitiveCall;
using primitives::Traffic;

constexpr int64_t kExtensionYield = 10'001'853;
constexpr int64_t kExtensionBytes = 559'456;

class InteractiveTraffic : public testing::TestWithParam<const char*> {};

TEST_P(InteractiveTraffic, EqualsEveryMeasuredRowExactly) {
  const auto rows = ReadMeasuredRows("cheetah", GetParam());
  ASSERT_FALSE(rows.empty());
  for (const MeasuredRow& row : rows) {
    SCOPED_TRACE(row.line);
    const PrimitiveCall call = CallOfRow(row);
    // How many Ferret extensions ran inside: the counters tell.
    ASSERT_GE(call.pools.size(), 2u);
    const int64_t straight = (call.pools[0].amount - row.dcot) / kExtensionYield;
    const int64_t reversed = (call.pools[1].amount - row.dcot_rev) / kExtensionYield;
    EXPECT_EQ(call.pools[0].amount, row.dcot + straight * kExtensionYield);
    EXPECT_EQ(call.pools[1].amount, row.dcot_rev + reversed * kExtensionYield);

    int64_t server = call.traffic.server_to_client.value() + straight * kExtensionBytes;
    int64_t client = call.traffic.client_to_server.value() + reversed * kExtensionBytes;
    int64_t flights = call.traffic.flights.value();
    if (row.op == "avgpool" && row.server_bytes == server + 8'832) {  // first in its connection
      const PrimitiveCall first = Call("cheetah.division_setup", {}, 1);
      server += first.traffic.server_to_client.value();
      client += first.traffic.client_to_server.value();
      flights += first.traffic.flights.value();
    }
    EXPECT_EQ(server, row.server_bytes);
    EXPECT_EQ(client, row.client_bytes);
    EXPECT_GE(row.rounds, flights);
    EXPECT_LE(row.rounds, flights + 2 * (straight + reversed));
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, InteractiveTraffic,
                         testing::Values("relu", "relu_trunc", "trunc", "maxpool", "avgpool",
                                         "argmax"),
                         [](const auto& test) { return std::string(test.param); });

class HomomorphicTraffic : public testing::TestWithParam<const char*> {};

TEST_P(HomomorphicTraffic, IsWithinTheBoundThatTheCatalogueStates) {
  const auto rows = ReadMeasuredRows("cheetah", GetParam());
  ASSERT_FALSE(rows.empty());
  for (const MeasuredRow& row : rows) {
    SCOPED_TRACE(row.line);
    const PrimitiveCall call = CallOfRow(row);
    const double bound = call.spec->traffic_relative_bound;
    EXPECT_LE(bound, 0.003);
    const auto error = [](int64_t predicted, int64_t measured) {
      return std::abs(static_cast<double>(predicted) / static_cast<double>(measured) - 1);
    };
    EXPECT_LE(error(call.traffic.server_to_client.value(), row.server_bytes), bound);
    EXPECT_LE(error(call.traffic.client_to_server.value(), row.client_bytes), bound);
    EXPECT_EQ(call.traffic.flights.value(), row.rounds);
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, HomomorphicTraffic,
                         testing::Values("conv", "fc", "bn", "ewmul_he"),
                         [](const auto& test) { return std::string(test.param); });

TEST(SetupTraffic, EqualsTheRowsThatBootstrapSilentOt) {
  int checked = 0;
  for (const MeasuredRow& row : ReadMeasuredRows("cheetah", "setup")) {
    if (row.rounds == 14) continue;  // resumed from a file of correlations
    const PrimitiveCall call = CallOfRow(row);
    EXPECT_EQ(call.traffic.server_to_client.value(), row.server_bytes);
    EXPECT_NEAR(static_cast<double>(call.traffic.client_to_server.value()),
                static_cast<double>(row.client_bytes), 50);
    EXPECT_EQ(call.traffic.flights.value(), row.rounds);
    ++checked;
  }
  EXPECT_EQ(checked, 5);
}

// Row V10: four convolutions of ResNet-50, MiB that the client sent (OpenCheetah
// issue 26); padded before.
TEST(PublishedTraffic, EqualsTheCiphertextsOfFourConvolutions) {
  struct Layer {
    int64_t side, in, out, kernel, stride;
    double mebibytes;
  };
  for (const Layer& layer :
       {Layer{230, 3, 64, 7, 2, 2.85732}, Layer{14, 256, 1024, 1, 1, 0.773769},
        Layer{14, 1024, 2048, 1, 2, 0.773945}, Layer{14, 1024, 512, 1, 1, 3.09553}}) {
    const PrimitiveCall call = Call("cheetah.conv",
                                    {{"ring_bits", 37},
                                     {"in_channels", layer.in},
                                     {"out_channels", layer.out},
                                     {"height", layer.side},
                                     {"width", layer.side},
                                     {"kernel_height", layer.kernel},
                                     {"kernel_width", layer.kernel},
                                     {"stride_height", layer.stride},
                                     {"stride_width", layer.stride},
                                     {"pad_top", 0},
                                     {"pad_bottom", 0},
                                     {"pad_left", 0},
                                     {"pad_right", 0},
                                     {"client_plaintext_input", 0}},
                                    1);
    EXPECT_NEAR(
        static_cast<double>(call.traffic.client_to_server.value()) / 1048576 / layer.mebibytes, 1,
        0.0002)
        << layer.side << " " << layer.in << " " << layer.out;
  }
}

// Row V12: bootstrap in both directions and a first extension: 1,726,247 bytes that
// one party sent for each thread (OpenCheetah issue 26).
TEST(PublishedTraffic, EqualsTheBootstrapOfSilentOt) {
  int64_t sent = 0;
  for (int64_t client : {0, 1}) {
    sent +=
        Call("ot.ferret_setup", {{"sender_is_client", client}}, 1).traffic.server_to_client.value();
  }
  sent +=
      Call("ot.ferret_extension", {{"sender_is_client", 0}}, 1).traffic.server_to_client.value();
  EXPECT_EQ(sent, 1'726'247);
}

// Row V13: one comparison costs as much as eight; 44 bytes each at 32 bits, 11 bits
// for each bit of the operands, is the most that Cheetah's paper allows.
TEST(PublishedTraffic, PadsOneComparisonToEight) {
  const Parameters parameters = {{"ring_bits", 32}};
  const Traffic one = Call("cheetah.compare", parameters, 1).traffic;
  EXPECT_EQ(one, Call("cheetah.compare", parameters, 8).traffic);
  const int64_t constants = 16 + 16 + 16;  // seeds of the three batches
  EXPECT_LE(one.client_to_server.value() + one.server_to_client.value() - constants, 8 * 44);
}

}  // namespace
}  // namespace picost::spec
