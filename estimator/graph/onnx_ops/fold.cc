#include "estimator/graph/onnx_ops/fold.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "estimator/base/checked_math.h"
#include "estimator/graph/onnx_ops/broadcast.h"

namespace picost::graph::ops {
namespace {

std::optional<int64_t> Divide(int64_t a, int64_t b) {
  if (b == 0 || (b == -1 && a == INT64_MIN)) return std::nullopt;
  return a / b;  // ONNX: truncated towards zero for integers
}

// fmod = 0: the sign of the divisor, as in Python.
std::optional<int64_t> Modulo(int64_t a, int64_t b) {
  if (b == 0) return std::nullopt;
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

std::optional<int64_t> Power(int64_t base, int64_t exponent) {
  if (exponent < 0 || exponent > 63) return std::nullopt;
  std::optional<int64_t> power = 1;
  for (int64_t i = 0; i < exponent && power; ++i) power = CheckedMultiply(*power, base);
  return power;
}

std::optional<int64_t> Integer(std::string_view op, int64_t a, int64_t b) {
  if (op == "Add" || op == "Sum") return CheckedAdd(a, b);
  if (op == "Sub") return b == INT64_MIN ? std::nullopt : CheckedAdd(a, -b);
  if (op == "Mul") return CheckedMultiply(a, b);
  if (op == "Div") return Divide(a, b);
  if (op == "Mod") return Modulo(a, b);
  if (op == "Pow") return Power(a, b);
  if (op == "Min") return std::min(a, b);
  if (op == "Max") return std::max(a, b);
  if (op == "Equal") return a == b;
  if (op == "Less") return a < b;
  if (op == "LessOrEqual") return a <= b;
  if (op == "Greater") return a > b;
  if (op == "GreaterOrEqual") return a >= b;
  if (op == "And") return a != 0 && b != 0;
  if (op == "Or") return a != 0 || b != 0;
  if (op == "Xor") return (a != 0) != (b != 0);
  return std::nullopt;
}

std::optional<double> Real(std::string_view op, double a, double b) {
  if (op == "Add" || op == "Sum") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  if (op == "Div" && b != 0) return a / b;
  if (op == "Min") return std::min(a, b);
  if (op == "Max") return std::max(a, b);
  return std::nullopt;
}

std::optional<int64_t> RealCompare(std::string_view op, double a, double b) {
  if (op == "Equal") return a == b;
  if (op == "Less") return a < b;
  if (op == "LessOrEqual") return a <= b;
  if (op == "Greater") return a > b;
  if (op == "GreaterOrEqual") return a >= b;
  return std::nullopt;
}

}  // namespace

bool IsFoldable(const Dims& shape) {
  int64_t count = 1;
  for (int64_t dim : shape) {
    const auto product = CheckedMultiply(count, dim);
    if (!product || *product > kMaxFoldedElements) return false;
    count = *product;
  }
  return true;
}

ConstantData FoldBinary(const OpContext& op, std::string_view op_type, const Dims& shape) {
  if (!op.Has(0) || !op.Has(1) || !IsFoldable(shape)) return {};
  if (op.Data(0).index() == 0 || op.Data(1).index() == 0) return {};
  const std::vector<int64_t> left = BroadcastIndices(op.Shape(0), shape);
  const std::vector<int64_t> right = BroadcastIndices(op.Shape(1), shape);
  const auto* a = op.KnownInts(0);
  const auto* b = op.KnownInts(1);
  if (a != nullptr && b != nullptr) {
    std::vector<int64_t> result(left.size());
    for (size_t i = 0; i < left.size(); ++i) {
      const auto value = Integer(op_type, (*a)[left[i]], (*b)[right[i]]);
      if (!value) return {};
      result[i] = *value;
    }
    return result;
  }
  const std::vector<double> x = *op.KnownDoubles(0);
  const std::vector<double> y = *op.KnownDoubles(1);
  if (RealCompare(op_type, 0, 0)) {
    std::vector<int64_t> result(left.size());
    for (size_t i = 0; i < left.size(); ++i) {
      result[i] = *RealCompare(op_type, x[left[i]], y[right[i]]);
    }
    return result;
  }
  std::vector<double> result(left.size());
  for (size_t i = 0; i < left.size(); ++i) {
    const auto value = Real(op_type, x[left[i]], y[right[i]]);
    if (!value) return {};
    result[i] = *value;
  }
  return result;
}

ConstantData FoldUnary(const OpContext& op, std::string_view op_type) {
  if (const auto* ints = op.KnownInts(0)) {
    std::vector<int64_t> result = *ints;
    for (int64_t& value : result) {
      if (value == INT64_MIN) return {};
      if (op_type == "Neg") {
        value = -value;
      } else if (op_type == "Abs") {
        value = value < 0 ? -value : value;
      } else if (op_type == "Sign") {
        value = (value > 0) - (value < 0);
      } else if (op_type == "Not") {
        value = value == 0;
      } else {
        return {};
      }
    }
    return result;
  }
  if (const auto* doubles = std::get_if<std::vector<double>>(&op.Data(0))) {
    std::vector<double> result = *doubles;
    for (double& value : result) {
      if (op_type == "Neg") {
        value = -value;
      } else if (op_type == "Abs") {
        value = std::abs(value);
      } else if (op_type == "Floor") {
        value = std::floor(value);
      } else if (op_type == "Ceil") {
        value = std::ceil(value);
      } else if (op_type == "Round") {
        // Half to even, as ONNX says, whatever the rounding mode.
        const double floor = std::floor(value);
        const double rest = value - floor;
        const bool up = rest > 0.5 || (rest == 0.5 && std::floor(floor / 2) * 2 != floor);
        value = up ? floor + 1 : floor;
      } else if (op_type == "Sqrt" && value >= 0) {
        value = std::sqrt(value);
      } else if (op_type == "Reciprocal" && value != 0) {
        value = 1 / value;
      } else {
        return {};
      }
    }
    return result;
  }
  return {};
}

}  // namespace picost::graph::ops
