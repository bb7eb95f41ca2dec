// How each kind of node is counted. docs/counting.md has the same definitions
// for readers; tests compare them with what torch dispatched (data/models).
#include "estimator/count/op_counts.h"

#include <bit>
#include <cmath>
#include <set>
#include <variant>

#include "estimator/graph/macs.h"

namespace picost::count {
namespace {

using graph::ActivationKind;
using graph::ElementwiseKind;
using graph::NormalizationKind;
using graph::Operand;
using graph::PoolKind;
using graph::ReduceKind;

// Multiplications of x^n by repeated squaring: one square per bit after the
// first, one product per further set bit.
int64_t PowerSquares(uint64_t exponent) { return std::bit_width(exponent) - 1; }
int64_t PowerProducts(uint64_t exponent) { return std::popcount(exponent) - 1; }

struct Counter {
  Counts& counts;
  int64_t output_elements;

  void operator()(const graph::Conv&) const { CountMacs(counts.conv_macs); }
  void operator()(const graph::Linear&) const { CountMacs(counts.linear_macs); }
  void operator()(const graph::PrivateMatMul&) const { CountMacs(counts.private_matmul_macs); }

  void operator()(const graph::Activation& a) const {
    const int64_t kept = a.kept_elements < 0 ? a.elements : a.kept_elements;
    Elements(kept);
    switch (a.kind) {
      case ActivationKind::kRelu:
      case ActivationKind::kRelu6:
        CountRelu(kept);
        return;
      case ActivationKind::kClip:
        // A clip to [0, b] is a ReLU with a ceiling, whatever b.
        if (a.low == 0 && std::isfinite(a.high)) CountRelu(kept);
        return;
      case ActivationKind::kPolynomial:
        counts.squares += kept;
        if (a.degree > 2) counts.multiplications += kept * (a.degree - 2);
        counts.truncations += kept;
        return;
      case ActivationKind::kLeakyRelu:
      case ActivationKind::kPRelu:
      case ActivationKind::kThresholdedRelu:
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
        return;  // what one costs is the protocol's choice
    }
  }

  void operator()(const graph::Pool& a) const {
    switch (a.kind) {
      case PoolKind::kMax:
        counts.maxpool_comparisons = a.outputs * (a.window - 1);
        counts.comparisons = counts.maxpool_comparisons;
        return;
      case PoolKind::kAverage:
        counts.truncations = a.outputs;
        return;
      case PoolKind::kLp:
        counts.squares = a.outputs * a.window;
        counts.truncations = a.outputs;
        return;
    }
  }

  void operator()(const graph::Normalization& a) const {
    Elements(a.elements);
    switch (a.kind) {
      case NormalizationKind::kBatch:
        counts.weight_products = a.elements;
        counts.truncations = a.elements;
        return;
      case NormalizationKind::kLayer:
      case NormalizationKind::kGroup:
      case NormalizationKind::kInstance:
      case NormalizationKind::kRms:
      case NormalizationKind::kLp:
        // Squares for the variance, one reciprocal root per row, one product.
        counts.squares = a.elements;
        counts.reciprocals = a.rows;
        counts.multiplications = a.elements;
        counts.weight_products = a.has_scale ? a.elements : 0;
        counts.truncations = 2 * a.elements + counts.weight_products;
        return;
      case NormalizationKind::kLocalResponse:
        counts.squares = a.elements;
        counts.reciprocals = a.elements;
        counts.multiplications = a.elements;
        counts.truncations = 2 * a.elements;
        return;
    }
  }

  void operator()(const graph::Softmax& a) const {
    Elements(a.rows * a.width);
    // The maximum of the row is subtracted first, for stability in fixed point.
    counts.comparisons = a.rows * (a.width > 0 ? a.width - 1 : 0);
    counts.exponentials = a.rows * a.width;
    if (!a.log) {
      counts.reciprocals = a.rows;
      counts.multiplications = a.rows * a.width;
      counts.truncations = a.rows * a.width;
    }
  }

  void operator()(const graph::Reduce& a) const {
    const int64_t all = a.outputs * a.width;
    const int64_t pairs = a.width > 0 ? a.outputs * (a.width - 1) : 0;
    switch (a.kind) {
      case ReduceKind::kSum:
        return;
      case ReduceKind::kMean:
        counts.truncations = a.outputs;
        return;
      case ReduceKind::kMax:
      case ReduceKind::kMin:
        counts.comparisons = pairs;
        return;
      case ReduceKind::kProd:
        counts.multiplications = pairs;
        counts.truncations = pairs;
        return;
      case ReduceKind::kL1:
        counts.comparisons = all;
        return;
      case ReduceKind::kL2:
      case ReduceKind::kSumSquare:
        counts.squares = all;
        counts.truncations = a.outputs;
        if (a.kind == ReduceKind::kL2) counts.reciprocals = a.outputs;
        return;
      case ReduceKind::kLogSum:
        Own("log", a.outputs);
        return;
      case ReduceKind::kLogSumExp:
        counts.comparisons = pairs;
        counts.exponentials = all;
        Own("log", a.outputs);
        return;
    }
  }

  void operator()(const graph::Elementwise& a) const {
    switch (a.kind) {
      case ElementwiseKind::kAdd:
      case ElementwiseKind::kSub:
      case ElementwiseKind::kNeg:
        return;  // sums of shares
      case ElementwiseKind::kMul:
        CountProduct(a);
        return;
      case ElementwiseKind::kDiv:
        // By a private divisor: its reciprocal, then a product. By a known one:
        // a product with the reciprocal.
        if (a.second == Operand::kPrivate) counts.reciprocals = a.elements;
        CountProduct(a);
        return;
      case ElementwiseKind::kPow:
        CountPower(a);
        return;
      case ElementwiseKind::kMin:
      case ElementwiseKind::kMax:
      case ElementwiseKind::kAbs:
      case ElementwiseKind::kSign:
        counts.comparisons = a.elements;
        return;
      case ElementwiseKind::kSqrt:
      case ElementwiseKind::kReciprocal:
        counts.reciprocals = a.elements;
        return;
      case ElementwiseKind::kExp:
        counts.exponentials = a.elements;
        return;
      case ElementwiseKind::kLog:
        Own("log", a.elements);
        return;
      case ElementwiseKind::kFloor:
      case ElementwiseKind::kRound:
        counts.comparisons = a.elements;
        Own("floor", a.elements);
        return;
      case ElementwiseKind::kSin:
      case ElementwiseKind::kCos:
        Own("sin", a.elements);
        return;
      case ElementwiseKind::kMod:
        counts.comparisons = a.elements;
        Own("mod", a.elements);
        return;
    }
  }

  void operator()(const graph::Compare& a) const { counts.comparisons = a.elements; }

  void operator()(const graph::Select& a) const {
    if (a.condition == Operand::kPrivate) counts.multiplications = a.elements;
  }

  void operator()(const graph::TopK& a) const {
    // k passes of a running maximum; each pass needs one comparison less.
    const int64_t passes = a.k < a.width ? a.k : (a.width > 0 ? a.width - 1 : 0);
    counts.comparisons = a.rows * (passes * (a.width - 1) - passes * (passes - 1) / 2);
  }

  void operator()(const graph::Embedding& a) const {
    // A private lookup is a product of a one-hot row with the table.
    if (a.private_indices) Own("embedding", a.lookups * a.row_elements);
  }

  void operator()(const graph::View&) const {}

  void operator()(const graph::PublicLinear& a) const {
    if (a.multiplications > 0) counts.truncations = output_elements;
  }

  // --- Helpers.
  std::string kind;
  int64_t macs;

  void Elements(int64_t count) const { counts.elements_by_kind[kind] += count; }
  void Own(const std::string& name, int64_t count) const { counts.elements_by_kind[name] += count; }

  void CountRelu(int64_t elements) const {
    counts.relu_elements = elements;
    counts.relu_calls = elements > 0 ? 1 : 0;
  }

  void CountMacs(int64_t& kind_macs) const {
    kind_macs = macs;
    counts.macs = macs;
    counts.truncations = output_elements;
  }

  void CountProduct(const graph::Elementwise& a) const {
    counts.truncations = a.elements;
    switch (a.second) {
      case Operand::kPrivate:
        (a.same_operands ? counts.squares : counts.multiplications) = a.elements;
        return;
      case Operand::kWeight:
        counts.weight_products = a.elements;
        return;
      case Operand::kPublic:
      case Operand::kNone:
        return;  // local
    }
  }

  void CountPower(const graph::Elementwise& a) const {
    double magnitude = std::abs(a.exponent);
    if (a.exponent < 0) counts.reciprocals += a.elements;
    if (magnitude != std::floor(magnitude) || magnitude > 64) {
      // exp(exponent * log(x)).
      counts.exponentials += a.elements;
      Own("log", a.elements);
      return;
    }
    const auto exponent = static_cast<uint64_t>(magnitude);
    if (exponent == 0) return;
    counts.squares = a.elements * PowerSquares(exponent);
    counts.multiplications = a.elements * PowerProducts(exponent);
    counts.truncations = counts.squares + counts.multiplications;
  }
};

Counts CountNode(const graph::Graph& graph, const graph::Node& node) {
  Counts counts;
  for (graph::ValueId id : node.outputs) {
    counts.output_elements += graph.value(id).type.ElementCount();
  }
  std::set<graph::ValueId> weights;
  for (graph::ValueId id : node.inputs) {
    const graph::Value& value = graph.value(id);
    if (value.source == graph::ValueSource::kWeight && weights.insert(id).second) {
      counts.parameters += value.type.ElementCount();
    }
  }
  std::visit(Counter{.counts = counts,
                     .output_elements = counts.output_elements,
                     .kind = graph::KindName(node.attributes),
                     .macs = graph::CheckedMacs(node.attributes).value_or(0)},
             node.attributes);
  return counts;
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
  relu_elements += other.relu_elements;
  relu_calls += other.relu_calls;
  comparisons += other.comparisons;
  maxpool_comparisons += other.maxpool_comparisons;
  multiplications += other.multiplications;
  squares += other.squares;
  exponentials += other.exponentials;
  reciprocals += other.reciprocals;
  weight_products += other.weight_products;
  truncations += other.truncations;
  macs += other.macs;
  conv_macs += other.conv_macs;
  linear_macs += other.linear_macs;
  private_matmul_macs += other.private_matmul_macs;
  parameters += other.parameters;
  output_elements += other.output_elements;
  for (const auto& [name, count] : other.elements_by_kind) elements_by_kind[name] += count;
  return *this;
}

OpCounts CountOps(const graph::Graph& graph) {
  OpCounts result;
  result.by_node.reserve(graph.nodes().size());
  for (const graph::Node& node : graph.nodes()) {
    result.by_node.push_back(CountNode(graph, node));
    result.total += result.by_node.back();
  }
  return result;
}

}  // namespace picost::count
