#include "estimator/protocols/share_planner.h"

#include <cmath>
#include <utility>
#include <variant>

#include "estimator/base/status_macros.h"
#include "estimator/protocols/fixed_point.h"
#include "estimator/protocols/memory.h"
#include "estimator/protocols/share_activations.h"

namespace picost::protocols {
namespace {

using graph::Elementwise;
using graph::ElementwiseKind;
using graph::Node;
using graph::Operand;

class SharePlanner {
 public:
  SharePlanner(const PlanContext& context, const SharePlanOptions& options, ShareBackend& backend)
      : context_(context),
        graph_(context.graph),
        options_(options),
        backend_(backend),
        scales_(AnalyzeFixedPoint(
            graph_, {options.ring_bits, options.fraction_bits, options.truncation})) {}

  absl::StatusOr<ProtocolPlan> Run() {
    ProtocolPlan plan;
    for (size_t id = 0; id < graph_.nodes().size(); ++id) {
      PICOST_ASSIGN_OR_RETURN(LayerPlan layer, PlanNode(static_cast<graph::NodeId>(id)));
      plan.storage.client += layer.storage.client;
      plan.storage.server += layer.storage.server;
      plan.layers.push_back(std::move(layer));
    }
    CallList setup;
    PICOST_RETURN_IF_ERROR(backend_.AddSetup(setup));
    PICOST_RETURN_IF_ERROR(setup.status());
    plan.setup_calls = std::move(setup).Take();
    PICOST_RETURN_IF_ERROR(backend_.Finish(plan));
    plan.memory.push_back(ModelWeights(context_, options_.element_bytes, options_.shared_weights));
    plan.memory.push_back(LiveShares(graph_, options_.element_bytes));
    return plan;
  }

 private:
  absl::StatusOr<LayerPlan> PlanNode(graph::NodeId id) {
    const Node& node = graph_.node(id);
    backend_.StartLayer();
    node_ = id;
    PICOST_RETURN_IF_ERROR(std::visit(
        [&](const auto& attributes) { return Plan(node, attributes); }, node.attributes));
    for (graph::ValueId output : node.outputs) {
      if (scales_.truncated[output] == 0) continue;
      const size_t before = backend_.layer().calls().size();
      backend_.AddTruncation(graph_.value(output).type.ElementCount(), scales_.truncated[output]);
      if (backend_.layer().calls().size() > before) {
        backend_.Note("truncation on its own before the next product");
      }
    }
    PICOST_RETURN_IF_ERROR(OfLayer(options_.id, node, backend_.layer().status()));
    LayerPlan layer;
    layer.node = id;
    layer.calls = std::move(backend_.layer()).Take();
    layer.local = layer.calls.empty();
    layer.note = backend_.note();
    layer.storage = backend_.storage();
    return layer;
  }

  absl::Status Refused(const Node& node, std::string_view why) {
    return Refuse(options_.id, node, why, "Replace the operator, or choose another protocol");
  }

  void AddDivision(int64_t divisor, int64_t n) {
    if (divisor <= 1) return;
    if (!options_.divides_average) {
      backend_.Note("divisor folded into the next weights");
      return;
    }
    backend_.AddDivision(divisor, n);
  }

  absl::Status Plan(const Node& node, const graph::Conv& conv) {
    if (!UnrolledNote(conv).empty()) backend_.Note(UnrolledNote(conv));
    return backend_.AddConv(node, ToPlainConvolution(conv), ReadsClientPlaintext(graph_, node));
  }

  absl::Status Plan(const Node& node, const graph::Linear& linear) {
    return backend_.AddLinear(node, linear.in_features, linear.out_features, linear.rows);
  }

  absl::Status Plan(const Node& node, const graph::PrivateMatMul& product) {
    return backend_.AddPrivateMatMul(node, product);
  }

  absl::Status Plan(const Node& node, const graph::Activation& activation) {
    return PlanActivation(node, activation, options_, scales_.fused[node_], backend_);
  }

  absl::Status Plan(const Node& node, const graph::Pool& pool) {
    switch (pool.kind) {
      case graph::PoolKind::kMax:
        if (pool.window > 1) backend_.AddMaximum(pool.window, pool.outputs);
        return absl::OkStatus();
      case graph::PoolKind::kAverage:
        AddDivision(pool.window, pool.outputs);
        return absl::OkStatus();
      case graph::PoolKind::kLp:
        break;
    }
    return Refused(node, "Lp pooling");
  }

  // Statistics over `width`: squares, their local sum, an inverse square root for each
  // row, a product for each element, the private scale. The mean is local.
  absl::Status Plan(const Node& node, const graph::Normalization& norm) {
    switch (norm.kind) {
      case graph::NormalizationKind::kBatch: {
        const int64_t channels = norm.channels > 0 ? norm.channels : 1;
        backend_.AddChannelScaling(norm.elements / channels, channels);
        return absl::OkStatus();
      }
      case graph::NormalizationKind::kLayer:
      case graph::NormalizationKind::kGroup:
      case graph::NormalizationKind::kInstance:
      case graph::NormalizationKind::kRms:
      case graph::NormalizationKind::kLp:
        backend_.AddSquare(norm.elements);
        backend_.AddTruncation(norm.rows, options_.fraction_bits);  // after the sum
        backend_.AddInverseSquareRoot(norm.rows);
        backend_.AddProduct(norm.elements);
        backend_.AddTruncation(norm.elements, options_.fraction_bits);
        if (norm.has_scale) {
          backend_.AddScaling(norm.elements);
          backend_.AddTruncation(norm.elements, options_.fraction_bits);
        }
        return absl::OkStatus();
      case graph::NormalizationKind::kLocalResponse:
        break;
    }
    return Refused(node, "powers with fractional exponents");
  }

  absl::Status Plan(const Node& node, const graph::Softmax& softmax) {
    if (softmax.log) return Refused(node, "logarithms");
    const int64_t n = softmax.rows * softmax.width;
    backend_.AddMaximum(softmax.width, softmax.rows);
    backend_.AddExponential(n);
    backend_.AddReciprocal(softmax.rows);
    backend_.AddProduct(n);
    backend_.AddTruncation(n, options_.fraction_bits);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::Reduce& reduce) {
    const int64_t n = reduce.outputs * reduce.width;
    switch (reduce.kind) {
      case graph::ReduceKind::kSum:
        return absl::OkStatus();
      case graph::ReduceKind::kMean:
        AddDivision(reduce.width, reduce.outputs);
        return absl::OkStatus();
      case graph::ReduceKind::kMax:
      case graph::ReduceKind::kMin:
        if (reduce.width > 1) backend_.AddMaximum(reduce.width, reduce.outputs);
        return absl::OkStatus();
      case graph::ReduceKind::kL1:
        backend_.AddRelu(n, 0);
        return absl::OkStatus();
      case graph::ReduceKind::kSumSquare:
        backend_.AddSquare(n);
        backend_.AddTruncation(reduce.outputs, options_.fraction_bits);
        return absl::OkStatus();
      case graph::ReduceKind::kL2:
        backend_.AddSquare(n);
        backend_.AddTruncation(reduce.outputs, options_.fraction_bits);
        AddSquareRoot(reduce.outputs);
        return absl::OkStatus();
      case graph::ReduceKind::kProd:
        for (int64_t width = reduce.width; width > 1; width = (width + 1) / 2) {
          backend_.AddProduct(reduce.outputs * (width / 2));
          backend_.AddTruncation(reduce.outputs * (width / 2), options_.fraction_bits);
        }
        return absl::OkStatus();
      case graph::ReduceKind::kLogSum:
      case graph::ReduceKind::kLogSumExp:
        break;
    }
    return Refused(node, "logarithms");
  }

  // x / sqrt(x).
  void AddSquareRoot(int64_t n) {
    backend_.AddInverseSquareRoot(n);
    backend_.AddProduct(n);
    backend_.AddTruncation(n, options_.fraction_bits);
  }

  // Products with public constants are local; the surplus is cut where it has to be.
  void AddTimes(const Elementwise& elementwise) {
    if (elementwise.second == Operand::kPublic) return;
    if (elementwise.second == Operand::kWeight) {
      backend_.AddScaling(elementwise.elements);
    } else if (elementwise.same_operands) {
      backend_.AddSquare(elementwise.elements);
    } else {
      backend_.AddProduct(elementwise.elements);
    }
  }

  absl::Status Plan(const Node& node, const Elementwise& elementwise) {
    const int64_t n = elementwise.elements;
    switch (elementwise.kind) {
      case ElementwiseKind::kAdd:
      case ElementwiseKind::kSub:
      case ElementwiseKind::kNeg:
        return absl::OkStatus();
      case ElementwiseKind::kMul:
        AddTimes(elementwise);
        return absl::OkStatus();
      case ElementwiseKind::kDiv:
        if (elementwise.second != Operand::kPrivate) {
          AddTimes(elementwise);
          return absl::OkStatus();
        }
        backend_.AddReciprocal(n);
        backend_.AddProduct(n);
        backend_.AddTruncation(n, options_.fraction_bits);
        return absl::OkStatus();
      case ElementwiseKind::kMin:
      case ElementwiseKind::kMax:
        backend_.AddMaximum(2, n);
        return absl::OkStatus();
      case ElementwiseKind::kAbs:  // 2 ReLU(x) - x
        backend_.AddRelu(n, 0);
        return absl::OkStatus();
      case ElementwiseKind::kSign:
        backend_.AddSign(n);
        return absl::OkStatus();
      case ElementwiseKind::kReciprocal:
        backend_.AddReciprocal(n);
        return absl::OkStatus();
      case ElementwiseKind::kSqrt:
        AddSquareRoot(n);
        return absl::OkStatus();
      case ElementwiseKind::kExp:
        backend_.AddExponential(n);
        return absl::OkStatus();
      case ElementwiseKind::kPow: {
        const double exponent = elementwise.exponent;
        if (elementwise.second == Operand::kPrivate || exponent != std::floor(exponent) ||
            exponent < 2 || exponent > 64) {
          return Refused(node, "powers other than public ones from 2 to 64");
        }
        return backend_.AddPolynomial(node, static_cast<int64_t>(exponent), "", n);
      }
      case ElementwiseKind::kLog:
      case ElementwiseKind::kFloor:
      case ElementwiseKind::kRound:
      case ElementwiseKind::kSin:
      case ElementwiseKind::kCos:
      case ElementwiseKind::kMod:
        break;
    }
    return Refused(node, "no protocol of it is modelled");
  }

  absl::Status Plan(const Node&, const graph::Compare& compare) {
    switch (compare.kind) {
      case graph::CompareKind::kLess:
      case graph::CompareKind::kLessOrEqual:
      case graph::CompareKind::kGreater:
      case graph::CompareKind::kGreaterOrEqual:
        backend_.AddSign(compare.elements);
        return absl::OkStatus();
      case graph::CompareKind::kEqual:  // neither less nor greater
        backend_.AddSign(2 * compare.elements);
        return absl::OkStatus();
      case graph::CompareKind::kAnd:
      case graph::CompareKind::kOr:
        backend_.AddMultiplex(compare.elements);
        return absl::OkStatus();
      case graph::CompareKind::kNot:
      case graph::CompareKind::kXor:
        return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::Status Plan(const Node&, const graph::Select& select) {
    if (select.condition != Operand::kPublic) backend_.AddMultiplex(select.elements);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::TopK& top) {
    if (top.k != 1) return Refused(node, "more than the largest one");
    backend_.AddArgMax(top.width, top.rows);
    return absl::OkStatus();
  }

  absl::Status Plan(const Node& node, const graph::Embedding& embedding) {
    if (!embedding.private_indices) return absl::OkStatus();
    backend_.Note("one-hot vectors times the table");
    return backend_.AddLinear(node, embedding.table_rows, embedding.row_elements,
                              embedding.lookups);
  }

  absl::Status Plan(const Node&, const graph::View&) { return absl::OkStatus(); }
  absl::Status Plan(const Node&, const graph::PublicLinear&) { return absl::OkStatus(); }

  const PlanContext& context_;
  const graph::Graph& graph_;
  const SharePlanOptions& options_;
  ShareBackend& backend_;
  const FixedPointAnalysis scales_;
  graph::NodeId node_ = graph::kNoNode;  // being planned
};

}  // namespace

absl::StatusOr<ProtocolPlan> PlanShared(const PlanContext& context, const SharePlanOptions& options,
                                        ShareBackend& backend) {
  return SharePlanner(context, options, backend).Run();
}

}  // namespace picost::protocols
