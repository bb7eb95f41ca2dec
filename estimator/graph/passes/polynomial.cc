#include "estimator/graph/passes/polynomial.h"

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

namespace picost::graph {
namespace {

// Nodes looked at for one expansion; activations have less than a dozen.
constexpr int kMaxVisits = 64;

class Expander {
 public:
  Expander(const Draft& draft, ValueId x, ValueId u) : draft_(draft), x_(x), u_(u) {}

  std::optional<Polynomial> Visit(ValueId value) {
    if (value == x_) return Polynomial::Term(1, 0, 1);
    if (value == u_) return Polynomial::Term(0, 1, 1);
    if (!draft_.IsPrivate(value)) {
      const auto constant = UniformConstant(draft_, value);
      return constant ? std::make_optional(Polynomial(*constant)) : std::nullopt;
    }
    const NodeId producer = draft_.parts.values[value].producer;
    if (producer == kNoNode || ++visits_ > kMaxVisits) return std::nullopt;
    const Node& node = draft_.parts.nodes[producer];
    const auto* op = std::get_if<Elementwise>(&node.attributes);
    return op == nullptr || node.inputs.empty() ? std::nullopt : Combine(*op, node.inputs);
  }

 private:
  std::optional<Polynomial> Combine(const Elementwise& op, const std::vector<ValueId>& inputs) {
    const auto left = Visit(inputs[0]);
    if (!left) return std::nullopt;
    if (op.kind == ElementwiseKind::kNeg) return *left * -1;
    if (op.kind == ElementwiseKind::kPow) return Power(*left, op.exponent);
    if (op.kind == ElementwiseKind::kMul && op.same_operands) return left->Times(*left);
    if (inputs.size() != 2) return std::nullopt;
    const auto right = Visit(inputs[1]);
    if (!right) return std::nullopt;
    switch (op.kind) {
      case ElementwiseKind::kAdd:
        return *left + *right;
      case ElementwiseKind::kSub:
        return *left + *right * -1;
      case ElementwiseKind::kMul:
        return left->Times(*right);
      case ElementwiseKind::kDiv: {
        const double divisor = right->Coefficient(0, 0);
        if (divisor == 0 || !right->IsNear(Polynomial(divisor))) return std::nullopt;
        return *left * (1 / divisor);
      }
      default:
        return std::nullopt;
    }
  }

  static std::optional<Polynomial> Power(const Polynomial& base, double exponent) {
    if (exponent != std::floor(exponent) || exponent < 1 || exponent > Polynomial::kMaxDegree) {
      return std::nullopt;
    }
    std::optional<Polynomial> power = base;
    for (int i = 1; i < static_cast<int>(exponent) && power; ++i) power = power->Times(base);
    return power;
  }

  const Draft& draft_;
  ValueId x_;
  ValueId u_;
  int visits_ = 0;
};

}  // namespace

Polynomial Polynomial::Term(int x_power, int u_power, double coefficient) {
  Polynomial term;
  term.Set(x_power, u_power, coefficient);
  return term;
}

void Polynomial::Set(int x_power, int u_power, double coefficient) {
  if (coefficient == 0) {
    terms_.erase({x_power, u_power});
  } else {
    terms_[{x_power, u_power}] = coefficient;
  }
}

double Polynomial::Coefficient(int x_power, int u_power) const {
  const auto found = terms_.find({x_power, u_power});
  return found == terms_.end() ? 0 : found->second;
}

bool Polynomial::IsNear(const Polynomial& other) const {
  const auto covers = [](const Polynomial& a, const Polynomial& b) {
    return std::all_of(a.terms_.begin(), a.terms_.end(), [&](const auto& term) {
      const double theirs = b.Coefficient(term.first.first, term.first.second);
      return std::abs(term.second - theirs) <=
             1e-3 * std::max(std::abs(term.second), std::abs(theirs));
    });
  };
  return covers(*this, other) && covers(other, *this);
}

Polynomial Polynomial::operator+(const Polynomial& other) const {
  Polynomial sum = *this;
  for (const auto& [powers, coefficient] : other.terms_) {
    sum.Set(powers.first, powers.second,
            sum.Coefficient(powers.first, powers.second) + coefficient);
  }
  return sum;
}

Polynomial Polynomial::operator*(double factor) const {
  Polynomial product;
  for (const auto& [powers, coefficient] : terms_) {
    product.Set(powers.first, powers.second, coefficient * factor);
  }
  return product;
}

std::optional<Polynomial> Polynomial::Times(const Polynomial& other) const {
  Polynomial product;
  for (const auto& [a, left] : terms_) {
    for (const auto& [b, right] : other.terms_) {
      const int x_power = a.first + b.first;
      const int u_power = a.second + b.second;
      if (x_power > kMaxDegree || u_power > kMaxDegree) return std::nullopt;
      product.Set(x_power, u_power, product.Coefficient(x_power, u_power) + left * right);
    }
  }
  return product;
}

std::optional<double> UniformConstant(const Draft& draft, ValueId value) {
  if (draft.IsPrivate(value)) return std::nullopt;
  const auto uniform = [](const auto& elements) -> std::optional<double> {
    if (elements.empty()) return std::nullopt;
    for (const auto& element : elements) {
      if (element != elements.front()) return std::nullopt;
    }
    return static_cast<double>(elements.front());
  };
  // A weight of several equal elements is a weight all the same.
  if (draft.parts.values[value].source == ValueSource::kWeight) return std::nullopt;
  if (const auto* ints = std::get_if<std::vector<int64_t>>(&draft.data[value])) {
    return uniform(*ints);
  }
  if (const auto* doubles = std::get_if<std::vector<double>>(&draft.data[value])) {
    return uniform(*doubles);
  }
  return std::nullopt;
}

std::optional<Polynomial> Expand(const Draft& draft, ValueId value, ValueId x, ValueId u) {
  return Expander(draft, x, u).Visit(value);
}

}  // namespace picost::graph
