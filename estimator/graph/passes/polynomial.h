// Polynomials in two values of a draft: the algebra behind pattern recognition.
//
// An exporter takes GELU apart into products and sums in whatever order the
// framework computed them. Instead of one template per order, the nodes around a
// non-linear one are expanded to a polynomial in its argument's origin x and its
// result u, and the polynomial is compared: 0.5 x + 0.5 x u, however written.
#ifndef PICOST_ESTIMATOR_GRAPH_PASSES_POLYNOMIAL_H_
#define PICOST_ESTIMATOR_GRAPH_PASSES_POLYNOMIAL_H_

#include <map>
#include <optional>
#include <utility>

#include "estimator/graph/draft.h"

namespace picost::graph {

class Polynomial {
 public:
  static constexpr int kMaxDegree = 16;

  Polynomial() = default;
  explicit Polynomial(double constant) { Set(0, 0, constant); }
  static Polynomial Term(int x_power, int u_power, double coefficient);

  double Coefficient(int x_power, int u_power) const;
  // Every coefficient within 0.1 % of the other's (exporters round to float or
  // truncate decimals), and no others.
  bool IsNear(const Polynomial& other) const;

  Polynomial operator+(const Polynomial& other) const;
  Polynomial operator*(double factor) const;
  // Nothing beyond kMaxDegree.
  std::optional<Polynomial> Times(const Polynomial& other) const;

 private:
  void Set(int x_power, int u_power, double coefficient);

  std::map<std::pair<int, int>, double> terms_;  // powers of x and u, no zeros
};

// The one number that a known constant holds everywhere.
std::optional<double> UniformConstant(const Draft& draft, ValueId value);

// `value` as a polynomial in x and u (kNoValue: in x alone), through sums,
// products and integer powers; nothing where it depends on anything else.
inline constexpr ValueId kNoValue = -1;
std::optional<Polynomial> Expand(const Draft& draft, ValueId value, ValueId x, ValueId u);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_PASSES_POLYNOMIAL_H_
