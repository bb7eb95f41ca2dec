// Functions of one variable, and softmax.
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/broadcast.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

struct Row {
  std::string_view op;
  ActivationKind kind;
  // The attribute that scales or bends it, with ONNX's default; null: none.
  const char* attribute;
  double fallback;
};

constexpr std::array kRows = {
    Row{"Relu", ActivationKind::kRelu, nullptr, 0},
    Row{"LeakyRelu", ActivationKind::kLeakyRelu, "alpha", 0.01},
    Row{"ThresholdedRelu", ActivationKind::kThresholdedRelu, "alpha", 1.0},
    Row{"Elu", ActivationKind::kElu, "alpha", 1.0},
    Row{"Celu", ActivationKind::kCelu, "alpha", 1.0},
    Row{"Selu", ActivationKind::kSelu, nullptr, 0},
    Row{"Sigmoid", ActivationKind::kSigmoid, nullptr, 0},
    Row{"HardSigmoid", ActivationKind::kHardSigmoid, "alpha", 0.2},
    Row{"HardSwish", ActivationKind::kHardSwish, nullptr, 0},
    Row{"Swish", ActivationKind::kSilu, "alpha", 1.0},
    Row{"Tanh", ActivationKind::kTanh, nullptr, 0},
    Row{"Erf", ActivationKind::kErf, nullptr, 0},
    Row{"Gelu", ActivationKind::kGelu, nullptr, 0},
    Row{"FastGelu", ActivationKind::kGeluTanh, nullptr, 0},
    Row{"QuickGelu", ActivationKind::kSilu, "alpha", 1.702},
    Row{"Softplus", ActivationKind::kSoftplus, nullptr, 0},
    Row{"Softsign", ActivationKind::kSoftsign, nullptr, 0},
    Row{"Mish", ActivationKind::kMish, nullptr, 0},
};

// Shrink to a float as the file stores it, so that 6 and 6.0000001 from double
// arithmetic are not two kinds.
bool IsNear(double a, double b) { return std::abs(a - b) <= 1e-6 * std::max(1.0, std::abs(b)); }

}  // namespace

absl::Status ImportActivation(OpContext& op) {
  for (const Row& row : kRows) {
    if (row.op != op.node().op_type()) continue;
    Activation activation{.kind = row.kind, .elements = op.Elements(0)};
    if (row.attribute != nullptr) activation.alpha = op.Float(row.attribute, row.fallback);
    if (row.op == "Gelu" && op.String("approximate", "none") == "tanh") {
      activation.kind = ActivationKind::kGeluTanh;
    }
    return op.Emit(activation, {op.In(0)}, op.Type(0));
  }
  return op.Unimplemented("no such activation");
}

absl::Status ImportPRelu(OpContext& op) {
  if (op.IsPrivate(1)) return op.Unimplemented("PRelu with private slopes");
  PICOST_ASSIGN_OR_RETURN(const Dims shape, Broadcast(op, op.Shape(0), op.Shape(1)));
  if (shape != op.Shape(0)) return op.Invalid("the slopes are larger than the input");
  return op.Emit(Activation{.kind = ActivationKind::kPRelu, .elements = op.Elements(0)},
                 {op.In(0), op.In(1)}, op.Type(0));
}

absl::Status ImportClip(OpContext& op) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double low = op.Float("min", -kInfinity);
  double high = op.Float("max", kInfinity);
  for (const int i : {1, 2}) {
    if (!op.Has(i)) continue;
    const auto bound = op.KnownScalar(i);
    if (!bound) {
      return op.Unimplemented("Clip with bounds that are not known constants",
                              "Keep the values of small tensors when weights are removed");
    }
    (i == 1 ? low : high) = *bound;
  }
  // Exporters write the largest float for "no bound".
  constexpr double kHuge = 3e38;
  if (low <= -kHuge) low = -kInfinity;
  if (high >= kHuge) high = kInfinity;
  if (const auto* ints = op.KnownInts(0)) {
    std::vector<int64_t> clipped = *ints;
    for (int64_t& value : clipped) {
      if (static_cast<double>(value) < low) value = static_cast<int64_t>(low);
      if (static_cast<double>(value) > high) value = static_cast<int64_t>(high);
    }
    return op.Fold(0, op.Type(0), std::move(clipped));
  }
  if (low == -kInfinity && high == kInfinity) return op.Alias(0, op.In(0));
  Activation clip{.kind = ActivationKind::kClip, .elements = op.Elements(0)};
  if (low == 0 && high == kInfinity) {
    clip.kind = ActivationKind::kRelu;
  } else {
    if (low == 0 && IsNear(high, 6)) clip.kind = ActivationKind::kRelu6;
    clip.low = low;
    clip.high = high;
  }
  return op.Emit(clip, {op.In(0)}, op.Type(0));
}

absl::Status ImportSoftmax(OpContext& op) {
  const int64_t rank = op.Rank(0);
  // Before opset 13 everything from the axis on is one row, by default from 1.
  const bool old = op.opset() < 13;
  if (rank == 0) return op.Emit(Softmax{.rows = 1, .width = 1}, {op.In(0)}, op.Type(0));
  PICOST_ASSIGN_OR_RETURN(const int64_t axis,
                          op.Axis(op.Int("axis", old && rank > 1 ? 1 : -1), rank));
  const Dims& dims = op.Shape(0);
  const int64_t width =
      old ? Product(dims, static_cast<size_t>(axis), dims.size()) : dims[static_cast<size_t>(axis)];
  return op.Emit(Softmax{.rows = width == 0 ? 0 : op.Elements(0) / width,
                         .width = width,
                         .log = op.node().op_type() == "LogSoftmax"},
                 {op.In(0)}, op.Type(0));
}

absl::Status ImportHardmax(OpContext& op) {
  const int64_t rank = op.Rank(0);
  const bool old = op.opset() < 13;
  PICOST_ASSIGN_OR_RETURN(const int64_t axis,
                          op.Axis(op.Int("axis", old && rank > 1 ? 1 : -1), rank));
  const Dims& dims = op.Shape(0);
  const int64_t width =
      old ? Product(dims, static_cast<size_t>(axis), dims.size()) : dims[static_cast<size_t>(axis)];
  return op.Emit(TopK{.rows = width == 0 ? 0 : op.Elements(0) / width, .width = width}, {op.In(0)},
                 op.Type(0));
}

}  // namespace picost::graph::ops
