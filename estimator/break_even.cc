#include "estimator/break_even.h"

#include <cmath>

namespace picost {
namespace {

constexpr double kFourthRootOfTen = 1.7782794100389228;
constexpr double kPrecision = 1e-6;

}  // namespace

std::vector<Crossing> FindCrossings(const std::vector<double>& grid, const Curve& first,
                                    const Curve& second) {
  const auto difference = [&](double at) -> std::optional<double> {
    const std::optional<double> a = first(at);
    const std::optional<double> b = second(at);
    if (!a.has_value() || !b.has_value()) return std::nullopt;
    return *a - *b;
  };
  std::vector<Crossing> crossings;
  double from = 0;  // the last grid point where the two differ
  double difference_from = 0;
  for (const double at : grid) {
    const std::optional<double> now = difference(at);
    if (!now.has_value()) {
      difference_from = 0;
      continue;
    }
    if (*now == 0) continue;
    if (difference_from != 0 && (difference_from < 0) != (*now < 0)) {
      double low = from;
      double high = at;
      while (high > low * (1 + kPrecision)) {
        const double middle = std::sqrt(low * high);
        const std::optional<double> there = difference(middle);
        if (!there.has_value()) break;
        ((*there < 0) == (difference_from < 0) ? low : high) = middle;
      }
      crossings.push_back({.value = high, .first_is_lower_below = difference_from < 0});
    }
    from = at;
    difference_from = *now;
  }
  return crossings;
}

std::vector<double> DecadeGrid(double begin, double end, int per_decade) {
  double step = kFourthRootOfTen;
  for (int i = 4; i > per_decade; i /= 2) step *= step;
  std::vector<double> grid;
  for (double at = begin; at < end * (1 - kPrecision); at *= step) grid.push_back(at);
  grid.push_back(end);
  return grid;
}

}  // namespace picost
