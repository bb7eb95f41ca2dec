// 128 bits: a wire label, an AES key, a row of the OT extension.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_BLOCK_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_BLOCK_H_

#include <emmintrin.h>  // SSE2: every x86-64 has it

#include <cstdint>
#include <cstring>
#include <vector>

#include "calibrate/drivers/pi_ref/wipe.h"

namespace picost::pi_ref {

struct Block {
  __m128i bits = _mm_setzero_si128();

  friend Block operator^(Block a, Block b) { return {_mm_xor_si128(a.bits, b.bits)}; }
  friend Block operator&(Block a, Block b) { return {_mm_and_si128(a.bits, b.bits)}; }
  Block& operator^=(Block b) { return *this = *this ^ b; }
  // For tests and public values: not in constant time.
  friend bool operator==(Block a, Block b) { return std::memcmp(&a, &b, sizeof(Block)) == 0; }

  uint64_t Low() const { return static_cast<uint64_t>(_mm_cvtsi128_si64(bits)); }
  // The colour bit of a label (point and permute).
  uint64_t LowBit() const { return Low() & 1; }
};
static_assert(sizeof(Block) == 16);

inline Block MakeBlock(uint64_t high, uint64_t low) {
  return {_mm_set_epi64x(static_cast<int64_t>(high), static_cast<int64_t>(low))};
}

// start + tweak in the low half: the key of one use of the hash.
inline Block AddTweak(Block start, uint64_t tweak) {
  return {_mm_add_epi64(start.bits, _mm_set_epi64x(0, static_cast<int64_t>(tweak)))};
}

// All ones where bit is 1, zero where it is 0: selection without a branch.
inline Block MaskOf(uint64_t bit) { return {_mm_set1_epi64x(-static_cast<int64_t>(bit & 1))}; }
// The same for the colour bit of x, without leaving the vector unit.
inline Block ColourMask(Block x) {
  const __m128i low = _mm_shuffle_epi32(_mm_slli_epi32(x.bits, 31), 0);
  return {_mm_srai_epi32(low, 31)};
}

// Blocks that hold secrets: wiped when they are freed.
using SecretBlocks = SecretVector<Block>;

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_BLOCK_H_
