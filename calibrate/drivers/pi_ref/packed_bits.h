// Bits packed without gaps, least significant first.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_PACKED_BITS_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_PACKED_BITS_H_

#include <cstdint>

namespace picost::pi_ref {

inline void PutBit(uint8_t* bytes, int64_t index, unsigned bit) {
  bytes[index >> 3] = static_cast<uint8_t>(bytes[index >> 3] | ((bit & 1u) << (index & 7)));
}
inline unsigned GetBit(const uint8_t* bytes, int64_t index) {
  return (bytes[index >> 3] >> (index & 7)) & 1u;
}
inline int64_t PackedSize(int64_t bits) { return (bits + 7) / 8; }

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_PACKED_BITS_H_
