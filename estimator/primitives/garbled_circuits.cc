// Half-gates garbling (Zahur, Rosulek, Evans, EUROCRYPT 2015): two 16-byte blocks
// for each AND gate, XOR is free. What a circuit puts on the wire beside its gates,
// and in how many bytes a block is written, differ by code base and are parameters:
//   DELPHI (fancy-garbling, bincode): a block takes 24 bytes, a label 28, each
//     circuit 8 bytes of length, each chunk of 8,192 circuits 16;
//   emp-tool: a block takes 16 bytes, output bits are decoded from packed bits,
//     80 bytes for each message.
#include "estimator/primitives/garbled_circuits.h"

#include <cstdint>

#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

constexpr char kCitation[] =
    "Half gates (Zahur et al., EUROCRYPT 2015); wire formats of DELPHI (mc2-project) and "
    "emp-tool, measured";

Traffic OneWay(bool client_sends, int64_t bytes) {
  return {.client_to_server = Bytes(client_sends ? bytes : 0),
          .server_to_client = Bytes(client_sends ? 0 : bytes),
          .flights = Flights(bytes > 0 ? 1 : 0)};
}

// Per circuit: 2 blocks per AND gate, extra blocks (output wires, constants),
// the garbler's own input labels where they travel with the tables, decoding bits.
Traffic GarbleTraffic(const Parameters& p, int64_t count) {
  const int64_t circuit = p.Get("circuit_bytes") +
                          p.Get("block_bytes") * (2 * p.Get("and_gates") + p.Get("extra_blocks")) +
                          p.Get("label_bytes") * p.Get("sent_labels");
  const int64_t chunks = CeilDiv(count, p.Get("chunk_circuits"));
  return OneWay(p.Get("garbler_is_client") != 0,
                Sum({Product({count, circuit}), PackedBytes(count, p.Get("decoding_bits")),
                     Product({chunks, p.Get("chunk_bytes")})}));
}
// Gates are hashed; input labels are fetched from where transfers and messages left them
// and go through the XORs around the gates, whose number grows with theirs.
std::vector<int64_t> GateUse(const Parameters& p, int64_t count) {
  return {count, Product({count, p.Get("and_gates")}),
          Product({count, p.GetOr("input_labels", 0)})};
}

Traffic LabelTraffic(const Parameters& p, int64_t count) {
  return OneWay(p.Get("garbler_is_client") != 0,
                Sum({Product({count, Sum({Product({p.Get("labels"), p.Get("label_bytes")}),
                                          p.Get("circuit_bytes")})}),
                     p.Get("message_bytes")}));
}
std::vector<int64_t> LabelUse(const Parameters& p, int64_t count) {
  return {count, Product({count, p.Get("labels")})};
}

Traffic EvaluateTraffic(const Parameters& p, int64_t count) {
  return OneWay(p.Get("garbler_is_client") == 0, PackedBytes(count, p.Get("returned_bits")));
}

ParameterSpec Garbler() {
  return {"garbler_is_client", "1: the client garbles and the server evaluates", 0, 1, false};
}

}  // namespace

std::vector<PrimitiveSpec> GarbledCircuitPrimitives() {
  const auto base = [](const char* id, const char* unit) {
    PrimitiveSpec spec;
    spec.id = id;
    spec.family = Family::kGarbling;
    spec.unit = unit;
    spec.citation = kCitation;
    spec.status = FormStatus::kVerified;
    return spec;
  };
  constexpr int64_t kGates = int64_t{1} << 32;
  const ParameterSpec gates = {"and_gates", "AND gates of one circuit", 0, kGates, false};
  const ParameterSpec input_labels = {
      "input_labels",
      "labels of the inputs of one circuit, both parties'; left away: not stated",
      0,
      kGates,
      false,
      true};
  std::vector<UsageSpec> gate_usage = {{"circuits", "circuits"},
                                       {"and_gates", "AND gates over all circuits"},
                                       {"input_labels", "input labels over all circuits"}};
  gate_usage[2].refines = true;
  std::vector<PrimitiveSpec> specs;

  PrimitiveSpec garble = base("gc.garble", "one circuit garbled and sent");
  garble.parameters = {
      gates,
      {"extra_blocks", "blocks beside the gates': output wires, constants", 0, kGates, false},
      {"sent_labels", "garbler's input labels sent with the tables", 0, kGates, false},
      {"decoding_bits", "output decoding bits, packed over all circuits", 0, kGates, false},
      {"block_bytes", "bytes of a 128-bit block on the wire", 16, 64, false},
      {"label_bytes", "bytes of a label on the wire", 16, 64, false},
      {"circuit_bytes", "framing for each circuit", 0, 1024, false},
      {"chunk_circuits", "circuits in one message", 1, int64_t{1} << 62, false},
      {"chunk_bytes", "framing for each message", 0, 1024, false},
      Garbler(),
      input_labels};
  garble.usage = gate_usage;
  garble.usage[1].counted = Operation::kGarbledGate;
  garble.traffic = GarbleTraffic;
  garble.use = GateUse;
  specs.push_back(garble);

  PrimitiveSpec labels = base("gc.send_labels", "one circuit's labels of the garbler's inputs");
  labels.parameters = {{"labels", "labels of one circuit", 1, kGates, false},
                       {"label_bytes", "bytes of a label on the wire", 16, 64, false},
                       {"circuit_bytes", "framing for each circuit", 0, 1024, false},
                       {"message_bytes", "framing for the message", 0, 1024, false},
                       Garbler()};
  labels.usage = {{"circuits", "circuits"}, {"labels", "labels chosen and sent"}};
  labels.traffic = LabelTraffic;
  labels.use = LabelUse;
  specs.push_back(labels);

  PrimitiveSpec evaluate = base("gc.evaluate", "one circuit evaluated");
  evaluate.parameters = {
      gates,
      {"returned_bits", "output bits that the evaluator sends back, packed", 0, kGates, false},
      Garbler(),
      input_labels};
  evaluate.usage = gate_usage;
  evaluate.traffic = EvaluateTraffic;
  evaluate.use = GateUse;
  specs.push_back(evaluate);
  return specs;
}

}  // namespace picost::primitives
