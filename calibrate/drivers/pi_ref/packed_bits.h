// Bits packed without gaps, least significant first.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_PACKED_BITS_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_PACKED_BITS_H_

#include <cstdint>

namespace picost::pi_ref {

// Adds the `count` low bits of value, 1 to 64, to bits index, index + 1, ... by exclusive
// or. No branch and no address depends on the value.
inline void XorBits(uint8_t* bytes, int64_t index, uint64_t value, int count) {
  value &= ~uint64_t{0} >> (64 - count);
  uint8_t* at = bytes + (index >> 3);
  const int shift = static_cast<int>(index & 7);
  *at = static_cast<uint8_t>(*at ^ (value << shift));
  for (int done = 8 - shift; done < count; done += 8) {
    ++at;
    *at = static_cast<uint8_t>(*at ^ (value >> done));
  }
}
inline unsigned GetBit(const uint8_t* bytes, int64_t index) {
  return (bytes[index >> 3] >> (index & 7)) & 1u;
}
inline int64_t PackedSize(int64_t bits) { return (bits + 7) / 8; }

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_PACKED_BITS_H_
