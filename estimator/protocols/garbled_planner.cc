#include "estimator/protocols/garbled_planner.h"

#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"
#include "estimator/primitives/forms.h"
#include "estimator/protocols/planning.h"
#include "estimator/protocols/simd_packing.h"

namespace picost::protocols {
namespace {

using graph::ActivationKind;
using graph::Elementwise;
using graph::ElementwiseKind;
using graph::Node;
using graph::Operand;
using primitives::Executor;
using primitives::Parameters;
using primitives::Phase;
using primitives::Product;
using primitives::Sum;

constexpr int64_t kCircuitFraming = 8;    // length of a serialised circuit
constexpr int64_t kChunkCircuits = 8192;  // circuits in one message
constexpr int64_t kChunkFraming = 16;
constexpr int64_t kLabelMessageFraming = 6;
constexpr int64_t kCiphertextFraming = 8;  // length of a vector of ciphertexts
constexpr int64_t kOtQuantum = 128;

class GarbledPlanner {
 public:
  GarbledPlanner(const PlanContext& context, const GarbledOptions& options)
      : graph_(context.graph), options_(options) {}

  absl::StatusOr<ProtocolPlan> Run() {
    ProtocolPlan plan;
    for (size_t id = 0; id < graph_.nodes().size(); ++id) {
      const Node& node = graph_.nodes()[id];
      layer_ = CallList();
      note_.clear();
      const Storage before = storage_;
      PICOST_RETURN_IF_ERROR(std::visit(
          [&](const auto& attributes) { return Plan(node, attributes); }, node.attributes));
      PICOST_RETURN_IF_ERROR(OfLayer(options_.id, node, layer_.status()));
      LayerPlan layer;
      layer.node = static_cast<graph::NodeId>(id);
      layer.calls = std::move(layer_).Take();
      layer.local = layer.calls.empty();
      layer.note = note_;
      layer.storage = {storage_.client - before.client, storage_.server - before.server};
      plan.layers.push_back(std::move(layer));
    }
    PICOST_RETURN_IF_ERROR(AddResult(plan));
    CallList setup;
    AddSetup(setup);
    PICOST_RETURN_IF_ERROR(setup.status());
    plan.setup_calls = std::move(setup).Take();
    plan.storage = storage_;
    return plan;
  }

 private:
  Phase LinearPhase() const { return options_.linear_offline ? Phase::kOffline : Phase::kOnline; }
  Phase GarblingPhase() const {
    return options_.garbling_offline ? Phase::kOffline : Phase::kOnline;
  }
  // Where labels of the evaluator's inputs are transferred: the client knows its
  // share before the input if linear layers ran on masks; the server never does.
  Phase TransferPhase() const { return options_.client_garbles ? Phase::kOnline : GarblingPhase(); }
  Executor Garbler() const {
    return options_.client_garbles ? Executor::kClient : Executor::kServer;
  }
  Executor Evaluator() const {
    return options_.client_garbles ? Executor::kServer : Executor::kClient;
  }
  int64_t ClientGarbles() const { return options_.client_garbles ? 1 : 0; }
  Parameters HeParameters() const {
    return {{"ring_degree", options_.ring_degree}, {"data_primes", options_.data_primes}};
  }

  // 24 rotation keys by powers of two in both directions and one column swap, one
  // relinearization key, the public key.
  void AddSetup(CallList& setup) const {
    Parameters keys = HeParameters();
    keys.Set("galois_keys", 2 * (CeilLog2(options_.ring_degree) - 1));
    keys.Set("relinearization_keys", 1);
    keys.Set("public_keys", 1);
    keys.Set("framing_bytes", options_.key_framing_bytes);
    setup.Add("he.keygen", keys, 1, Phase::kSetup, Executor::kClient);
    setup.Add("ot.setup",
              {{"sender_bytes", 4096},
               {"receiver_bytes", 4096},
               {"flights", 3},
               {"sender_is_client", ClientGarbles()}},
              1, Phase::kSetup, Executor::kJoint);
  }

  // The server's share of the result; the client adds its own.
  absl::Status AddResult(ProtocolPlan& plan) const {
    CallList result;
    graph::NodeId producer = graph::kNoNode;
    for (graph::ValueId output : graph_.outputs()) {
      const graph::Value& value = graph_.value(output);
      if (value.source != graph::ValueSource::kNode) continue;
      producer = std::max(producer, value.producer);
      result.Add("shares.send",
                 {{"element_bytes", options_.element_bytes},
                  {"message_bytes", options_.message_bytes},
                  {"client_sends", 0}},
                 value.type.ElementCount(), Phase::kOnline, Executor::kServer);
    }
    PICOST_RETURN_IF_ERROR(result.status());
    if (producer == graph::kNoNode) return absl::OkStatus();
    LayerPlan& last = plan.layers[producer];
    for (primitives::PrimitiveCall& call : std::move(result).Take()) {
      last.calls.push_back(std::move(call));
    }
    last.local = last.calls.empty();
    return absl::OkStatus();
  }

  void AddStorage(int64_t client, int64_t server) {
    storage_.client = Bytes(Sum({storage_.client.value(), client}));
    storage_.server = Bytes(Sum({storage_.server.value(), server}));
  }

  void Note(std::string_view note) {
    absl::StrAppend(&note_, note_.empty() ? "" : "; ", std::string(note));
  }

  // One linear layer, `count` times. Offline: Enc(r) up, Enc(M r + s) down; online
  // x - r up and M (x - r) + s in the clear. Without an offline phase: Enc(x) itself.
  void AddLinear(const SimdWork& work, int64_t count, int64_t inputs, int64_t outputs, int64_t macs,
                 bool first) {
    Parameters encrypt = HeParameters();
    encrypt.Set("ciphertext_bytes", options_.request_ciphertext_bytes);
    encrypt.Set("message_bytes", kCiphertextFraming * count);
    layer_.Add("he.encrypt", encrypt, Product({work.input_ciphertexts, count}), LinearPhase(),
               Executor::kClient);
    Parameters evaluate = HeParameters();
    evaluate.Set("products", work.products);
    evaluate.Set("key_switches", work.key_switches);
    evaluate.Set("encodings", options_.linear_offline ? 0 : work.products);
    evaluate.Set("output_ciphertexts", work.output_ciphertexts);
    evaluate.Set("ciphertext_bytes", options_.reply_ciphertext_bytes);
    evaluate.Set("message_bytes", kCiphertextFraming);
    layer_.Add("he.linear_evaluation", evaluate, count, LinearPhase(), Executor::kServer);
    layer_.Add("he.decrypt", HeParameters(), Product({work.output_ciphertexts, count}),
               LinearPhase(), Executor::kClient);
    if (!options_.linear_offline) return;
    // Where the client garbles, the server evaluates and so holds x - r already.
    if (!options_.client_garbles || first) {
      layer_.Add("shares.send",
                 {{"element_bytes", options_.element_bytes},
                  {"message_bytes", options_.message_bytes},
                  {"client_sends", 1}},
                 Product({inputs, count}), Phase::kOnline, Executor::kClient);
    }
    layer_.Add("plaintext.field_macs", {{"field_bits", options_.field_bits}},
               Product({macs, count}), Phase::kOnline, Executor::kServer);
    // r and the share of M r at the client, s at the server.
    AddStorage(Product({options_.element_bytes, inputs + outputs, count}),
               Product({options_.element_bytes, outputs, count}));
  }

  // `count` circuits of `gates` AND gates on `operands` shared elements.
  void AddCircuits(int64_t gates, int64_t operands, int64_t count) {
    const CircuitSizes& circuit = options_.circuit;
    const int64_t inputs = Product({operands, circuit.wires});
    // Two blocks for each output wire and one for each of two constants.
    const int64_t extra_blocks = 2 * circuit.wires + 2;
    layer_.Add("gc.garble",
               {{"and_gates", gates},
                {"extra_blocks", extra_blocks},
                {"sent_labels", circuit.wires},
                {"decoding_bits", 0},
                {"block_bytes", circuit.block_bytes},
                {"label_bytes", circuit.label_bytes},
                {"circuit_bytes", kCircuitFraming},
                {"chunk_circuits", kChunkCircuits},
                {"chunk_bytes", kChunkFraming},
                {"garbler_is_client", ClientGarbles()}},
               count, GarblingPhase(), Garbler());
    layer_.Add("ot.extension",
               {{"message_bytes", 16},
                {"answer_bytes", 0},
                {"quantum", kOtQuantum},
                {"sender_is_client", ClientGarbles()}},
               Product({inputs, count}), TransferPhase(), Executor::kJoint);
    // Labels of the garbler's own share.
    layer_.Add("gc.send_labels",
               {{"labels", inputs},
                {"label_bytes", circuit.label_bytes},
                {"circuit_bytes", kCircuitFraming},
                {"message_bytes", kLabelMessageFraming},
                {"garbler_is_client", ClientGarbles()}},
               count, Phase::kOnline, Garbler());
    layer_.Add("gc.evaluate",
               {{"and_gates", gates}, {"returned_bits", 0}, {"garbler_is_client", ClientGarbles()}},
               count, Phase::kOnline, Evaluator());
    // The evaluator keeps circuit and its own labels, the garbler a label pair's
    // first half for each input that is still open.
    const int64_t tables =
        Sum({kCircuitFraming, Product({circuit.block_bytes, Sum({2 * gates, extra_blocks})})});
    const int64_t evaluator =
        tables + circuit.label_bytes * (circuit.wires + (options_.client_garbles ? 0 : inputs));
    // A garbling client keeps input labels of both values and output labels: 3,590 bytes
    // on 42 wires with labels of 28, as published.
    const int64_t garbler = options_.client_garbles
                                ? circuit.label_bytes * (2 * inputs + circuit.wires) + 62
                                : circuit.label_bytes * inputs;
    if (!options_.garbling_offline) return;
    const int64_t client = options_.client_garbles ? garbler : evaluator;
    const int64_t server = options_.client_garbles ? evaluator : garbler;
    AddStorage(Product({client, count}), Product({server, count}));
  }

  SimdWork Pack(const PlainConvolution& plain, int64_t inputs, int64_t outputs,
                int64_t macs) const {
    const SimdConvolution conv = {plain.height, plain.width, plain.in_channels, plain.out_channels,
                                  plain.taps};
    switch (options_.packing) {
      case Packing::kDelphi:
        return PackConvolution(conv, options_.ring_degree);
      case Packing::kGazelle:
        return PackGazelle(conv, options_.ring_degree);
      case Packing::kElements:
        break;
    }
    return PackElements(inputs, outputs, macs, options_.ring_degree);
  }

  absl::Status CheckSlots(const Node& node, int64_t slots) const {
    if (slots <= options_.ring_degree / 2) return absl::OkStatus();
    return Refuse(options_.id, node,
                  absl::StrCat("one channel takes ", slots,
                               " slots (the next power of two of its "
                               "pixels); its packing holds at most ",
                               options_.ring_degree / 2),
                  "Use smaller images, or a protocol with another packing");
  }

  absl::Status Plan(const Node& node, const graph::Conv& conv) {
    PlainConvolution plain;
    if (!ToPlainConvolution(conv, plain)) {
      return Refuse(options_.id, node, "convolutions over more than two dimensions",
                    "Use 2-D convolutions");
    }
    if (options_.packing != Packing::kElements) {
      PICOST_RETURN_IF_ERROR(CheckSlots(node, SlotsOfChannel(plain.height, plain.width)));
    }
    int64_t pixels_in = 1, pixels_out = 1;
    for (int64_t size : conv.input_size) pixels_in *= size;
    for (int64_t size : conv.output_size) pixels_out *= size;
    const int64_t inputs = plain.in_channels * pixels_in;
    const int64_t outputs = plain.out_channels * pixels_out;
    const int64_t macs = Product({conv.transposed ? inputs : outputs, plain.taps,
                                  conv.transposed ? plain.out_channels : plain.in_channels});
    AddLinear(Pack(plain, inputs, outputs, macs), plain.convolutions, inputs, outputs, macs,
              ReadsClientPlaintext(graph_, node));
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::Linear& linear) {
    const int64_t in = linear.in_features;
    const int64_t out = linear.out_features;
    const int64_t macs = Product({in, out});
    const bool first = ReadsClientPlaintext(graph_, node);
    if (options_.packing == Packing::kElements) {
      AddLinear(PackElements(in, out, macs, options_.ring_degree), linear.rows, in, out, macs,
                first);
      return absl::OkStatus();
    }
    for (int64_t features : {in, out}) {
      if (NextPowerOfTwo(features) <= options_.ring_degree) continue;
      return Refuse(
          options_.id, node,
          absl::StrCat(features, " features; its packing holds at most ", options_.ring_degree),
          "Split the layer, or use a protocol with another packing");
    }
    AddLinear(PackMatrix(in, out, options_.ring_degree), linear.rows, in, out, macs, first);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::PrivateMatMul&) {
    return Refuse(options_.id, node, "products of two private matrices", "Use another protocol");
  }

  absl::Status Plan(const Node& node, const graph::Activation& activation) {
    const KeptElements elements = Kept(activation);
    if (elements.kept == 0) {
      Note("linear: no element left");
      return absl::OkStatus();
    }
    switch (activation.kind) {
      case ActivationKind::kRelu:
      case ActivationKind::kRelu6:
        AddCircuits(ReluGates(options_.circuit), 1, elements.kept);
        return absl::OkStatus();
      case ActivationKind::kClip:
      case ActivationKind::kThresholdedRelu:
      case ActivationKind::kLeakyRelu:
        AddCircuits(ReluGates(options_.circuit), 1, elements.kept);
        Note("the ReLU's circuit with other public constants");
        return absl::OkStatus();
      case ActivationKind::kPolynomial:
        if (activation.degree != 2) {
          return Refuse(options_.id, node,
                        absl::StrCat("a polynomial of degree ", activation.degree,
                                     "; only squares have a protocol here"),
                        "Use degree 2");
        }
        AddProducts(elements.kept);
        return absl::OkStatus();
      default:
        return Refuse(options_.id, node, "no circuit of it was published",
                      "Replace the activation by ReLU or a square");
    }
  }

  // Beaver triples made under encryption beforehand, both operands opened online.
  void AddProducts(int64_t count) {
    Parameters triples = HeParameters();
    triples.Set("ciphertext_bytes", options_.request_ciphertext_bytes);
    layer_.Add("he.multiplication_triples", triples, count,
               options_.linear_offline ? Phase::kOffline : Phase::kOnline, Executor::kJoint);
    layer_.Add("beaver.multiply", {{"element_bytes", options_.element_bytes}, {"field", 1}}, count,
               Phase::kOnline, Executor::kJoint);
    const int64_t triple = Product({3 * options_.element_bytes, count});
    AddStorage(triple, triple);
  }

  void AddMaximum(int64_t window, int64_t count) {
    if (window <= 1) return;
    AddCircuits(MaximumGates(options_.circuit, window), window, count);
    Note("maximum in a garbled circuit: derived, the papers have none");
  }

  absl::Status Plan(const Node& node, const graph::Pool& pool) {
    switch (pool.kind) {
      case graph::PoolKind::kMax:
        AddMaximum(pool.window, pool.outputs);
        return absl::OkStatus();
      case graph::PoolKind::kAverage:
        return absl::OkStatus();  // sums of shares, the divisor goes into the scale
      case graph::PoolKind::kLp:
        break;
    }
    return Refuse(options_.id, node, "Lp pooling", "Use average or max pooling");
  }

  absl::Status Plan(const Node& node, const graph::Normalization& normalization) {
    if (normalization.kind != graph::NormalizationKind::kBatch) {
      return Refuse(options_.id, node, "", "Use batch normalization");
    }
    AddScaling(normalization.elements, ReadsClientPlaintext(graph_, node));
    return absl::OkStatus();
  }

  // Element by element with the server's values: a diagonal linear layer.
  void AddScaling(int64_t elements, bool first) {
    const int64_t blocks = CeilDiv(elements, options_.ring_degree);
    AddLinear({blocks, blocks, blocks, 0}, 1, elements, elements, elements, first);
    Note("private scale as a diagonal linear layer: derived");
  }

  absl::Status Plan(const Node& node, const graph::Softmax&) {
    return Refuse(options_.id, node, "", "Reveal the logits");
  }

  absl::Status Plan(const Node& node, const graph::Reduce& reduce) {
    switch (reduce.kind) {
      case graph::ReduceKind::kSum:
      case graph::ReduceKind::kMean:
        return absl::OkStatus();
      case graph::ReduceKind::kMax:
      case graph::ReduceKind::kMin:
        AddMaximum(reduce.width, reduce.outputs);
        return absl::OkStatus();
      default:
        return Refuse(options_.id, node, "", "Use sums, means or maxima");
    }
  }

  absl::Status Plan(const Node& node, const Elementwise& elementwise) {
    switch (elementwise.kind) {
      case ElementwiseKind::kAdd:
      case ElementwiseKind::kSub:
      case ElementwiseKind::kNeg:
        return absl::OkStatus();
      case ElementwiseKind::kMul:
      case ElementwiseKind::kDiv:
        if (elementwise.second == Operand::kPublic) return absl::OkStatus();
        if (elementwise.second == Operand::kWeight) {
          AddScaling(elementwise.elements, ReadsClientPlaintext(graph_, node));
          return absl::OkStatus();
        }
        if (elementwise.kind == ElementwiseKind::kDiv) break;
        AddProducts(elementwise.elements);
        return absl::OkStatus();
      case ElementwiseKind::kMin:
      case ElementwiseKind::kMax:
        AddMaximum(2, elementwise.elements);
        return absl::OkStatus();
      case ElementwiseKind::kAbs:
        AddCircuits(ReluGates(options_.circuit), 1, elementwise.elements);
        Note("2 ReLU(x) - x");
        return absl::OkStatus();
      default:
        break;
    }
    return Refuse(options_.id, node, "", "Replace the operator");
  }

  absl::Status Plan(const Node& node, const graph::Compare&) {
    return Refuse(options_.id, node, "", "Replace the operator");
  }
  absl::Status Plan(const Node& node, const graph::Select& select) {
    if (select.condition == Operand::kPublic) return absl::OkStatus();
    return Refuse(options_.id, node, "a private condition", "Replace the operator");
  }
  absl::Status Plan(const Node& node, const graph::TopK&) {
    return Refuse(options_.id, node, "no circuit of it was published", "Reveal the logits");
  }
  absl::Status Plan(const Node& node, const graph::Embedding& embedding) {
    if (!embedding.private_indices) return absl::OkStatus();
    return Refuse(options_.id, node, "private indices", "Feed one-hot vectors to a Gemm");
  }
  absl::Status Plan(const Node&, const graph::View&) { return absl::OkStatus(); }
  absl::Status Plan(const Node&, const graph::PublicLinear&) { return absl::OkStatus(); }

  const graph::Graph& graph_;
  const GarbledOptions& options_;
  CallList layer_;
  std::string note_;
  Storage storage_;
};

}  // namespace

int64_t ReluGates(const CircuitSizes& circuit) {
  if (circuit.ring) return 3 * (circuit.wires - 1);
  const int64_t masked = circuit.clip_bits < 0 ? circuit.wires - 1 : 2 * circuit.clip_bits + 17;
  return 2 * (3 * circuit.wires - 1) + circuit.compared_bits + masked;
}

int64_t MaximumGates(const CircuitSizes& circuit, int64_t window) {
  const int64_t reconstruct = circuit.ring ? circuit.wires - 1 : 3 * circuit.wires - 1;
  return Product({window + 1, reconstruct}) + Product({window - 1, 2 * circuit.wires});
}

absl::StatusOr<ProtocolPlan> PlanGarbled(const PlanContext& context,
                                         const GarbledOptions& options) {
  return GarbledPlanner(context, options).Run();
}

}  // namespace picost::protocols
