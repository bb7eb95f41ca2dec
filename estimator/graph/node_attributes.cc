#include "estimator/graph/node_attributes.h"

namespace picost::graph {
namespace {

// Switches without a default: a new enumerator is a compiler warning here.
std::string Name(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::kRelu:
      return "relu";
    case ActivationKind::kRelu6:
      return "relu6";
    case ActivationKind::kClip:
      return "clip";
    case ActivationKind::kLeakyRelu:
      return "leakyrelu";
    case ActivationKind::kPRelu:
      return "prelu";
    case ActivationKind::kThresholdedRelu:
      return "thresholdedrelu";
    case ActivationKind::kElu:
      return "elu";
    case ActivationKind::kCelu:
      return "celu";
    case ActivationKind::kSelu:
      return "selu";
    case ActivationKind::kSigmoid:
      return "sigmoid";
    case ActivationKind::kHardSigmoid:
      return "hardsigmoid";
    case ActivationKind::kHardSwish:
      return "hardswish";
    case ActivationKind::kSilu:
      return "silu";
    case ActivationKind::kTanh:
      return "tanh";
    case ActivationKind::kErf:
      return "erf";
    case ActivationKind::kGelu:
      return "gelu";
    case ActivationKind::kGeluTanh:
      return "gelu";
    case ActivationKind::kSoftplus:
      return "softplus";
    case ActivationKind::kSoftsign:
      return "softsign";
    case ActivationKind::kMish:
      return "mish";
    case ActivationKind::kPolynomial:
      return "polynomial";
  }
  return "activation";
}

std::string Name(PoolKind kind) {
  switch (kind) {
    case PoolKind::kMax:
      return "maxpool";
    case PoolKind::kAverage:
      return "averagepool";
    case PoolKind::kLp:
      return "lppool";
  }
  return "pool";
}

std::string Name(NormalizationKind kind) {
  switch (kind) {
    case NormalizationKind::kBatch:
      return "batchnorm";
    case NormalizationKind::kLayer:
      return "layernorm";
    case NormalizationKind::kGroup:
      return "groupnorm";
    case NormalizationKind::kInstance:
      return "instancenorm";
    case NormalizationKind::kRms:
      return "rmsnorm";
    case NormalizationKind::kLp:
      return "lpnorm";
    case NormalizationKind::kLocalResponse:
      return "localresponsenorm";
  }
  return "normalization";
}

std::string Name(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kSum:
      return "reducesum";
    case ReduceKind::kMean:
      return "reducemean";
    case ReduceKind::kMax:
      return "reducemax";
    case ReduceKind::kMin:
      return "reducemin";
    case ReduceKind::kProd:
      return "reduceprod";
    case ReduceKind::kL1:
      return "reducel1";
    case ReduceKind::kL2:
      return "reducel2";
    case ReduceKind::kSumSquare:
      return "reducesumsquare";
    case ReduceKind::kLogSum:
      return "reducelogsum";
    case ReduceKind::kLogSumExp:
      return "reducelogsumexp";
  }
  return "reduce";
}

std::string Name(ElementwiseKind kind) {
  switch (kind) {
    case ElementwiseKind::kAdd:
      return "add";
    case ElementwiseKind::kSub:
      return "sub";
    case ElementwiseKind::kNeg:
      return "neg";
    case ElementwiseKind::kMul:
      return "mul";
    case ElementwiseKind::kDiv:
      return "div";
    case ElementwiseKind::kPow:
      return "pow";
    case ElementwiseKind::kMin:
      return "min";
    case ElementwiseKind::kMax:
      return "max";
    case ElementwiseKind::kAbs:
      return "abs";
    case ElementwiseKind::kSign:
      return "sign";
    case ElementwiseKind::kSqrt:
      return "sqrt";
    case ElementwiseKind::kReciprocal:
      return "reciprocal";
    case ElementwiseKind::kExp:
      return "exp";
    case ElementwiseKind::kLog:
      return "log";
    case ElementwiseKind::kFloor:
      return "floor";
    case ElementwiseKind::kRound:
      return "round";
    case ElementwiseKind::kSin:
      return "sin";
    case ElementwiseKind::kCos:
      return "cos";
    case ElementwiseKind::kMod:
      return "mod";
  }
  return "elementwise";
}

std::string Name(CompareKind kind) {
  switch (kind) {
    case CompareKind::kLess:
      return "less";
    case CompareKind::kLessOrEqual:
      return "lessorequal";
    case CompareKind::kGreater:
      return "greater";
    case CompareKind::kGreaterOrEqual:
      return "greaterorequal";
    case CompareKind::kEqual:
      return "equal";
    case CompareKind::kNot:
      return "not";
    case CompareKind::kAnd:
      return "and";
    case CompareKind::kOr:
      return "or";
    case CompareKind::kXor:
      return "xor";
  }
  return "compare";
}

struct Namer {
  std::string operator()(const Conv&) const { return "conv"; }
  std::string operator()(const Linear&) const { return "linear"; }
  std::string operator()(const PrivateMatMul&) const { return "matmul"; }
  std::string operator()(const Activation& a) const { return Name(a.kind); }
  std::string operator()(const Pool& a) const { return Name(a.kind); }
  std::string operator()(const Normalization& a) const { return Name(a.kind); }
  std::string operator()(const Softmax& a) const { return a.log ? "logsoftmax" : "softmax"; }
  std::string operator()(const Reduce& a) const { return Name(a.kind); }
  std::string operator()(const Elementwise& a) const { return Name(a.kind); }
  std::string operator()(const Compare& a) const { return Name(a.kind); }
  std::string operator()(const Select&) const { return "select"; }
  std::string operator()(const TopK&) const { return "topk"; }
  std::string operator()(const Embedding&) const { return "embedding"; }
  std::string operator()(const View&) const { return "view"; }
  std::string operator()(const PublicLinear&) const { return "publiclinear"; }
};

}  // namespace

std::string KindName(const NodeAttributes& attributes) { return std::visit(Namer{}, attributes); }

}  // namespace picost::graph
