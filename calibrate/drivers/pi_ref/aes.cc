#include "calibrate/drivers/pi_ref/aes.h"

#include <cpuid.h>
#include <emmintrin.h>
#include <smmintrin.h>
#include <wmmintrin.h>

#include <array>

#include "estimator/base/error.h"

namespace picost::pi_ref {
namespace {

inline __m128i Load(const Block& block) { return block.bits; }
inline void Store(Block& block, __m128i value) { block.bits = value; }

// s(left || right) = (left xor right) || left.
inline __m128i Orthomorphism(__m128i x) {
  const __m128i swapped = _mm_shuffle_epi32(x, _MM_SHUFFLE(1, 0, 3, 2));
  const __m128i left_only = _mm_and_si128(x, _mm_set_epi64x(-1, 0));
  return _mm_xor_si128(swapped, left_only);
}

// Next round key (FIPS 197, 5.2). The last AES round on four copies of the last
// word, already rotated, gives SubWord(RotWord(w)) xor rcon in every column: its
// row shift is the identity on equal columns. Faster than AESKEYGENASSIST, which
// is microcoded on many processors.
inline __m128i NextRoundKey(__m128i key, __m128i rcon) {
  const __m128i rotate = _mm_set1_epi32(0x0c0f0e0d);
  const __m128i word = _mm_aesenclast_si128(_mm_shuffle_epi8(key, rotate), rcon);
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, word);
}

constexpr std::array<int, 10> kRoundConstants = {0x01, 0x02, 0x04, 0x08, 0x10,
                                                 0x20, 0x40, 0x80, 0x1b, 0x36};

// kKeys schedules and kKeys * kPerKey encryptions, round by round.
template <int kKeys, int kPerKey, bool kHash>
inline void Rounds(const Block* keys, Block* blocks) {
  __m128i k[kKeys];
  __m128i x[kKeys * kPerKey];
  for (int i = 0; i < kKeys; ++i) {
    k[i] = Load(keys[i]);
    for (int j = 0; j < kPerKey; ++j) {
      __m128i in = Load(blocks[i * kPerKey + j]);
      if constexpr (kHash) {
        in = Orthomorphism(in);
        Store(blocks[i * kPerKey + j], in);
      }
      x[i * kPerKey + j] = _mm_xor_si128(in, k[i]);
    }
  }
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const __m128i rcon = _mm_set1_epi32(kRoundConstants[round]);
#pragma GCC unroll 8
    for (int i = 0; i < kKeys; ++i) k[i] = NextRoundKey(k[i], rcon);
#pragma GCC unroll 8
    for (int i = 0; i < kKeys; ++i) {
#pragma GCC unroll 2
      for (int j = 0; j < kPerKey; ++j) {
        __m128i& block = x[i * kPerKey + j];
        block = round < 9 ? _mm_aesenc_si128(block, k[i]) : _mm_aesenclast_si128(block, k[i]);
      }
    }
  }
  for (int i = 0; i < kKeys * kPerKey; ++i) {
    if constexpr (kHash) x[i] = _mm_xor_si128(x[i], Load(blocks[i]));
    Store(blocks[i], x[i]);
  }
}

// Registers: four keys with two blocks each, and constants, fit into sixteen.
template <int kPerKey, bool kHash>
void Run(const Block* keys, int key_count, Block* blocks) {
  int done = 0;
  for (; done + 4 <= key_count; done += 4) {
    Rounds<4, kPerKey, kHash>(keys + done, blocks + done * kPerKey);
  }
  for (; done < key_count; ++done) {
    Rounds<1, kPerKey, kHash>(keys + done, blocks + done * kPerKey);
  }
}

}  // namespace

absl::Status CheckProcessor() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_AES) != 0 && (c & bit_SSE4_1) != 0) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      "this processor has no AES-NI or no SSE4.1, and pi-ref measures nothing else",
      {.mend = "Use a machine with both, or keep the shipped garbling and OT tables."});
}

template <int kBlocksPerKey>
void EncryptRekeyed(const Block* keys, int key_count, Block* blocks) {
  Run<kBlocksPerKey, false>(keys, key_count, blocks);
}
template void EncryptRekeyed<1>(const Block*, int, Block*);
template void EncryptRekeyed<2>(const Block*, int, Block*);

template <int kBlocksPerKey>
void HashRekeyed(const Block* keys, int key_count, Block* blocks) {
  Run<kBlocksPerKey, true>(keys, key_count, blocks);
}
template void HashRekeyed<1>(const Block*, int, Block*);
template void HashRekeyed<2>(const Block*, int, Block*);

Prg::Prg(Block seed) {
  __m128i key = Load(seed);
  Store(round_keys_[0], key);
  for (int round = 0; round < 10; ++round) {
    key = NextRoundKey(key, _mm_set1_epi32(kRoundConstants[round]));
    Store(round_keys_[round + 1], key);
  }
}

Prg::~Prg() { Wipe(round_keys_.data(), sizeof(round_keys_)); }

namespace {

// Eight counters at a time; kXor adds the stream to what is there.
template <bool kXor>
void Stream(const std::array<Block, 11>& round_keys, uint64_t& counter, Block* out, size_t count) {
  constexpr int kTogether = 8;
  while (count > 0) {
    const int lanes = count < kTogether ? static_cast<int>(count) : kTogether;
    __m128i x[kTogether];
    const __m128i first = Load(round_keys[0]);
    for (int i = 0; i < kTogether; ++i) {
      x[i] = _mm_xor_si128(_mm_set_epi64x(0, static_cast<int64_t>(counter + i)), first);
    }
    for (int round = 1; round < 10; ++round) {
      const __m128i key = Load(round_keys[round]);
      for (int i = 0; i < kTogether; ++i) x[i] = _mm_aesenc_si128(x[i], key);
    }
    const __m128i last = Load(round_keys[10]);
    for (int i = 0; i < kTogether; ++i) x[i] = _mm_aesenclast_si128(x[i], last);
    for (int i = 0; i < lanes; ++i) {
      Store(out[i], kXor ? _mm_xor_si128(x[i], Load(out[i])) : x[i]);
    }
    counter += lanes;
    out += lanes;
    count -= lanes;
  }
}

}  // namespace

void Prg::Fill(Block* out, size_t count) { Stream<false>(round_keys_, counter_, out, count); }
void Prg::XorInto(Block* out, size_t count) { Stream<true>(round_keys_, counter_, out, count); }

}  // namespace picost::pi_ref
