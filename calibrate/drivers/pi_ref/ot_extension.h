// OT extension: many correlated transfers out of 128 base transfers.
//
//   correlated  sender gets q_j, receiver t_j = q_j xor c_j delta, for its bit c_j
//               and the sender's global delta. Traffic: 16 bytes a transfer from
//               receiver to sender, transfers padded to 128; 1 flight.
//   chosen      from a correlated one: the sender sends m_0 xor H(q), m_1 xor
//               H(q xor delta): 32 bytes more, 1 more flight.
//
// Source: Ishai, Kilian, Nissim, Petrank, CRYPTO 2003, with the generator of
// Asharov, Lindell, Schneider, Zohner, CCS 2013 (the receiver sends one column
// instead of two). Security: semi-honest; AES in counter mode as a pseudo-random
// generator; for chosen messages the re-keyed hash (aes.h) as correlation robust.
// The roles of the base transfers are swapped: the extension's sender receives.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_OT_EXTENSION_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_OT_EXTENSION_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/drivers/pi_ref/aes.h"
#include "calibrate/drivers/pi_ref/block.h"

namespace picost::pi_ref {

inline constexpr int kOtSecurity = 128;  // base transfers, and the padding quantum

class OtExtensionSender {
 public:
  // Runs the base transfers; delta's bits are the choices.
  static absl::StatusOr<std::unique_ptr<OtExtensionSender>> Create(calibrate::Channel& channel,
                                                                   Block delta);
  ~OtExtensionSender() { Wipe(&delta_, sizeof(delta_)); }

  // q_0 .. q_(count-1).
  absl::Status Correlated(calibrate::Channel& channel, int64_t count, SecretBlocks& q);
  // messages[2j], messages[2j+1].
  absl::Status Chosen(calibrate::Channel& channel, const SecretBlocks& messages);

 private:
  explicit OtExtensionSender(Block delta) : delta_(delta) {}

  Block delta_;
  std::vector<Prg> columns_;
};

class OtExtensionReceiver {
 public:
  static absl::StatusOr<std::unique_ptr<OtExtensionReceiver>> Create(calibrate::Channel& channel);

  // choices: one bit a transfer, in blocks of 128; ceil(count / 128) blocks.
  absl::Status Correlated(calibrate::Channel& channel, const SecretBlocks& choices, int64_t count,
                          SecretBlocks& t);
  absl::Status Chosen(calibrate::Channel& channel, const SecretBlocks& choices, int64_t count,
                      SecretBlocks& messages);

 private:
  OtExtensionReceiver() = default;

  std::vector<Prg> zero_columns_;
  std::vector<Prg> one_columns_;
};

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_OT_EXTENSION_H_
