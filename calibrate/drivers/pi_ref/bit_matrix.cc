#include "calibrate/drivers/pi_ref/bit_matrix.h"

namespace picost::pi_ref {
namespace {

// Squares of 2 * kWidth: upper right and lower left quarters change places.
template <int kWidth>
inline void Round(Block* rows, __m128i mask) {
  for (int base = 0; base < 128; base += 2 * kWidth) {
    for (int i = base; i < base + kWidth; ++i) {
      const __m128i upper = rows[i].bits;
      const __m128i lower = rows[i + kWidth].bits;
      const __m128i moved =
          _mm_and_si128(_mm_xor_si128(_mm_srli_epi64(upper, kWidth), lower), mask);
      rows[i].bits = _mm_xor_si128(upper, _mm_slli_epi64(moved, kWidth));
      rows[i + kWidth].bits = _mm_xor_si128(lower, moved);
    }
  }
}

}  // namespace

void Transpose128(Block* rows) {
  for (int i = 0; i < 64; ++i) {
    const __m128i upper = rows[i].bits;
    const __m128i lower = rows[i + 64].bits;
    rows[i].bits = _mm_unpacklo_epi64(upper, lower);
    rows[i + 64].bits = _mm_unpackhi_epi64(upper, lower);
  }
  Round<32>(rows, _mm_set1_epi64x(0x00000000ffffffff));
  Round<16>(rows, _mm_set1_epi64x(0x0000ffff0000ffff));
  Round<8>(rows, _mm_set1_epi64x(0x00ff00ff00ff00ff));
  Round<4>(rows, _mm_set1_epi64x(0x0f0f0f0f0f0f0f0f));
  Round<2>(rows, _mm_set1_epi64x(0x3333333333333333));
  Round<1>(rows, _mm_set1_epi64x(0x5555555555555555));
}

}  // namespace picost::pi_ref
