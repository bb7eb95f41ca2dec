// Base oblivious transfers over ristretto255, the seeds of OT extension.
//
//   sender    A = a G                           -> A          32 bytes
//   receiver  B_i = b_i G + c_i A               <- B_i        32 bytes each
//   keys      sender  K_i0 = H(i, A, B_i, a B_i),  K_i1 = H(i, A, B_i, a (B_i - A))
//             receiver K_i = H(i, A, B_i, b_i A) = K_i[c_i]
//
// Source: Chou, Orlandi, "The Simplest Protocol for Oblivious Transfer",
// LATINCRYPT 2015. Security: semi-honest, computational Diffie-Hellman in
// ristretto255 (RFC 9496), BLAKE2b as a random oracle; the receiver's choices are
// hidden perfectly. Scalar multiplication is libsodium's, in constant time; the
// choice between b G and b G + A is by mask.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_BASE_OT_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_BASE_OT_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/drivers/pi_ref/block.h"

namespace picost::pi_ref {

// Pairs of random keys, [2 * count]: K_00, K_01, K_10, ...
absl::StatusOr<SecretBlocks> SendBaseOt(calibrate::Channel& channel, int count);

// The chosen key of each pair; choices are 0 or 1.
absl::StatusOr<SecretBlocks> ReceiveBaseOt(calibrate::Channel& channel,
                                           const SecretVector<uint8_t>& choices);

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_BASE_OT_H_
