#include "estimator/graph/passes/norm_patterns.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "estimator/graph/passes/drop_unused.h"
#include "estimator/graph/passes/rewriter.h"

namespace picost::graph {
namespace {

class Recognizer {
 public:
  explicit Recognizer(Draft& draft) : rewriter_(draft) {}

  void Run() {
    for (NodeId n = 0; n < rewriter_.node_count(); ++n) {
      if (!rewriter_.IsAlive(n)) continue;
      RecognizeLayerNorm(n);
      RecognizeSoftmax(n);
      RecognizeGroupNorm(n);
    }
    for (NodeId n = 0; n < rewriter_.node_count(); ++n) {
      if (rewriter_.IsAlive(n)) FoldScale(n);
    }
    rewriter_.Finish();
    DropUnusedNodes(rewriter_.draft());
  }

 private:
  const Elementwise* Op(NodeId n) {
    return n == kNoNode ? nullptr : std::get_if<Elementwise>(&rewriter_.node(n).attributes);
  }
  const Elementwise* OpOf(ValueId value, ElementwiseKind kind) {
    const Elementwise* op = Op(rewriter_.Producer(value));
    return op != nullptr && op->kind == kind ? op : nullptr;
  }
  ValueId InputOf(ValueId value, size_t i) {
    return rewriter_.node(rewriter_.Producer(value)).inputs[i];
  }
  ValueId Made(NodeId n) { return rewriter_.node(n).outputs[0]; }
  const Reduce* ReduceOf(ValueId value, ReduceKind kind) {
    const NodeId n = rewriter_.Producer(value);
    const Reduce* reduce =
        n == kNoNode ? nullptr : std::get_if<Reduce>(&rewriter_.node(n).attributes);
    return reduce != nullptr && reduce->kind == kind ? reduce : nullptr;
  }
  bool IsKnown(ValueId value) { return !rewriter_.draft().IsPrivate(value); }

  // The mean of `value`'s elements: ReduceMean, or ReduceSum and a division.
  const Reduce* MeanOf(ValueId value, ValueId& of) {
    const Reduce* mean = ReduceOf(value, ReduceKind::kMean);
    if (mean == nullptr) {
      const bool scaled = OpOf(value, ElementwiseKind::kDiv) || OpOf(value, ElementwiseKind::kMul);
      if (!scaled || rewriter_.node(rewriter_.Producer(value)).inputs.size() != 2 ||
          !IsKnown(InputOf(value, 1))) {
        return nullptr;
      }
      value = InputOf(value, 0);
      mean = ReduceOf(value, ReduceKind::kSum);
    }
    if (mean != nullptr) of = InputOf(value, 0);
    return mean;
  }

  // d = x - mean(x): returns x, or kNone.
  ValueId CentredOf(ValueId d) {
    if (OpOf(d, ElementwiseKind::kSub) == nullptr) return kNone;
    const auto& inputs = rewriter_.node(rewriter_.Producer(d)).inputs;
    ValueId of = kNone;
    if (inputs.size() != 2 || MeanOf(inputs[1], of) == nullptr || of != inputs[0]) return kNone;
    return inputs[0];
  }

  // Anchored at the root of the variance: sqrt(mean(d d) + eps), whose only use
  // is to divide d (or another x - mean(x)); without a mean, RMS normalization.
  void RecognizeLayerNorm(NodeId n) {
    const Elementwise* root = Op(n);
    if (root == nullptr) return;
    const bool inverse = root->kind == ElementwiseKind::kPow && root->exponent == -0.5;
    if (root->kind != ElementwiseKind::kSqrt && !inverse) return;
    ValueId variance = rewriter_.node(n).inputs[0];
    if (OpOf(variance, ElementwiseKind::kAdd) != nullptr && IsKnown(InputOf(variance, 1))) {
      variance = InputOf(variance, 0);
    }
    ValueId squares = kNone;
    const Reduce* mean = MeanOf(variance, squares);
    if (mean == nullptr) return;
    const Elementwise* square = OpOf(squares, ElementwiseKind::kMul);
    if (square == nullptr || !square->same_operands) return;
    const ValueId d = InputOf(squares, 0);
    const ValueId centred = CentredOf(d);
    const ValueId x = centred == kNone ? d : centred;

    ValueId divisor = Made(n);
    NodeId last = rewriter_.OnlyReader(divisor);
    bool multiplies = inverse;
    if (Op(last) != nullptr && Op(last)->kind == ElementwiseKind::kReciprocal && !inverse) {
      divisor = Made(last);
      last = rewriter_.OnlyReader(divisor);
      multiplies = true;
    }
    if (Op(last) == nullptr || rewriter_.node(last).inputs.size() != 2) return;
    const auto& inputs = rewriter_.node(last).inputs;
    if (Op(last)->kind != (multiplies ? ElementwiseKind::kMul : ElementwiseKind::kDiv)) return;
    const bool in_order = inputs[1] == divisor;
    if (!in_order && !(multiplies && inputs[0] == divisor)) return;
    const ValueId dividend = inputs[in_order ? 0 : 1];
    const bool fits = dividend == d || (centred != kNone && CentredOf(dividend) == x);
    if (!fits) return;
    Become(last,
           Normalization{
               .kind = centred == kNone ? NormalizationKind::kRms : NormalizationKind::kLayer,
               .elements = rewriter_.value(x).type.ElementCount(),
               .rows = mean->outputs,
               .width = mean->width,
               .has_scale = false},
           x, centred == kNone ? "rmsnorm" : "layernorm");
  }

  // e / sum(e), where e = exp(x - max(x)) or exp(x).
  void RecognizeSoftmax(NodeId n) {
    const Elementwise* div = Op(n);
    if (div == nullptr || div->kind != ElementwiseKind::kDiv || div->second != Operand::kPrivate) {
      return;
    }
    const ValueId e = rewriter_.node(n).inputs[0];
    const Reduce* sum = ReduceOf(rewriter_.node(n).inputs[1], ReduceKind::kSum);
    if (sum == nullptr || InputOf(rewriter_.node(n).inputs[1], 0) != e ||
        OpOf(e, ElementwiseKind::kExp) == nullptr || rewriter_.readers(e).size() != 2) {
      return;
    }
    ValueId x = InputOf(e, 0);
    if (OpOf(x, ElementwiseKind::kSub) != nullptr) {
      const auto& inputs = rewriter_.node(rewriter_.Producer(x)).inputs;
      if (inputs.size() == 2 && ReduceOf(inputs[1], ReduceKind::kMax) != nullptr &&
          InputOf(inputs[1], 0) == inputs[0]) {
        x = inputs[0];
      }
    }
    const Softmax softmax{.rows = sum->outputs, .width = sum->width};
    Become(n, softmax, x, "softmax");
  }

  // Exporters write group normalization as instance normalization of a tensor
  // whose channels are the groups.
  void RecognizeGroupNorm(NodeId n) {
    auto* norm = std::get_if<Normalization>(&rewriter_.node(n).attributes);
    if (norm == nullptr || norm->kind != NormalizationKind::kInstance) return;
    const ValueId grouped = rewriter_.node(n).inputs[0];
    const NodeId before = rewriter_.Producer(grouped);
    const NodeId after = rewriter_.OnlyReader(Made(n));
    if (before == kNoNode || after == kNoNode) return;
    if (!std::holds_alternative<View>(rewriter_.node(before).attributes) ||
        !std::holds_alternative<View>(rewriter_.node(after).attributes) ||
        rewriter_.node(before).inputs.size() != 1) {
      return;
    }
    const ValueId x = rewriter_.node(before).inputs[0];
    if (rewriter_.value(x).type != rewriter_.value(Made(after)).type) return;
    Normalization group = *norm;
    group.kind = NormalizationKind::kGroup;
    group.has_scale = false;  // of the groups: ones, by construction
    Become(after, group, x, "groupnorm");
  }

  // A product and a sum with known numbers after a normalization are its scale
  // and shift, private like all weights.
  void FoldScale(NodeId n) {
    while (true) {
      auto* norm = std::get_if<Normalization>(&rewriter_.node(n).attributes);
      if (norm == nullptr || norm->kind == NormalizationKind::kBatch) return;
      const NodeId reader = rewriter_.OnlyReader(Made(n));
      const Elementwise* op = Op(reader);
      if (op == nullptr || rewriter_.node(reader).inputs.size() != 2) return;
      if (op->kind != ElementwiseKind::kMul && op->kind != ElementwiseKind::kAdd) return;
      const ValueId weight = rewriter_.node(reader).inputs[1];
      if (op->second != Operand::kWeight || rewriter_.node(reader).inputs[0] != Made(n) ||
          rewriter_.value(Made(reader)).type.dims != rewriter_.value(Made(n)).type.dims) {
        return;
      }
      norm->has_scale = true;
      rewriter_.AddInput(n, weight);
      rewriter_.Absorb(n, reader);
    }
  }

  void Become(NodeId n, NodeAttributes attributes, ValueId x, const char* name) {
    rewriter_.node(n).attributes = std::move(attributes);
    rewriter_.node(n).onnx_op = std::string("pattern:") + name;
    rewriter_.SetInputs(n, {x});
  }

  static constexpr ValueId kNone = -1;
  Rewriter rewriter_;
};

}  // namespace

void RecognizeNormalizations(Draft& draft) { Recognizer(draft).Run(); }

}  // namespace picost::graph
