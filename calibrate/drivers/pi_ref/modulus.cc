#include "calibrate/drivers/pi_ref/modulus.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::pi_ref {
namespace {

struct Prime {
  int bits;
  uint64_t value;
};
constexpr std::array<Prime, 7> kPrimes = {{
    {16, 65521},
    {20, 1048573},
    {32, 4294475777},
    {37, 137438822401},
    {41, 2061584302081},  // 15 * 2^37 + 1, of DELPHI (algebra/fields/near_mersenne_64)
    {48, 281474976694273},
    {60, 1152921504606830593},
}};

}  // namespace

absl::StatusOr<Modulus> Modulus::Ring(int bits) {
  if (bits >= 2 && bits <= 64) return Modulus(bits, 0);
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("a ring of ", bits, " bits is not covered"),
                   {.field = "ring_bits", .mend = "Choose 2 to 64 bits."});
}

absl::StatusOr<Modulus> Modulus::Field(int bits) {
  for (const Prime& prime : kPrimes) {
    if (prime.bits == bits) return Modulus(bits, prime.value);
  }
  return MakeError(absl::StatusCode::kUnimplemented,
                   absl::StrCat("no prime of ", bits, " bits is listed"),
                   {.field = "field_bits", .mend = "Choose 16, 20, 32, 37, 41, 48 or 60 bits."});
}

uint64_t Modulus::largest_positive() const { return is_ring() ? mask() >> 1 : (prime_ - 1) / 2; }

uint64_t Modulus::Reduce(uint64_t word) const {
  if (is_ring()) return word & mask();
  // The high half of word * p: [0, p) without a division.
  return static_cast<uint64_t>((static_cast<unsigned __int128>(word) * prime_) >> 64);
}

uint64_t Modulus::Add(uint64_t a, uint64_t b) const {
  if (is_ring()) return (a + b) & mask();
  const uint64_t low = a + b - prime_;  // negative where a + b < p: add p back
  return low + (prime_ & (uint64_t{0} - (low >> 63)));
}

uint64_t Modulus::Subtract(uint64_t a, uint64_t b) const {
  if (is_ring()) return (a - b) & mask();
  const uint64_t low = a - b;
  return low + (prime_ & (uint64_t{0} - (low >> 63)));
}

uint64_t Modulus::Multiply(uint64_t a, uint64_t b) const {
  if (is_ring()) return (a * b) & mask();
  return static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b % prime_);
}

int64_t Modulus::ToSigned(uint64_t a) const {
  if (a <= largest_positive()) return static_cast<int64_t>(a);
  return is_ring() ? static_cast<int64_t>(a | ~mask()) : static_cast<int64_t>(a - prime_);
}

uint64_t Modulus::FromSigned(int64_t a) const {
  if (is_ring()) return static_cast<uint64_t>(a) & mask();
  return a < 0 ? prime_ - static_cast<uint64_t>(-a) : static_cast<uint64_t>(a);
}

}  // namespace picost::pi_ref
