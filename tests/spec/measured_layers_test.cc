// The catalogue's forms against the layers of whole networks that were measured.
#include <cmath>
#include <cstdint>

#include "estimator/primitives/primitive.h"
#include "gtest/gtest.h"
#include "tests/spec/measured_calls.h"
#include "tests/spec/measured_rows.h"

namespace picost::spec {
namespace {

using primitives::PrimitiveCall;

// The first division of a connection sets IKNP up.
constexpr int64_t kServerSetup = 8'832;
constexpr int64_t kClientSetup = 12'997;
constexpr int64_t kSetupRounds = 2;

double Error(int64_t predicted, int64_t measured) {
  return std::abs(static_cast<double>(predicted) / static_cast<double>(measured) - 1);
}

TEST(MeasuredLayers, HaveTheBytesAndRoundsOfTheirForms) {
  int exact = 0, bounded = 0;
  for (const MeasuredLayer& layer : ReadMeasuredLayers()) {
    SCOPED_TRACE(layer.row.line);
    const PrimitiveCall call = CallOfRow(layer.row);
    int64_t server = call.traffic.server_to_client.value();
    int64_t client = call.traffic.client_to_server.value();
    int64_t flights = call.traffic.flights.value();
    const double bound = call.spec->traffic_relative_bound;
    if (bound > 0) {
      EXPECT_LE(Error(server, layer.server_least), bound);
      EXPECT_LE(Error(server, layer.server_most), bound);
      EXPECT_LE(Error(client, layer.client_least), bound);
      EXPECT_LE(Error(client, layer.client_most), bound);
      ++bounded;
    } else {
      const bool holds_setup = layer.server_most == server + kServerSetup;
      const bool all_hold_it = holds_setup && layer.server_least == layer.server_most;
      EXPECT_EQ(layer.server_least, server + (all_hold_it ? kServerSetup : 0));
      EXPECT_EQ(layer.server_most, server + (holds_setup ? kServerSetup : 0));
      EXPECT_EQ(layer.client_least, client + (all_hold_it ? kClientSetup : 0));
      EXPECT_EQ(layer.client_most, client + (holds_setup ? kClientSetup : 0));
      if (holds_setup) flights += kSetupRounds;
      ++exact;
    }
    // Rounds of layers may be counted 1 low: the first message of a network always is.
    EXPECT_LE(layer.rounds_most, flights);
    EXPECT_GE(layer.rounds_most, flights - (layer.first ? 1 : 0));
  }
  EXPECT_EQ(exact, 49);
  EXPECT_EQ(bounded, 30);
}

}  // namespace
}  // namespace picost::spec
