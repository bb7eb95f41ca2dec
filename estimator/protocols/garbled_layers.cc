#include "estimator/protocols/garbled_layers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/primitives/cheetah_steps.h"
#include "estimator/primitives/forms.h"

namespace picost::protocols {

using primitives::Executor;
using primitives::MemoryItem;
using primitives::Parameters;
using primitives::Phase;
using primitives::Product;
using primitives::Sum;

namespace {

constexpr int64_t kCircuitFraming = 8;    // length of a serialised circuit
constexpr int64_t kChunkCircuits = 8192;  // circuits in one message
constexpr int64_t kChunkFraming = 16;
constexpr int64_t kLabelMessageFraming = 6;
constexpr int64_t kCiphertextFraming = 8;  // length of a vector of ciphertexts
constexpr int64_t kOtQuantum = 128;
constexpr int64_t kCoefficientBytes = 8;
// Base OTs of an extension: its sender keeps one seed of each and its choices, its
// receiver both seeds.
constexpr int64_t kBaseOts = 128;
constexpr int64_t kSeedBytes = 16;
constexpr int64_t kFerretBytes = 10'608'640 * int64_t{16};

}  // namespace

void GarbledLayers::StartLayer() {
  calls_ = CallList();
  note_.clear();
  layer_storage_ = {};
}

void GarbledLayers::Note(std::string_view note) {
  absl::StrAppend(&note_, note_.empty() ? "" : "; ", std::string(note));
}

Phase GarbledLayers::LinearPhase() const {
  return options_.linear_offline ? Phase::kOffline : Phase::kOnline;
}
Phase GarbledLayers::GarblingPhase() const {
  return options_.garbling_offline ? Phase::kOffline : Phase::kOnline;
}
// Where labels of the evaluator's inputs are transferred: the client knows its
// share before the input if linear layers ran on masks; the server never does.
Phase GarbledLayers::TransferPhase() const {
  const bool known_before = options_.linear_offline && !options_.client_garbles;
  return known_before ? GarblingPhase() : Phase::kOnline;
}
Executor GarbledLayers::Garbler() const {
  return options_.client_garbles ? Executor::kClient : Executor::kServer;
}
Executor GarbledLayers::Evaluator() const {
  return options_.client_garbles ? Executor::kServer : Executor::kClient;
}
Parameters GarbledLayers::HeParameters() const {
  return {{"ring_degree", options_.ring_degree}, {"data_primes", options_.data_primes}};
}

void GarbledLayers::Keep(Storage& kind, int64_t client, int64_t server) {
  for (Storage* sum : {&kind, &storage_, &layer_storage_}) {
    sum->client = Bytes(Sum({sum->client.value(), client}));
    sum->server = Bytes(Sum({sum->server.value(), server}));
  }
}

void GarbledLayers::AddLinear(const SimdWork& work, int64_t count, int64_t inputs, int64_t outputs,
                              int64_t macs, bool first) {
  Parameters encrypt = HeParameters();
  encrypt.Set("ciphertext_bytes", options_.request_ciphertext_bytes);
  encrypt.Set("message_bytes", kCiphertextFraming * count);
  calls_.Add("he.encrypt", encrypt, Product({work.input_ciphertexts, count}), LinearPhase(),
             Executor::kClient);
  Parameters evaluate = HeParameters();
  evaluate.Set("products", work.products);
  evaluate.Set("key_switches", work.key_switches);
  evaluate.Set("encodings", options_.linear_offline ? 0 : work.products);
  evaluate.Set("output_ciphertexts", work.output_ciphertexts);
  evaluate.Set("ciphertext_bytes", options_.reply_ciphertext_bytes);
  evaluate.Set("message_bytes", kCiphertextFraming);
  calls_.Add("he.linear_evaluation", evaluate, count, LinearPhase(), Executor::kServer);
  calls_.Add("he.decrypt", HeParameters(), Product({work.output_ciphertexts, count}), LinearPhase(),
             Executor::kClient);
  largest_ciphertexts_ =
      std::max(largest_ciphertexts_,
               Sum({Product({work.input_ciphertexts, options_.request_ciphertext_bytes}),
                    Product({work.output_ciphertexts, options_.reply_ciphertext_bytes})}));
  if (!options_.linear_offline) return;
  encoded_products_ = Sum({encoded_products_, Product({work.products, count})});
  // Where the client garbles, the server evaluates and so holds x - r already.
  if (!options_.client_garbles || first) {
    calls_.Add("shares.send",
               {{"element_bytes", options_.element_bytes},
                {"message_bytes", options_.message_bytes},
                {"client_sends", 1}},
               Product({inputs, count}), Phase::kOnline, Executor::kClient);
  }
  calls_.Add("plaintext.field_macs", {{"field_bits", options_.field_bits}}, Product({macs, count}),
             Phase::kOnline, Executor::kServer);
  // r and the share of M r at the client, s at the server.
  Keep(masks_, Product({options_.element_bytes, inputs + outputs, count}),
       Product({options_.element_bytes, outputs, count}));
}

void GarbledLayers::AddScaling(int64_t elements, bool first) {
  const int64_t blocks = CeilDiv(elements, options_.ring_degree);
  AddLinear({blocks, blocks, blocks, 0}, 1, elements, elements, elements, first);
  Note("private scale as a diagonal linear layer: derived");
}

void GarbledLayers::AddCircuits(int64_t gates, int64_t operands, int64_t count) {
  const CircuitSizes& circuit = options_.circuit;
  const int64_t inputs = Product({operands, circuit.wires});
  // Two blocks for each output wire and one for each of two constants.
  const int64_t extra_blocks = 2 * circuit.wires + 2;
  // Both parties' shares, and the mask.
  const int64_t input_labels = 2 * inputs + circuit.wires;
  calls_.Add("gc.garble",
             {{"and_gates", gates},
              {"extra_blocks", extra_blocks},
              {"sent_labels", circuit.wires},
              {"decoding_bits", 0},
              {"block_bytes", circuit.block_bytes},
              {"label_bytes", circuit.label_bytes},
              {"circuit_bytes", kCircuitFraming},
              {"chunk_circuits", kChunkCircuits},
              {"chunk_bytes", kChunkFraming},
              {"garbler_is_client", ClientGarbles()},
              {"input_labels", input_labels}},
             count, GarblingPhase(), Garbler());
  if (options_.silent_ot) {
    // A choice bit for each; the labels' offset is the correlation itself.
    calls_.Add("ot.ferret_correlated", {{"sender_is_client", ClientGarbles()}},
               Product({inputs, count}), TransferPhase(), Executor::kJoint);
  } else {
    calls_.Add("ot.extension",
               {{"message_bytes", 16},
                {"answer_bytes", 0},
                {"quantum", kOtQuantum},
                {"sender_is_client", ClientGarbles()}},
               Product({inputs, count}), TransferPhase(), Executor::kJoint);
  }
  // Labels of the garbler's own share.
  calls_.Add("gc.send_labels",
             {{"labels", inputs},
              {"label_bytes", circuit.label_bytes},
              {"circuit_bytes", kCircuitFraming},
              {"message_bytes", kLabelMessageFraming},
              {"garbler_is_client", ClientGarbles()}},
             count, Phase::kOnline, Garbler());
  calls_.Add("gc.evaluate",
             {{"and_gates", gates},
              {"returned_bits", 0},
              {"garbler_is_client", ClientGarbles()},
              {"input_labels", input_labels}},
             count, Phase::kOnline, Evaluator());
  // The evaluator keeps the circuit, and its own labels where they were transferred
  // beforehand; the garbler keeps a label of each input that is still open (free-XOR
  // gives the other one).
  const bool transferred = TransferPhase() != Phase::kOnline || !options_.garbling_offline;
  const int64_t tables =
      Sum({kCircuitFraming, Product({circuit.block_bytes, Sum({2 * gates, extra_blocks})})});
  const int64_t evaluator =
      Sum({tables, Product({circuit.label_bytes, circuit.wires + (transferred ? inputs : 0)})});
  // A garbling client keeps input labels of both values and output labels: 3,590 bytes
  // on 42 wires with labels of 28, as published.
  const int64_t garbler =
      options_.client_garbles
          ? Sum({Product({circuit.label_bytes, 2 * inputs + circuit.wires}), 62})
          : Product({circuit.label_bytes, (transferred ? 1 : 2) * inputs});
  const int64_t client = Product({options_.client_garbles ? garbler : evaluator, count});
  const int64_t server = Product({options_.client_garbles ? evaluator : garbler, count});
  if (options_.garbling_offline) {
    Keep(circuits_, client, server);
    return;
  }
  largest_circuits_.client = std::max(largest_circuits_.client, Bytes(client));
  largest_circuits_.server = std::max(largest_circuits_.server, Bytes(server));
}

void GarbledLayers::AddMaximum(int64_t window, int64_t count) {
  if (window <= 1) return;
  AddCircuits(MaximumGates(options_.circuit, window), window, count);
  Note("maximum in a garbled circuit: derived, the papers have none");
}

void GarbledLayers::AddProducts(int64_t count) {
  if (count == 0) return;
  multiplies_ = true;
  Parameters triples = HeParameters();
  triples.Set("ciphertext_bytes", options_.request_ciphertext_bytes);
  calls_.Add("he.multiplication_triples", triples, count,
             options_.linear_offline ? Phase::kOffline : Phase::kOnline, Executor::kJoint);
  calls_.Add("beaver.multiply", {{"element_bytes", options_.element_bytes}, {"field", 1}}, count,
             Phase::kOnline, Executor::kJoint);
  const int64_t triple = Product({3 * options_.element_bytes, count});
  Keep(triples_, triple, triple);
}

// Rotations by powers of two in both directions and one column swap; none where slots
// are filled element by element. A key for relinearization: DELPHI's code makes one in
// any case, the others where shares are multiplied.
int64_t GarbledLayers::SwitchingKeys() const {
  return Rotates() ? 2 * (CeilLog2(options_.ring_degree) - 1) : 0;
}
int64_t GarbledLayers::RelinearizationKeys() const {
  return options_.packing == Packing::kDelphi || multiplies_ ? 1 : 0;
}

void GarbledLayers::AddSetup(CallList& setup) const {
  Parameters keys = HeParameters();
  keys.Set("galois_keys", SwitchingKeys());
  keys.Set("relinearization_keys", RelinearizationKeys());
  keys.Set("public_keys", 1);
  keys.Set("framing_bytes", options_.key_framing_bytes);
  setup.Add("he.keygen", keys, 1, Phase::kSetup, Executor::kClient);
  if (options_.silent_ot) {
    setup.Add("ot.ferret_setup", {{"sender_is_client", ClientGarbles()}}, 1, Phase::kSetup,
              Executor::kJoint);
    return;
  }
  setup.Add("ot.setup",
            {{"sender_bytes", 4096},
             {"receiver_bytes", 4096},
             {"flights", 3},
             {"sender_is_client", ClientGarbles()}},
            1, Phase::kSetup, Executor::kJoint);
}

// The bootstrap leaves no correlated OTs beyond what the extensions need: the first OT of
// a connection already extends, then every 10,001,853rd one (measured: 559,456 bytes with
// 65,536 and with 4,194,304 OTs after the set-up).
absl::Status GarbledLayers::Finish(ProtocolPlan& plan) const {
  if (!options_.silent_ot) return absl::OkStatus();
  const int64_t yield = primitives::FerretExtensionYield();
  return RefillPools({{.pool = options_.client_garbles ? "ferret_reversed" : "ferret_straight",
                       .yield = yield,
                       .primitive = "ot.ferret_extension",
                       .parameters = {{"sender_is_client", ClientGarbles()}},
                       .drawn_before = yield - 1,
                       .phase = TransferPhase()}},
                     plan);
}

std::vector<MemoryItem> GarbledLayers::Memory() const {
  // Polynomials over all primes, the special one included.
  const int64_t polynomial =
      Product({options_.ring_degree, options_.data_primes + 1, kCoefficientBytes});
  const int64_t keys = SwitchingKeys() + RelinearizationKeys();
  const int64_t sender = kBaseOts * kSeedBytes + kBaseOts / 8;
  const int64_t receiver = 2 * kBaseOts * kSeedBytes;
  std::vector<MemoryItem> items = {
      {.name = "keys",
       .phase = Phase::kSetup,
       .client = Bytes(polynomial),
       .server = Bytes(Sum({Product({keys, options_.data_primes, 2, polynomial}), 2 * polynomial})),
       .note = "client: the secret key; server: public key and switching keys, out of their seeds"},
      options_.silent_ot ? MemoryItem{.name = "silent OT",
                                      .phase = Phase::kSetup,
                                      .client = Bytes(kFerretBytes),
                                      .server = Bytes(kFerretBytes),
                                      .note = "a Ferret instance of 10,608,640 blocks of 16 bytes"}
                         : MemoryItem{.name = "base OTs",
                                      .phase = Phase::kSetup,
                                      .client = Bytes(options_.client_garbles ? sender : receiver),
                                      .server = Bytes(options_.client_garbles ? receiver : sender),
                                      .note = "seeds of 128 base OTs; the garbler is the sender"}};
  const auto add = [&items](const char* name, Phase phase, Bytes client, Bytes server,
                            const char* note) {
    if (client == Bytes(0) && server == Bytes(0)) return;
    items.push_back(
        {.name = name, .phase = phase, .client = client, .server = server, .note = note});
  };
  add("encoded weights", Phase::kSetup, Bytes(0),
      Bytes(Product({encoded_products_, options_.ring_degree, kCoefficientBytes})),
      "a plaintext for each product, encoded once; the client has no weights");
  add("masks of linear layers", Phase::kOffline, masks_.client, masks_.server,
      "client: r and its share of M r; server: s");
  add("garbled circuits and labels", Phase::kOffline, circuits_.client, circuits_.server,
      "evaluator: tables and its labels; garbler: labels of its inputs");
  add("multiplication triples", Phase::kOffline, triples_.client, triples_.server,
      "three elements each");
  add("garbled circuits of the largest layer", Phase::kOnline, largest_circuits_.client,
      largest_circuits_.server, "made and used layer by layer");
  add("ciphertexts of the largest linear layer", LinearPhase(), Bytes(largest_ciphertexts_),
      Bytes(largest_ciphertexts_), "requests and replies while the layer runs");
  return items;
}

}  // namespace picost::protocols
