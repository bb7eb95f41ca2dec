// Arithmetic of shares: the ring Z_2^l or a prime field Z_p, at most 64 bits.
//
// Constant time: additions correct by masks, products use 128-bit words and the
// division by p is of shares that are uniformly random to whoever times it.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_MODULUS_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_MODULUS_H_

#include <cstdint>

#include "absl/status/statusor.h"

namespace picost::pi_ref {

class Modulus {
 public:
  // Z_2^bits, 2 <= bits <= 64.
  static absl::StatusOr<Modulus> Ring(int bits);
  // The prime field of this width: DELPHI's prime at 41 bits, otherwise the
  // largest prime of the width (congruent 1 modulo 2^14 from 32 bits on).
  static absl::StatusOr<Modulus> Field(int bits);

  int bits() const { return bits_; }
  bool is_ring() const { return prime_ == 0; }
  uint64_t prime() const { return prime_; }
  // The largest value that counts as positive: 2^(l-1) - 1 or (p-1)/2.
  uint64_t largest_positive() const;

  // A uniformly random word to an element. A field's bias is at most 2^-64 p:
  // irrelevant to costs, stated for whoever reads this as a protocol.
  uint64_t Reduce(uint64_t word) const;
  uint64_t Add(uint64_t a, uint64_t b) const;
  uint64_t Subtract(uint64_t a, uint64_t b) const;
  uint64_t Multiply(uint64_t a, uint64_t b) const;

  int64_t ToSigned(uint64_t a) const;
  uint64_t FromSigned(int64_t a) const;

 private:
  Modulus(int bits, uint64_t prime) : bits_(bits), prime_(prime) {}
  uint64_t mask() const { return ~uint64_t{0} >> (64 - bits_); }

  int bits_;
  uint64_t prime_;  // 0: a ring
};

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_MODULUS_H_
