#include "estimator/graph/passes/activation_patterns.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "estimator/graph/passes/drop_unused.h"
#include "estimator/graph/passes/polynomial.h"
#include "estimator/graph/passes/rewriter.h"

namespace picost::graph {
namespace {

constexpr double kSqrtHalf = 0.70710678118654752;
constexpr double kSqrtTwoOverPi = 0.79788456080286536;
constexpr double kGeluCubic = 0.044715;  // Hendrycks and Gimpel 2016, section 2

bool IsNear(double a, double b) { return std::abs(a - b) <= 1e-3 * std::abs(b); }

Polynomial X(double coefficient = 1) { return Polynomial::Term(1, 0, coefficient); }
Polynomial U(double coefficient = 1) { return Polynomial::Term(0, 1, coefficient); }
Polynomial XU(double coefficient) { return Polynomial::Term(1, 1, coefficient); }

// What f(argument(x)) and then result(x, u) is, where u is f's value.
std::optional<Activation> Match(const Activation& f, const Polynomial& argument,
                                const Polynomial& result) {
  const bool plain = argument.IsNear(X());
  switch (f.kind) {
    case ActivationKind::kErf:
      if (argument.IsNear(X(kSqrtHalf)) && result.IsNear(X(0.5) + XU(0.5))) {
        return Activation{.kind = ActivationKind::kGelu};
      }
      return std::nullopt;
    case ActivationKind::kTanh: {
      const Polynomial cubic =
          X(kSqrtTwoOverPi) + Polynomial::Term(3, 0, kSqrtTwoOverPi * kGeluCubic);
      if (argument.IsNear(cubic) && result.IsNear(X(0.5) + XU(0.5))) {
        return Activation{.kind = ActivationKind::kGeluTanh};
      }
      return std::nullopt;
    }
    case ActivationKind::kSigmoid: {
      const double slope = argument.Coefficient(1, 0);
      if (slope != 0 && argument.IsNear(X(slope)) && result.IsNear(XU(1))) {
        return Activation{.kind = ActivationKind::kSilu, .alpha = slope};
      }
      return std::nullopt;
    }
    case ActivationKind::kHardSigmoid:
      if (plain && IsNear(f.alpha, 1.0 / 6) && result.IsNear(XU(1))) {
        return Activation{.kind = ActivationKind::kHardSwish};
      }
      return std::nullopt;
    case ActivationKind::kRelu6:
      if (!argument.IsNear(X() + Polynomial(3))) return std::nullopt;
      if (result.IsNear(XU(1.0 / 6))) return Activation{.kind = ActivationKind::kHardSwish};
      if (result.IsNear(U(1.0 / 6))) {
        return Activation{.kind = ActivationKind::kHardSigmoid, .alpha = 1.0 / 6};
      }
      return std::nullopt;
    case ActivationKind::kClip: {
      const double slope = argument.Coefficient(1, 0);
      const bool unit =
          f.low == 0 && f.high == 1 && slope > 0 && argument.IsNear(X(slope) + Polynomial(0.5));
      if (unit && IsNear(slope, 1.0 / 6) && result.IsNear(XU(1))) {
        return Activation{.kind = ActivationKind::kHardSwish};
      }
      if (unit && result.IsNear(U())) {
        return Activation{.kind = ActivationKind::kHardSigmoid, .alpha = slope};
      }
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

class Recognizer {
 public:
  explicit Recognizer(Draft& draft) : rewriter_(draft) {}

  void Run() {
    for (NodeId n = 0; n < rewriter_.node_count(); ++n) {
      if (std::holds_alternative<Elementwise>(rewriter_.node(n).attributes)) {
        RecognizeBound(n);
        RecognizeSigmoid(n);
      }
      if (std::holds_alternative<Activation>(rewriter_.node(n).attributes)) Recognize(n);
    }
    rewriter_.Finish();
    DropUnusedNodes(rewriter_.draft());
  }

 private:
  const Elementwise* Op(NodeId n) {
    return n == kNoNode ? nullptr : std::get_if<Elementwise>(&rewriter_.node(n).attributes);
  }

  void Replace(NodeId last, Activation activation, ValueId x, const std::string& name) {
    Node& node = rewriter_.node(last);
    activation.elements = rewriter_.value(node.outputs[0]).type.ElementCount();
    node.attributes = std::move(activation);
    node.onnx_op = "pattern:" + name;
    rewriter_.SetInputs(last, {x});
  }

  bool SameShape(ValueId a, ValueId b) {
    return rewriter_.value(a).type.dims == rewriter_.value(b).type.dims;
  }

  // Max(x, 0) and Min(Relu(x), 6).
  void RecognizeBound(NodeId n) {
    const Elementwise* op = Op(n);
    if (op->second != Operand::kPublic || rewriter_.node(n).inputs.size() != 2) return;
    const ValueId x = rewriter_.node(n).inputs[0];
    const auto bound = UniformConstant(rewriter_.draft(), rewriter_.node(n).inputs[1]);
    if (!bound || !SameShape(x, rewriter_.node(n).outputs[0])) return;
    if (op->kind == ElementwiseKind::kMax && *bound == 0) {
      Replace(n, {.kind = ActivationKind::kRelu}, x, "relu");
    } else if (op->kind == ElementwiseKind::kMin && *bound > 0) {
      const NodeId relu = rewriter_.Producer(x);
      if (relu == kNoNode || rewriter_.OnlyReader(x) != n) return;
      const auto* activation = std::get_if<Activation>(&rewriter_.node(relu).attributes);
      if (activation == nullptr || activation->kind != ActivationKind::kRelu) return;
      const bool six = IsNear(*bound, 6);
      Replace(n, {.kind = six ? ActivationKind::kRelu6 : ActivationKind::kClip, .high = *bound},
              rewriter_.node(relu).inputs[0], six ? "relu6" : "clip");
    }
  }

  // 1 / (1 + exp(-x)).
  void RecognizeSigmoid(NodeId n) {
    const Elementwise* op = Op(n);
    if (op == nullptr || op->kind != ElementwiseKind::kReciprocal) return;
    const NodeId sum = rewriter_.Producer(rewriter_.node(n).inputs[0]);
    if (Op(sum) == nullptr || Op(sum)->kind != ElementwiseKind::kAdd) return;
    const NodeId exp = rewriter_.Producer(rewriter_.node(sum).inputs[0]);
    if (Op(exp) == nullptr || Op(exp)->kind != ElementwiseKind::kExp) return;
    const ValueId e = rewriter_.node(exp).outputs[0];
    const auto denominator = Expand(rewriter_.draft(), rewriter_.node(sum).outputs[0], e, kNoValue);
    const ValueId argument = rewriter_.node(exp).inputs[0];
    const NodeId neg = rewriter_.Producer(argument);
    if (!denominator || !denominator->IsNear(X() + Polynomial(1)) || Op(neg) == nullptr) return;
    const ValueId x = rewriter_.node(neg).inputs[0];
    const auto negated = Expand(rewriter_.draft(), argument, x, kNoValue);
    if (!negated || !negated->IsNear(X(-1)) || !SameShape(x, rewriter_.node(n).outputs[0])) return;
    if (rewriter_.OnlyReader(e) != sum) return;
    Replace(n, {.kind = ActivationKind::kSigmoid}, x, "sigmoid");
  }

  // Values from which the argument of f is computed alone, nearest first.
  std::vector<ValueId> Origins(ValueId argument) {
    std::vector<ValueId> origins = {argument};
    std::vector<ValueId> leaves = {argument};
    for (int step = 0; step < 12; ++step) {
      // Expand the leaf made last: the others may be its operands.
      const auto latest = std::max_element(leaves.begin(), leaves.end(), [&](ValueId a, ValueId b) {
        return rewriter_.Producer(a) < rewriter_.Producer(b);
      });
      const NodeId producer = rewriter_.Producer(*latest);
      if (Op(producer) == nullptr) break;
      leaves.erase(latest);
      for (ValueId input : rewriter_.node(producer).inputs) {
        if (!rewriter_.draft().IsPrivate(input)) continue;
        if (std::find(leaves.begin(), leaves.end(), input) == leaves.end()) {
          leaves.push_back(input);
        }
      }
      if (leaves.size() == 1) origins.push_back(leaves[0]);
    }
    return origins;
  }

  // Some exporters write ReLU6 as Clip(Relu(x), 0, 6): one bound, not two.
  void RecognizeClippedRelu(NodeId n) {
    auto clip = std::get<Activation>(rewriter_.node(n).attributes);
    const bool bounds = clip.kind == ActivationKind::kRelu6 ||
                        (clip.kind == ActivationKind::kClip && clip.low <= 0 && clip.high > 0);
    const ValueId clipped = rewriter_.node(n).inputs[0];
    const NodeId relu = rewriter_.Producer(clipped);
    if (!bounds || relu == kNoNode || rewriter_.OnlyReader(clipped) != n) return;
    const auto* inner = std::get_if<Activation>(&rewriter_.node(relu).attributes);
    if (inner == nullptr || inner->kind != ActivationKind::kRelu || inner->kept_elements >= 0) {
      return;
    }
    clip.low = 0;
    if (IsNear(clip.high, 6)) clip.kind = ActivationKind::kRelu6;
    Replace(n, clip, rewriter_.node(relu).inputs[0], KindName(clip));
  }

  void Recognize(NodeId n) {
    RecognizeClippedRelu(n);
    const auto f = std::get<Activation>(rewriter_.node(n).attributes);
    const ValueId argument = rewriter_.node(n).inputs[0];
    if (f.kind == ActivationKind::kTanh && RecognizeMish(n)) return;
    for (ValueId x : Origins(argument)) {
      const auto inner = Expand(rewriter_.draft(), argument, x, kNoValue);
      if (!inner) continue;
      if (RecognizeFrom(n, f, *inner, x)) return;
    }
  }

  bool RecognizeFrom(NodeId n, const Activation& f, const Polynomial& argument, ValueId x) {
    const ValueId u = rewriter_.node(n).outputs[0];
    std::optional<std::pair<NodeId, Activation>> best;
    if (const auto match = Match(f, argument, U())) best = {n, *match};
    ValueId current = u;
    for (int step = 0; step < 8; ++step) {
      const NodeId reader = rewriter_.OnlyReader(current);
      if (Op(reader) == nullptr) break;
      current = rewriter_.node(reader).outputs[0];
      const auto result = Expand(rewriter_.draft(), current, x, u);
      if (!result) break;
      if (!SameShape(current, x)) break;
      if (const auto match = Match(f, argument, *result)) best = {reader, *match};
    }
    if (!best || !SameShape(rewriter_.node(best->first).outputs[0], x)) return false;
    Replace(best->first, best->second, x, KindName(best->second));
    return true;
  }

  // x tanh(softplus(x)).
  bool RecognizeMish(NodeId tanh) {
    const NodeId softplus = rewriter_.Producer(rewriter_.node(tanh).inputs[0]);
    if (softplus == kNoNode) return false;
    const auto* inner = std::get_if<Activation>(&rewriter_.node(softplus).attributes);
    if (inner == nullptr || inner->kind != ActivationKind::kSoftplus) return false;
    const ValueId x = rewriter_.node(softplus).inputs[0];
    const ValueId u = rewriter_.node(tanh).outputs[0];
    const NodeId reader = rewriter_.OnlyReader(u);
    if (Op(reader) == nullptr) return false;
    const ValueId y = rewriter_.node(reader).outputs[0];
    const auto result = Expand(rewriter_.draft(), y, x, u);
    if (!result || !result->IsNear(XU(1)) || !SameShape(x, y)) return false;
    Replace(reader, {.kind = ActivationKind::kMish}, x, "mish");
    return true;
  }

  Rewriter rewriter_;
};

// A value as a polynomial of `degree` in `atom`.
struct Power {
  ValueId atom = kNoValue;
  int64_t degree = 1;
};

constexpr int64_t kMaxPolynomialDegree = 32;

// The polynomial that a node computes, if its private operands are polynomials
// in one and the same value; else its result is a value of its own.
Power PowerOf(const Draft& draft, const Node& node, const std::vector<Power>& powers) {
  const Power itself{.atom = node.outputs[0]};
  const auto* op = std::get_if<Elementwise>(&node.attributes);
  if (op == nullptr) return itself;
  Power result{.atom = kNoValue, .degree = 0};
  for (ValueId input : node.inputs) {
    if (!draft.IsPrivate(input)) continue;
    const Power& power = powers[input];
    if (result.atom != kNoValue && result.atom != power.atom) return itself;
    result.atom = power.atom;
    switch (op->kind) {
      case ElementwiseKind::kMul:
        result.degree += op->same_operands ? 2 * power.degree : power.degree;
        if (op->same_operands) {
          return result.degree <= kMaxPolynomialDegree ? result : itself;
        }
        break;
      case ElementwiseKind::kAdd:
      case ElementwiseKind::kSub:
      case ElementwiseKind::kNeg:
        result.degree = std::max(result.degree, power.degree);
        break;
      case ElementwiseKind::kDiv:
        if (op->second == Operand::kPrivate) return itself;
        result.degree = power.degree;
        break;
      case ElementwiseKind::kPow:
        if (op->exponent != std::floor(op->exponent) || op->exponent < 1 ||
            op->exponent > static_cast<double>(kMaxPolynomialDegree)) {
          return itself;
        }
        result.degree = power.degree * static_cast<int64_t>(op->exponent);
        break;
      default:
        return itself;
    }
  }
  const bool same_shape =
      result.atom != kNoValue &&
      draft.parts.values[result.atom].type.dims == draft.parts.values[node.outputs[0]].type.dims;
  return same_shape && result.degree <= kMaxPolynomialDegree ? result : itself;
}

}  // namespace

void RecognizeActivations(Draft& draft) { Recognizer(draft).Run(); }

void RecognizePolynomials(Draft& draft) {
  std::vector<Power> powers(draft.parts.values.size());
  for (size_t i = 0; i < powers.size(); ++i) powers[i].atom = static_cast<ValueId>(i);
  for (const Node& node : draft.parts.nodes) {
    powers[node.outputs[0]] = PowerOf(draft, node, powers);
  }
  Rewriter rewriter(draft);
  // Backwards: who reads a result is decided before its parts are touched.
  for (NodeId n = rewriter.node_count() - 1; n >= 0; --n) {
    const ValueId value = rewriter.node(n).outputs[0];
    const Power power = powers[value];
    if (power.atom == value || power.degree < 2) continue;
    bool is_last = rewriter.readers(value).empty();
    bool only_sums = !is_last;  // statistics: sums of squares stay what they are
    for (NodeId reader : rewriter.readers(value)) {
      is_last = is_last || powers[rewriter.node(reader).outputs[0]].atom != power.atom ||
                rewriter.node(reader).outputs[0] == power.atom;
      only_sums = only_sums && std::holds_alternative<Reduce>(rewriter.node(reader).attributes);
    }
    for (ValueId result : draft.parts.outputs) is_last = is_last || result == value;
    if (!is_last || only_sums) continue;
    Node& node = rewriter.node(n);
    node.attributes = Activation{.kind = ActivationKind::kPolynomial,
                                 .elements = rewriter.value(value).type.ElementCount(),
                                 .degree = power.degree};
    node.onnx_op = "pattern:polynomial";
    rewriter.SetInputs(n, {power.atom});
  }
  rewriter.Finish();
  DropUnusedNodes(draft);
}

}  // namespace picost::graph
