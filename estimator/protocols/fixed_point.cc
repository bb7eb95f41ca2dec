#include "estimator/protocols/fixed_point.h"

#include <algorithm>
#include <limits>
#include <variant>

namespace picost::protocols {
namespace {

using graph::Activation;
using graph::ActivationKind;
using graph::Elementwise;
using graph::ElementwiseKind;
using graph::Operand;

// What an operation does to the surplus of its operands.
enum class Rule {
  kKeep,      // passes it on
  kMultiply,  // reads clean operands, makes one surplus
  kScale,     // multiplies by one factor more, while the ring has room for it
  kCut,       // cuts it inside its own operation
  kReset,     // reads clean operands, truncates inside
  kDrop,      // reads anything, makes clean values
};

// Bits kept for the integer part of a value that is scaled twice.
constexpr int64_t kIntegerBits = 4;

Rule RuleOf(const Activation& activation) {
  switch (activation.kind) {
    case ActivationKind::kRelu:
      return activation.kept_elements == 0 ? Rule::kKeep : Rule::kCut;
    case ActivationKind::kRelu6:
    case ActivationKind::kClip:
    case ActivationKind::kThresholdedRelu:
      return activation.kept_elements == 0 ? Rule::kKeep : Rule::kCut;
    case ActivationKind::kLeakyRelu:
    case ActivationKind::kPRelu:
      return activation.kept_elements == 0 ? Rule::kKeep : Rule::kMultiply;
    case ActivationKind::kElu:
    case ActivationKind::kCelu:
    case ActivationKind::kSelu:
    case ActivationKind::kSigmoid:
    case ActivationKind::kHardSigmoid:
    case ActivationKind::kHardSwish:
    case ActivationKind::kSilu:
    case ActivationKind::kTanh:
    case ActivationKind::kErf:
    case ActivationKind::kGelu:
    case ActivationKind::kGeluTanh:
    case ActivationKind::kSoftplus:
    case ActivationKind::kSoftsign:
    case ActivationKind::kMish:
    case ActivationKind::kPolynomial:
      return activation.kept_elements == 0 ? Rule::kKeep : Rule::kReset;
  }
  return Rule::kReset;
}

Rule RuleOf(const Elementwise& elementwise) {
  switch (elementwise.kind) {
    case ElementwiseKind::kAdd:
    case ElementwiseKind::kSub:
    case ElementwiseKind::kNeg:
    case ElementwiseKind::kMin:
    case ElementwiseKind::kMax:
    case ElementwiseKind::kAbs:
      return Rule::kKeep;
    case ElementwiseKind::kMul:
      return Rule::kMultiply;
    case ElementwiseKind::kDiv:
      return elementwise.second == Operand::kPrivate ? Rule::kReset : Rule::kMultiply;
    case ElementwiseKind::kSign:
      return Rule::kDrop;
    case ElementwiseKind::kPow:
    case ElementwiseKind::kSqrt:
    case ElementwiseKind::kReciprocal:
    case ElementwiseKind::kExp:
    case ElementwiseKind::kLog:
    case ElementwiseKind::kFloor:
    case ElementwiseKind::kRound:
    case ElementwiseKind::kSin:
    case ElementwiseKind::kCos:
    case ElementwiseKind::kMod:
      return Rule::kReset;
  }
  return Rule::kReset;
}

Rule RuleOf(const graph::Reduce& reduce) {
  switch (reduce.kind) {
    case graph::ReduceKind::kSum:
    case graph::ReduceKind::kMean:
    case graph::ReduceKind::kMax:
    case graph::ReduceKind::kMin:
      return Rule::kKeep;
    case graph::ReduceKind::kProd:
    case graph::ReduceKind::kL1:
    case graph::ReduceKind::kL2:
    case graph::ReduceKind::kSumSquare:
    case graph::ReduceKind::kLogSum:
    case graph::ReduceKind::kLogSumExp:
      return Rule::kReset;
  }
  return Rule::kReset;
}

struct RuleVisitor {
  Rule operator()(const graph::Conv&) const { return Rule::kMultiply; }
  Rule operator()(const graph::Linear&) const { return Rule::kMultiply; }
  Rule operator()(const graph::PrivateMatMul&) const { return Rule::kMultiply; }
  Rule operator()(const Activation& activation) const { return RuleOf(activation); }
  Rule operator()(const graph::Pool& pool) const {
    return pool.kind == graph::PoolKind::kLp ? Rule::kReset : Rule::kKeep;
  }
  Rule operator()(const graph::Normalization& normalization) const {
    return normalization.kind == graph::NormalizationKind::kBatch ? Rule::kScale : Rule::kReset;
  }
  Rule operator()(const graph::Softmax&) const { return Rule::kReset; }
  Rule operator()(const graph::Reduce& reduce) const { return RuleOf(reduce); }
  Rule operator()(const Elementwise& elementwise) const { return RuleOf(elementwise); }
  Rule operator()(const graph::Compare&) const { return Rule::kDrop; }
  Rule operator()(const graph::Select&) const { return Rule::kKeep; }
  Rule operator()(const graph::TopK&) const { return Rule::kKeep; }
  Rule operator()(const graph::Embedding&) const { return Rule::kDrop; }
  Rule operator()(const graph::View&) const { return Rule::kKeep; }
  Rule operator()(const graph::PublicLinear& linear) const {
    return linear.multiplications > 0 ? Rule::kScale : Rule::kKeep;
  }
};

class Analysis {
 public:
  Analysis(const graph::Graph& graph, const FixedPointOptions& options)
      : graph_(graph), options_(options) {
    result_.pending.assign(graph.values().size(), 0);
    result_.truncated.assign(graph.values().size(), 0);
    result_.fused.assign(graph.nodes().size(), 0);
    rules_.reserve(graph.nodes().size());
    for (const graph::Node& node : graph.nodes()) {
      rules_.push_back(std::visit(RuleVisitor{}, node.attributes));
    }
  }

  FixedPointAnalysis Run() {
    for (size_t id = 0; id < graph_.nodes().size(); ++id) {
      const graph::Node& node = graph_.nodes()[id];
      int64_t surplus = 0;
      for (graph::ValueId input : node.inputs) {
        surplus = std::max(surplus, result_.pending[input]);
      }
      if (rules_[id] == Rule::kCut) result_.fused[id] = surplus;
      const int64_t made = Made(rules_[id], surplus);
      for (graph::ValueId output : node.outputs) SetPending(output, made);
    }
    return std::move(result_);
  }

 private:
  int64_t Made(Rule rule, int64_t surplus) const {
    switch (rule) {
      case Rule::kKeep:
        return surplus;
      case Rule::kMultiply:
      case Rule::kScale:
        return surplus + options_.fraction_bits;
      case Rule::kCut:
      case Rule::kReset:
      case Rule::kDrop:
        return 0;
    }
    return 0;
  }

  // The largest surplus that a reader takes as it is.
  int64_t Tolerated(Rule rule) const {
    switch (rule) {
      case Rule::kMultiply:
      case Rule::kReset:
        return 0;
      case Rule::kScale:
        return std::max<int64_t>(
            0, options_.ring_bits - 1 - kIntegerBits - 2 * options_.fraction_bits);
      case Rule::kKeep:
      case Rule::kCut:
      case Rule::kDrop:
        break;
    }
    return std::numeric_limits<int64_t>::max();
  }

  void SetPending(graph::ValueId value, int64_t surplus) {
    int64_t tolerated = std::numeric_limits<int64_t>::max();
    if (options_.placement == TruncationPlacement::kAfterProducts &&
        !graph_.consumers(value).empty()) {
      tolerated = 0;
    }
    for (graph::NodeId reader : graph_.consumers(value)) {
      if (options_.placement == TruncationPlacement::kBeforeAdditions && IsSum(reader)) {
        tolerated = 0;
      }
      tolerated = std::min(tolerated, Tolerated(rules_[reader]));
    }
    if (surplus > tolerated) {
      result_.truncated[value] = surplus;
      surplus = 0;
    }
    result_.pending[value] = surplus;
  }

  // Of two private values.
  bool IsSum(graph::NodeId id) const {
    const auto* sum = std::get_if<Elementwise>(&graph_.node(id).attributes);
    return sum != nullptr && sum->second == Operand::kPrivate &&
           (sum->kind == ElementwiseKind::kAdd || sum->kind == ElementwiseKind::kSub);
  }

  const graph::Graph& graph_;
  const FixedPointOptions options_;
  std::vector<Rule> rules_;
  FixedPointAnalysis result_;
};

}  // namespace

FixedPointAnalysis AnalyzeFixedPoint(const graph::Graph& graph, const FixedPointOptions& options) {
  return Analysis(graph, options).Run();
}

}  // namespace picost::protocols
