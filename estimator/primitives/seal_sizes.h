// Bytes of SEAL's serialised objects, as measured with versions 3.7.2 and 4.4.3 (with
// and without HEXL) at ring degrees 2,048 to 16,384.
//
//   ciphertext   two polynomials of 8 bytes a coefficient and prime, and a header
//   seeded       one polynomial, a header and the other one's seed
//   zstd         coefficients of primes near 60 bits do not compress: the data in blocks
//                of 128 KiB with 3 bytes each, and a frame of 9 bytes (7 where the length
//                fits into two). Narrower primes leave zero bytes, which compress to an
//                amount that depends on the data; no plan sends those.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_SEAL_SIZES_H_
#define PICOST_ESTIMATOR_PRIMITIVES_SEAL_SIZES_H_

#include <cstdint>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/forms.h"

namespace picost::primitives::seal {

// Of a ciphertext.
inline constexpr int64_t kHeaderBytes3 = 105;  // SEAL 3.3 to 3.7
inline constexpr int64_t kHeaderBytes4 = 113;
inline constexpr int64_t kSeedBytes = 81;  // beside the header

constexpr int64_t CiphertextBytes(int64_t ring_degree, int64_t primes, int64_t header) {
  return Sum({Product({2, ring_degree, primes, 8}), header});
}

constexpr int64_t SeededCiphertextBytes(int64_t ring_degree, int64_t primes, int64_t header) {
  return Sum({Product({ring_degree, primes, 8}), header, kSeedBytes});
}

// A key for one rotation: a seeded encryption over all primes (the special one, too) for
// each data prime.
constexpr int64_t RotationKeyBytes(int64_t ring_degree, int64_t data_primes, int64_t header) {
  return Sum(
      {Product({data_primes, SeededCiphertextBytes(ring_degree, data_primes + 1, header)}), 85});
}

// Of data that does not compress.
constexpr int64_t ZstdBytes(int64_t bytes) {
  return Sum({bytes, bytes < 65'792 ? 7 : 9, Product({3, CeilDiv(bytes, 131'072)})});
}

}  // namespace picost::primitives::seal

#endif  // PICOST_ESTIMATOR_PRIMITIVES_SEAL_SIZES_H_
