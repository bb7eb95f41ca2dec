#include "estimator/protocols/garbled_planner.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"
#include "estimator/primitives/forms.h"
#include "estimator/protocols/garbled_layers.h"
#include "estimator/protocols/memory.h"
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
using primitives::Phase;
using primitives::Product;
using primitives::Sum;

class GarbledPlanner {
 public:
  GarbledPlanner(const PlanContext& context, const GarbledOptions& options)
      : context_(context), graph_(context.graph), options_(options), layers_(options) {}

  absl::StatusOr<ProtocolPlan> Run() {
    ProtocolPlan plan;
    for (size_t id = 0; id < graph_.nodes().size(); ++id) {
      const Node& node = graph_.nodes()[id];
      layers_.StartLayer();
      PICOST_RETURN_IF_ERROR(std::visit(
          [&](const auto& attributes) { return Plan(node, attributes); }, node.attributes));
      PICOST_RETURN_IF_ERROR(OfLayer(options_.id, node, layers_.calls().status()));
      LayerPlan layer;
      layer.node = static_cast<graph::NodeId>(id);
      layer.calls = std::move(layers_.calls()).Take();
      layer.local = layer.calls.empty();
      layer.note = layers_.note();
      layer.storage = layers_.layer_storage();
      plan.layers.push_back(std::move(layer));
    }
    PICOST_RETURN_IF_ERROR(AddResult(plan));
    CallList setup;
    layers_.AddSetup(setup);
    PICOST_RETURN_IF_ERROR(setup.status());
    plan.setup_calls = std::move(setup).Take();
    plan.storage = layers_.storage();
    plan.memory = layers_.Memory();
    const int64_t bytes = CeilDiv(options_.field_bits, 8);
    plan.memory.push_back(ModelWeights(context_, bytes, /*shared=*/false));
    plan.memory.push_back(LiveShares(graph_, bytes));
    PICOST_RETURN_IF_ERROR(layers_.Finish(plan));
    return plan;
  }

 private:
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
    const PlainConvolution plain = ToPlainConvolution(conv);
    if (!UnrolledNote(conv).empty()) layers_.Note(UnrolledNote(conv));
    if (options_.packing != Packing::kElements) {
      PICOST_RETURN_IF_ERROR(CheckSlots(node, SlotsOfChannel(plain.height, plain.width)));
    }
    // Of one image (of a slice where it has more than two dimensions) and group.
    const auto pixels = [](const std::vector<int64_t>& sizes) {
      int64_t product = 1;
      for (size_t i = sizes.size() > 2 ? sizes.size() - 2 : 0; i < sizes.size(); ++i) {
        product *= sizes[i];
      }
      return product;
    };
    const int64_t inputs = Product({plain.in_channels, pixels(conv.input_size)});
    const int64_t outputs = Product({plain.out_channels, pixels(conv.output_size)});
    const int64_t macs = Product({conv.transposed ? inputs : outputs, plain.taps,
                                  conv.transposed ? plain.out_channels : plain.in_channels});
    layers_.AddLinear(Pack(plain, inputs, outputs, macs), plain.convolutions, inputs, outputs, macs,
                      ReadsClientPlaintext(graph_, node));
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::Linear& linear) {
    const int64_t in = linear.in_features;
    const int64_t out = linear.out_features;
    const int64_t macs = Product({in, out});
    const bool first = ReadsClientPlaintext(graph_, node);
    if (options_.packing == Packing::kElements) {
      layers_.AddLinear(PackElements(in, out, macs, options_.ring_degree), linear.rows, in, out,
                        macs, first);
      return absl::OkStatus();
    }
    for (int64_t features : {in, out}) {
      if (NextPowerOfTwo(features) <= options_.ring_degree) continue;
      return Refuse(
          options_.id, node,
          absl::StrCat(features, " features; its packing holds at most ", options_.ring_degree),
          "Split the layer, or use a protocol with another packing");
    }
    layers_.AddLinear(PackMatrix(in, out, options_.ring_degree), linear.rows, in, out, macs, first);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::PrivateMatMul&) {
    return Refuse(options_.id, node, "products of two private matrices", "Use another protocol");
  }

  absl::Status Plan(const Node& node, const graph::Activation& activation) {
    const KeptElements elements = Kept(activation);
    if (elements.kept == 0) {
      layers_.Note("linear: no element left");
      return absl::OkStatus();
    }
    if (elements.linear == 0) return PlanKept(node, activation, elements.kept);
    AddGather(elements.kept, layers_.calls());
    const absl::Status planned = PlanKept(node, activation, elements.kept);
    AddScatter(elements.kept, layers_.calls());
    return planned;
  }

  absl::Status PlanKept(const Node& node, const graph::Activation& activation, int64_t kept) {
    switch (activation.kind) {
      case ActivationKind::kRelu:
      case ActivationKind::kRelu6:
        layers_.AddCircuits(ReluGates(options_.circuit), 1, kept);
        return absl::OkStatus();
      case ActivationKind::kClip:
      case ActivationKind::kThresholdedRelu:
      case ActivationKind::kLeakyRelu:
        layers_.AddCircuits(ReluGates(options_.circuit), 1, kept);
        layers_.Note("the ReLU's circuit with other public constants");
        return absl::OkStatus();
      case ActivationKind::kPolynomial:
        if (activation.degree != 2) {
          return Refuse(options_.id, node,
                        absl::StrCat("a polynomial of degree ", activation.degree,
                                     "; only squares have a protocol here"),
                        "Use degree 2");
        }
        layers_.AddProducts(kept);
        return absl::OkStatus();
      default:
        return Refuse(options_.id, node, "no circuit of it was published",
                      "Replace the activation by ReLU or a square");
    }
  }

  absl::Status Plan(const Node& node, const graph::Pool& pool) {
    switch (pool.kind) {
      case graph::PoolKind::kMax:
        layers_.AddMaximum(pool.window, pool.outputs);
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
    layers_.AddScaling(normalization.elements, ReadsClientPlaintext(graph_, node));
    return absl::OkStatus();
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
        layers_.AddMaximum(reduce.width, reduce.outputs);
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
          layers_.AddScaling(elementwise.elements, ReadsClientPlaintext(graph_, node));
          return absl::OkStatus();
        }
        if (elementwise.kind == ElementwiseKind::kDiv) break;
        layers_.AddProducts(elementwise.elements);
        return absl::OkStatus();
      case ElementwiseKind::kMin:
      case ElementwiseKind::kMax:
        layers_.AddMaximum(2, elementwise.elements);
        return absl::OkStatus();
      case ElementwiseKind::kAbs:
        layers_.AddCircuits(ReluGates(options_.circuit), 1, elementwise.elements);
        layers_.Note("2 ReLU(x) - x");
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

  const PlanContext& context_;
  const graph::Graph& graph_;
  const GarbledOptions& options_;
  GarbledLayers layers_;
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

std::vector<ProtocolParameter> GarblingParameters(int64_t block_bytes, int64_t label_bytes,
                                                  std::string source) {
  return {
      {"block_wire_bytes", "bytes of a 128-bit block on the wire; 16 when packed tightly",
       block_bytes, 16, 64, source},
      {"label_wire_bytes", "bytes of a wire label on the wire; 16 when packed tightly", label_bytes,
       16, 64, source},
      {"silent_ot", "OT of the labels. 0: an IKNP extension (semi-honest ALSZ); 1: Ferret", 0, 0, 1,
       "ALSZ in DELPHI's code; Ferret (Yang et al., CCS 2020) as emp-ot runs it"},
  };
}

void ReadGarblingParameters(const primitives::Parameters& parameters, GarbledOptions& options) {
  options.circuit.block_bytes = parameters.Get("block_wire_bytes");
  options.circuit.label_bytes = parameters.Get("label_wire_bytes");
  options.silent_ot = parameters.Get("silent_ot") != 0;
}

std::vector<std::string> GarbledPrimitives() {
  return {"he.keygen",
          "ot.setup",
          "ot.ferret_setup",
          "he.encrypt",
          "he.linear_evaluation",
          "he.decrypt",
          "gc.garble",
          "ot.extension",
          "ot.ferret_correlated",
          "ot.ferret_extension",
          "gc.send_labels",
          "gc.evaluate",
          "shares.send",
          "shares.gather",
          "shares.scatter",
          "plaintext.field_macs",
          "he.multiplication_triples",
          "beaver.multiply"};
}

absl::StatusOr<ProtocolPlan> PlanGarbled(const PlanContext& context,
                                         const GarbledOptions& options) {
  return GarbledPlanner(context, options).Run();
}

}  // namespace picost::protocols
