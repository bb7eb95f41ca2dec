// Integer helpers of the closed forms, and products of untrusted sizes that
// must not wrap around.
#ifndef PICOST_ESTIMATOR_BASE_CHECKED_MATH_H_
#define PICOST_ESTIMATOR_BASE_CHECKED_MATH_H_

#include <bit>
#include <cstdint>
#include <optional>

namespace picost {

// a * b, or nothing where it does not fit.
inline std::optional<int64_t> CheckedMultiply(int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

// a + b, or nothing where it does not fit.
inline std::optional<int64_t> CheckedAdd(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

// ceil(a / b) for a >= 0, b > 0.
constexpr int64_t CeilDiv(int64_t a, int64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

// The least multiple of quantum that is >= a.
constexpr int64_t RoundUp(int64_t a, int64_t quantum) { return CeilDiv(a, quantum) * quantum; }

// ceil(log2(a)) for a >= 1.
constexpr int CeilLog2(int64_t a) {
  return a <= 1 ? 0 : std::bit_width(static_cast<uint64_t>(a - 1));
}

// The least power of two >= a, for 1 <= a <= 2^62.
constexpr int64_t NextPowerOfTwo(int64_t a) { return int64_t{1} << CeilLog2(a); }

// Number of non-zero digits of |a| in non-adjacent form: how many rotations by
// powers of two make a rotation by a.
constexpr int NafWeight(int64_t a) {
  uint64_t k = a < 0 ? static_cast<uint64_t>(-a) : static_cast<uint64_t>(a);
  int weight = 0;
  while (k != 0) {
    if (k & 1) {
      k -= (k & 2) ? static_cast<uint64_t>(-1) : 1;  // the digit is -1 where k = 3 mod 4
      ++weight;
    }
    k >>= 1;
  }
  return weight;
}

// Key switches of one ciphertext rotated by 1, 2, ..., n - 1, where keys are for
// powers of two alone. Takes time n.
constexpr int64_t NafWeightsBelow(int64_t n) {
  int64_t sum = 0;
  for (int64_t i = 1; i < n; ++i) sum += NafWeight(i);
  return sum;
}

}  // namespace picost

#endif  // PICOST_ESTIMATOR_BASE_CHECKED_MATH_H_
