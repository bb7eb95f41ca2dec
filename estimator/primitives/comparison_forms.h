// Shapes shared by the comparison protocols of the SCI code family (CrypTFlow2,
// Cheetah): a w-bit comparison splits its operands into radix-16 digits, compares
// digit by digit through 1-of-16 OT, and joins the results in a binary tree.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_COMPARISON_FORMS_H_
#define PICOST_ESTIMATOR_PRIMITIVES_COMPARISON_FORMS_H_

#include <cstdint>

#include "estimator/base/checked_math.h"

namespace picost::primitives {

inline constexpr int kDigitBits = 4;  // MILL_PARAM of the code

struct ComparisonShape {
  int64_t digits = 0;   // q: leaf OTs
  int64_t triples = 0;  // T: bit triples of the tree
  int depth = 0;        // levels of the tree
};

// The tree joins q leaves with two ANDs per inner node (less-than and equality),
// except along its right edge, where equality is not needed: 2(q-1) - depth.
constexpr ComparisonShape ShapeOfDigits(int64_t digits) {
  const int depth = CeilLog2(digits);
  return {digits, 2 * digits - 2 - depth, depth};
}

constexpr ComparisonShape ShapeOfBits(int64_t bits) {
  return ShapeOfDigits(CeilDiv(bits, kDigitBits));
}

// Levels of the argmax tree over `width` values: calls level(pairs) for each. The
// code pads every level to 8 pairs and stops after four levels of 8.
template <typename Level>
void ArgMaxLevels(int64_t width, Level level) {
  if (width <= 1) return;
  int64_t nodes = width;
  for (int levels_of_eight = 0;;) {
    const int64_t pairs = RoundUp(CeilDiv(nodes, 2), 8);
    if (pairs == 8 && ++levels_of_eight == 5) return;
    level(pairs);
    nodes = pairs;
  }
}

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_COMPARISON_FORMS_H_
