// Where two functions of one quantity cross.
#ifndef PICOST_ESTIMATOR_BREAK_EVEN_H_
#define PICOST_ESTIMATOR_BREAK_EVEN_H_

#include <functional>
#include <optional>
#include <vector>

namespace picost {

struct Crossing {
  double value = 0;
  bool first_is_lower_below = false;  // the first function is below the second there
};

// Seconds at a value; nothing where they are not known.
using Curve = std::function<std::optional<double>(double)>;

// Crossings between neighbours of the ascending positive grid whose differences have
// opposite signs, each bisected (by geometric means) to one part in a million.
std::vector<Crossing> FindCrossings(const std::vector<double>& grid, const Curve& first,
                                    const Curve& second);

// begin, ..., end with `per_decade` (1, 2 or 4) values for each power of ten; without
// libm, so that every machine searches the same grid.
std::vector<double> DecadeGrid(double begin, double end, int per_decade);

}  // namespace picost

#endif  // PICOST_ESTIMATOR_BREAK_EVEN_H_
