// Cheetah: Huang, Lu, Hong, Ding, "Cheetah: Lean and Fast Secure Two-Party Deep
// Neural Network Inference", USENIX Security 2022.
//
// Modelled: the ring variant as OpenCheetah f71d4d4 runs it, one thread per party,
// silent OT bootstrapped at set-up. Linear layers through coefficient-packed RLWE
// without rotations (section 3), comparisons over Ferret (section 4), one-bit-error
// truncation, approximate ReLU that ignores low bits (the library's default).
// Everything is online; both parties wait for each other, so every call is joint.
//
// Left out: the layer-wise verification of the released code, reuse of silent OT
// from a file, more than one thread (each would bring its own OTs).
//
// Groups and dilation are not in the released code: a grouped convolution is planned
// as its groups one by one, a dilated kernel as the wider kernel with zeros.
#include "estimator/protocols/cheetah.h"

#include <variant>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/primitives/cheetah_interactive.h"
#include "estimator/protocols/fixed_point.h"
#include "estimator/protocols/planning.h"

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

constexpr char kId[] = "cheetah";

ProtocolInfo MakeInfo() {
  ProtocolInfo info;
  info.id = kId;
  info.version = "1";
  info.title = "Cheetah";
  info.citation = "Huang et al., USENIX Security 2022; OpenCheetah f71d4d4";
  info.leaves_out = "layer-wise verification, several threads, silent OT kept in a file";
  info.status = primitives::FormStatus::kEmpirical;
  info.parameters = {
      {"ring_bits", "bit width of the ring", 37, 32, 44,
       "CIFAR and ImageNet networks of the paper"},
      {"fraction_bits", "fraction bits of the fixed-point numbers", 12, 4, 16, "paper, section 6"},
      {"relu_ignored_bits", "low bits that a ReLU's comparison ignores", 12, 0, 24,
       "OpenCheetah: the fraction bits"},
      {"relu_trunc_ignored_bits", "low bits that a ReLU followed by truncation ignores", 18, 0, 24,
       "OpenCheetah: one and a half times the fraction bits"},
      {"average_pool_division",
       "1: average pooling divides interactively; 0: the divisor is folded into weights", 1, 0, 1,
       "OpenCheetah"},
  };
  info.primitives = {"cheetah.setup",
                     "cheetah.division_setup",
                     "cheetah.ferret_extension",
                     "cheetah.conv",
                     "cheetah.fc",
                     "cheetah.bn",
                     "cheetah.ewmul_he",
                     "cheetah.relu",
                     "cheetah.relu_trunc",
                     "cheetah.trunc",
                     "cheetah.maxpool",
                     "cheetah.avgpool",
                     "cheetah.argmax"};
  return info;
}

// Plans one node after the other.
class CheetahPlanner {
 public:
  explicit CheetahPlanner(const PlanContext& context)
      : graph_(context.graph),
        ring_bits_(context.parameters.Get("ring_bits")),
        fraction_bits_(context.parameters.Get("fraction_bits")),
        relu_ignored_bits_(context.parameters.Get("relu_ignored_bits")),
        relu_trunc_ignored_bits_(context.parameters.Get("relu_trunc_ignored_bits")),
        divides_average_(context.parameters.Get("average_pool_division") != 0),
        scales_(AnalyzeFixedPoint(graph_, {ring_bits_, fraction_bits_})) {}

  absl::StatusOr<ProtocolPlan> Run() {
    ProtocolPlan plan;
    CallList setup;
    setup.Add("cheetah.setup", {}, 1, Phase::kSetup, Executor::kJoint);
    for (size_t id = 0; id < graph_.nodes().size(); ++id) {
      PICOST_ASSIGN_OR_RETURN(LayerPlan layer, PlanNode(static_cast<graph::NodeId>(id)));
      plan.layers.push_back(std::move(layer));
    }
    if (divides_) setup.Add("cheetah.division_setup", {}, 1, Phase::kSetup, Executor::kJoint);
    PICOST_RETURN_IF_ERROR(setup.status());
    plan.setup_calls = std::move(setup).Take();
    PICOST_RETURN_IF_ERROR(RefillPools({{"ferret_straight",
                                         primitives::FerretExtensionYield(),
                                         "cheetah.ferret_extension",
                                         {{"reversed", 0}}},
                                        {"ferret_reversed",
                                         primitives::FerretExtensionYield(),
                                         "cheetah.ferret_extension",
                                         {{"reversed", 1}}}},
                                       plan));
    return plan;
  }

 private:
  absl::StatusOr<LayerPlan> PlanNode(graph::NodeId id) {
    const Node& node = graph_.node(id);
    layer_ = CallList();
    note_.clear();
    node_ = id;
    PICOST_RETURN_IF_ERROR(std::visit(
        [&](const auto& attributes) { return Plan(node, attributes); }, node.attributes));
    for (graph::ValueId output : node.outputs) {
      if (scales_.truncated[output] == 0) continue;
      Add("cheetah.trunc", {{"truncated_bits", scales_.truncated[output]}},
          graph_.value(output).type.ElementCount());
      Note("truncation on its own before the next product");
    }
    PICOST_RETURN_IF_ERROR(layer_.status());
    LayerPlan layer;
    layer.node = id;
    layer.calls = std::move(layer_).Take();
    layer.local = layer.calls.empty();
    layer.note = note_;
    return layer;
  }

  void Add(std::string_view primitive, Parameters parameters, int64_t count) {
    if (primitive != "cheetah.ferret_extension") parameters.Set("ring_bits", ring_bits_);
    layer_.Add(primitive, std::move(parameters), count, Phase::kOnline, Executor::kJoint);
  }
  void Note(std::string_view note) {
    absl::StrAppend(&note_, note_.empty() ? "" : "; ", std::string(note));
  }

  // ReLU of count elements that carry `surplus` bits too many.
  void AddRelu(int64_t count, int64_t surplus) {
    if (surplus == 0) {
      Add("cheetah.relu", {{"ignored_bits", relu_ignored_bits_}}, count);
    } else {
      Add("cheetah.relu_trunc",
          {{"ignored_bits", relu_trunc_ignored_bits_}, {"truncated_bits", surplus}}, count);
    }
  }
  void AddTruncation(int64_t count, int64_t bits) {
    if (bits > 0) Add("cheetah.trunc", {{"truncated_bits", bits}}, count);
  }
  // Maximum over `window` values for each of count outputs, at full width.
  void AddMaximum(int64_t window, int64_t count) {
    if (window > 1) Add("cheetah.maxpool", {{"window", window}}, count);
  }
  void AddDivision(int64_t divisor, int64_t count) {
    if (divisor <= 1) return;
    if (!divides_average_) {
      Note("divisor folded into the next weights");
      return;
    }
    Add("cheetah.avgpool", {{"divisor", divisor}}, count);
    divides_ = divides_ || count > 0;
  }

  absl::Status Plan(const Node& node, const graph::Conv& conv) {
    PlainConvolution plain;
    if (!ToPlainConvolution(conv, plain)) {
      return Refuse(kId, node, "convolutions over more than two dimensions have no packing",
                    "Use a protocol without packing, or 2-D convolutions");
    }
    Add("cheetah.conv",
        {{"in_channels", plain.in_channels},
         {"out_channels", plain.out_channels},
         {"height", plain.height},
         {"width", plain.width},
         {"kernel_height", plain.kernel_height},
         {"kernel_width", plain.kernel_width},
         {"stride_height", plain.stride_height},
         {"stride_width", plain.stride_width},
         {"pad_top", plain.pad_top},
         {"pad_bottom", plain.pad_bottom},
         {"pad_left", plain.pad_left},
         {"pad_right", plain.pad_right},
         {"client_plaintext_input", ReadsClientPlaintext(graph_, node) ? 1 : 0}},
        plain.convolutions);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node&, const graph::Linear& linear) {
    Add("cheetah.fc", {{"in_features", linear.in_features}, {"out_features", linear.out_features}},
        linear.rows);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::PrivateMatMul&) {
    return Refuse(kId, node, "products of two private matrices", "Use another protocol");
  }

  absl::Status Plan(const Node& node, const graph::Activation& activation) {
    const KeptElements elements = Kept(activation);
    if (elements.kept == 0) {
      Note("linear: no element left");
      return absl::OkStatus();
    }
    const int64_t surplus = scales_.fused[node_];
    switch (activation.kind) {
      case ActivationKind::kRelu:
        AddRelu(elements.kept, surplus);
        AddTruncation(elements.linear, surplus);
        if (surplus > 0) Note("truncation fused into the ReLU");
        return absl::OkStatus();
      case ActivationKind::kRelu6:
      case ActivationKind::kClip:
        // low + ReLU(x - low) - ReLU(x - high): both in one batch, one cut after.
        AddRelu(2 * elements.kept, 0);
        AddTruncation(activation.elements, surplus);
        Note("two ReLUs in one batch");
        return absl::OkStatus();
      case ActivationKind::kThresholdedRelu:
        AddRelu(elements.kept, 0);
        AddTruncation(activation.elements, surplus);
        return absl::OkStatus();
      case ActivationKind::kLeakyRelu:
        // a x + (1 - a) ReLU(x): the products with the public a are local.
        AddRelu(elements.kept, 0);
        return absl::OkStatus();
      case ActivationKind::kPRelu:
        AddRelu(elements.kept, 0);
        Add("cheetah.ewmul_he", {}, elements.kept);
        return absl::OkStatus();
      default:
        return Refuse(kId, node, "", "Replace the activation by ReLU or a polynomial");
    }
  }

  absl::Status Plan(const Node& node, const graph::Pool& pool) {
    switch (pool.kind) {
      case graph::PoolKind::kMax:
        AddMaximum(pool.window, pool.outputs);
        return absl::OkStatus();
      case graph::PoolKind::kAverage:
        AddDivision(pool.window, pool.outputs);
        return absl::OkStatus();
      case graph::PoolKind::kLp:
        break;
    }
    return Refuse(kId, node, "Lp pooling", "Use average or max pooling");
  }

  absl::Status Plan(const Node& node, const graph::Normalization& normalization) {
    if (normalization.kind != graph::NormalizationKind::kBatch) {
      return Refuse(kId, node, "", "Use batch normalization");
    }
    const int64_t channels = normalization.channels > 0 ? normalization.channels : 1;
    Add("cheetah.bn", {{"pixels", normalization.elements / channels}}, channels);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::Softmax&) {
    return Refuse(kId, node, "", "Reveal the logits");
  }

  absl::Status Plan(const Node& node, const graph::Reduce& reduce) {
    switch (reduce.kind) {
      case graph::ReduceKind::kSum:
        return absl::OkStatus();
      case graph::ReduceKind::kMean:
        AddDivision(reduce.width, reduce.outputs);
        return absl::OkStatus();
      case graph::ReduceKind::kMax:
      case graph::ReduceKind::kMin:
        AddMaximum(reduce.width, reduce.outputs);
        return absl::OkStatus();
      default:
        return Refuse(kId, node, "", "Use sums, means or maxima");
    }
  }

  absl::Status Plan(const Node& node, const Elementwise& elementwise) {
    switch (elementwise.kind) {
      case ElementwiseKind::kAdd:
      case ElementwiseKind::kSub:
      case ElementwiseKind::kNeg:
        return absl::OkStatus();
      case ElementwiseKind::kMul:
        AddProduct(elementwise);
        return absl::OkStatus();
      case ElementwiseKind::kDiv:
        if (elementwise.second == Operand::kPrivate) break;
        AddProduct(elementwise);
        return absl::OkStatus();
      case ElementwiseKind::kMin:
      case ElementwiseKind::kMax:
        AddMaximum(2, elementwise.elements);
        return absl::OkStatus();
      case ElementwiseKind::kAbs:  // 2 ReLU(x) - x
        AddRelu(elementwise.elements, 0);
        return absl::OkStatus();
      default:
        break;
    }
    return Refuse(kId, node, "", "Replace the operator");
  }

  // Shares (x0 + x1)(y0 + y1): the cross terms x0 y1 and x1 y0 each take one
  // homomorphic product of a share with the other party's; a square has one.
  void AddProduct(const Elementwise& elementwise) {
    switch (elementwise.second) {
      case Operand::kPublic:
        return;
      case Operand::kWeight:
        Add("cheetah.ewmul_he", {}, elementwise.elements);
        return;
      case Operand::kNone:
      case Operand::kPrivate:
        Add("cheetah.ewmul_he", {},
            elementwise.same_operands ? elementwise.elements : 2 * elementwise.elements);
        return;
    }
  }

  absl::Status Plan(const Node& node, const graph::Compare&) {
    return Refuse(kId, node, "", "Replace the operator");
  }

  absl::Status Plan(const Node& node, const graph::Select& select) {
    if (select.condition == Operand::kPublic) return absl::OkStatus();
    return Refuse(kId, node, "a private condition", "Replace the operator");
  }

  absl::Status Plan(const Node& node, const graph::TopK& top) {
    if (top.k != 1) return Refuse(kId, node, "more than the largest one", "Use k = 1");
    Add("cheetah.argmax", {{"width", top.width}}, top.rows);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node&, const graph::Embedding& embedding) {
    if (!embedding.private_indices) return absl::OkStatus();
    // One-hot rows times the table.
    Add("cheetah.fc",
        {{"in_features", embedding.table_rows}, {"out_features", embedding.row_elements}},
        embedding.lookups);
    Note("one-hot vectors times the table");
    return absl::OkStatus();
  }

  absl::Status Plan(const Node&, const graph::View&) { return absl::OkStatus(); }
  absl::Status Plan(const Node&, const graph::PublicLinear&) { return absl::OkStatus(); }

  const graph::Graph& graph_;
  const int64_t ring_bits_;
  const int64_t fraction_bits_;
  const int64_t relu_ignored_bits_;
  const int64_t relu_trunc_ignored_bits_;
  const bool divides_average_;
  const FixedPointAnalysis scales_;
  bool divides_ = false;
  // Of the node being planned.
  graph::NodeId node_ = graph::kNoNode;
  CallList layer_;
  std::string note_;
};

class CheetahProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    return CheetahPlanner(context).Run();
  }

 private:
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& Cheetah() {
  static const CheetahProtocol* const protocol = new CheetahProtocol;
  return *protocol;
}

}  // namespace picost::protocols
