// Arithmetic of the closed forms: products and sums that saturate instead of
// wrapping around, so that a form is total on whatever sizes a caller invents.
// MakeCall refuses results that come near the cap.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_FORMS_H_
#define PICOST_ESTIMATOR_PRIMITIVES_FORMS_H_

#include <cstdint>
#include <initializer_list>

#include "estimator/base/checked_math.h"

namespace picost::primitives {

// Far above every real cost, far below int64's end: sums of a few stay exact.
inline constexpr int64_t kFormCap = int64_t{1} << 58;

constexpr int64_t Capped(__int128 value) {
  return value > kFormCap ? kFormCap : static_cast<int64_t>(value);
}

// Factors >= 0.
constexpr int64_t Product(std::initializer_list<int64_t> factors) {
  __int128 product = 1;
  for (int64_t factor : factors) product = Capped(product * factor);
  return static_cast<int64_t>(product);
}

constexpr int64_t Sum(std::initializer_list<int64_t> terms) {
  __int128 sum = 0;
  for (int64_t term : terms) sum = Capped(sum + term);
  return static_cast<int64_t>(sum);
}

// Bytes of `elements` times `bits` bits, packed without gaps.
constexpr int64_t PackedBytes(int64_t elements, int64_t bits) {
  return CeilDiv(Product({elements, bits}), 8);
}

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_FORMS_H_
