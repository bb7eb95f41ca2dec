// The catalogue's forms of garbled circuits and OT against every row measured
// with emp-tool and emp-ot.
#include <cstdint>
#include <string>
#include <vector>

#include "estimator/primitives/catalog.h"
#include "estimator/primitives/primitive.h"
#include "gtest/gtest.h"
#include "tests/spec/measured_rows.h"

namespace picost::spec {
namespace {

using primitives::Executor;
using primitives::Parameters;
using primitives::Phase;
using primitives::Traffic;

Traffic TrafficOf(const char* id, const Parameters& parameters, int64_t count) {
  auto call = primitives::MakeCall(id, parameters, count, Phase::kOnline, Executor::kServer);
  EXPECT_TRUE(call.ok()) << call.status();
  return call->traffic;
}

// 41 where the circuit works modulo DELPHI's prime, else the ring's width.
int64_t ElementBits(const MeasuredRow& row) {
  const std::string mod = row.shape.count("mod") != 0 ? row.shape.at("mod") : "ring32";
  return mod[0] == 'p' ? std::stoll(mod.substr(1)) : std::stoll(mod.substr(4));
}

// Operands of a circuit: the shares of one element for a ReLU, of four for a
// maximum over 2x2.
int64_t Operands(const MeasuredRow& row) {
  return row.op.find("maxpool") != std::string::npos ? 4 : 1;
}

void ExpectRow(const Traffic& predicted, const MeasuredRow& row) {
  SCOPED_TRACE(row.line);
  EXPECT_EQ(predicted.server_to_client.value(), row.server_bytes);
  EXPECT_EQ(predicted.client_to_server.value(), row.client_bytes);
}

TEST(EmpGarbling, SendsTheMeasuredBytes) {
  int checked = 0;
  for (const char* op : {"gc_relu_offline_garble_send", "gc_maxpool2x2_offline_garble_send"}) {
    for (const MeasuredRow& row : ReadMeasuredRows("emp", op)) {
      const Traffic traffic = TrafficOf("gc.garble",
                                        {{"and_gates", row.Int("ands")},
                                         {"extra_blocks", 0},
                                         {"sent_labels", 0},
                                         {"decoding_bits", ElementBits(row)},
                                         {"block_bytes", 16},
                                         {"label_bytes", 16},
                                         {"circuit_bytes", 0},
                                         {"chunk_circuits", int64_t{1} << 40},
                                         {"chunk_bytes", 80},
                                         {"garbler_is_client", 0}},
                                        row.Int("n"));
      ExpectRow(traffic, row);
      EXPECT_EQ(traffic.flights.value(), row.rounds) << row.line;
      ++checked;
    }
  }
  EXPECT_EQ(checked, 23);
}

TEST(EmpEvaluation, SendsLabelsAndReturnsBitsAsMeasured) {
  for (const char* op : {"gc_relu_online", "gc_maxpool2x2_online"}) {
    const auto rows = ReadMeasuredRows("emp", op);
    EXPECT_FALSE(rows.empty());
    for (const MeasuredRow& row : rows) {
      const int64_t bits = ElementBits(row);
      Traffic traffic = TrafficOf("gc.send_labels",
                                  {{"labels", Operands(row) * bits},
                                   {"label_bytes", 16},
                                   {"circuit_bytes", 0},
                                   {"message_bytes", 0},
                                   {"garbler_is_client", 0}},
                                  row.Int("n"));
      traffic += TrafficOf(
          "gc.evaluate",
          {{"and_gates", row.Int("ands")}, {"returned_bits", bits}, {"garbler_is_client", 0}},
          row.Int("n"));
      ExpectRow(traffic, row);
      EXPECT_EQ(traffic.flights.value(), row.rounds) << row.line;
    }
  }
}

const Parameters& IknpSetup() {
  static const Parameters* const parameters = new Parameters{
      {"sender_bytes", 8'832}, {"receiver_bytes", 4'165}, {"flights", 3}, {"sender_is_client", 0}};
  return *parameters;
}

Traffic Extension(int64_t message_bytes, int64_t ots) {
  return TrafficOf("ot.extension",
                   {{"message_bytes", message_bytes},
                    {"answer_bytes", 16},
                    {"quantum", 128},
                    {"sender_is_client", 0}},
                   ots);
}

TEST(EmpIknp, SendsTheMeasuredBytes) {
  for (const MeasuredRow& row : ReadMeasuredRows("emp", "iknp_setup")) {
    ExpectRow(TrafficOf("ot.setup", IknpSetup(), 1), row);
  }
  for (const MeasuredRow& row : ReadMeasuredRows("emp", "iknp_cot")) {
    ExpectRow(Extension(0, row.Int("n")), row);
    EXPECT_EQ(Extension(0, row.Int("n")).flights.value(), row.rounds);
  }
  for (const MeasuredRow& row : ReadMeasuredRows("emp", "iknp_ot_chosen")) {
    ExpectRow(Extension(16, row.Int("n")), row);
    EXPECT_EQ(Extension(16, row.Int("n")).flights.value(), row.rounds);
  }
  int checked = 0;
  for (const char* op : {"gc_relu_offline_ot_iknp", "gc_maxpool2x2_offline_ot_iknp"}) {
    for (const MeasuredRow& row : ReadMeasuredRows("emp", op)) {
      Traffic traffic = TrafficOf("ot.setup", IknpSetup(), 1);
      traffic += Extension(0, row.Int("ots"));
      ExpectRow(traffic, row);
      EXPECT_EQ(traffic.flights.value(), row.rounds) << row.line;
      ++checked;
    }
  }
  EXPECT_EQ(checked, 21);
}

TEST(EmpFerret, SendsTheMeasuredBytes) {
  const Parameters server = {{"sender_is_client", 0}};
  const auto setup_rows = ReadMeasuredRows("emp", "ferret_setup");
  ASSERT_EQ(setup_rows.size(), 1u);
  ExpectRow(TrafficOf("ot.ferret_setup", server, 1), setup_rows[0]);
  const Traffic extension = TrafficOf("ot.ferret_extension", server, 1);
  EXPECT_EQ(extension.server_to_client.value(), 559'456);
  int checked = 0;
  for (const char* op : {"ferret_rcot", "ferret_cot"}) {
    for (const MeasuredRow& row : ReadMeasuredRows("emp", op)) {
      SCOPED_TRACE(row.line);
      // Whole extensions from the sender; a choice bit for each OT from the receiver.
      EXPECT_EQ(row.server_bytes % extension.server_to_client.value(), 0);
      EXPECT_LE(row.server_bytes / extension.server_to_client.value(),
                row.Int("n") / 10'001'853 + 1);
      EXPECT_EQ(
          row.client_bytes,
          std::string(op) == "ferret_rcot"
              ? 0
              : TrafficOf("ot.ferret_correlated", server, row.Int("n")).client_to_server.value());
      ++checked;
    }
  }
  EXPECT_EQ(checked, 15);
}

}  // namespace
}  // namespace picost::spec
