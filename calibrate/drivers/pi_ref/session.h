// Private evaluation of one shared circuit on many instances by two parties,
// split as the protocols that are priced split it:
//
//   setup    base transfers                        ot.setup
//   offline  evaluator's labels by correlated OT   ot.extension, message_bytes 0
//            tables and decoding bits              gc.garble
//   online   garbler's labels                      gc.send_labels
//            evaluation, masked outputs back       gc.evaluate
//
// Bytes on the wire (n instances, l bits a value, k values, A AND gates):
//   setup    receiver of the extension (evaluator) 32, sender (garbler) 128 * 32
//   OT       evaluator 16 * ceil(n (k+1) l / 128) * 128
//   tables   garbler 80 + n * 32 A + ceil(n l / 8)
//   labels   garbler n * 16 k l
//   outputs  evaluator ceil(n l / 8)
//
// The free-XOR offset is also the OT's correlation, so that the evaluator's
// labels are q and q xor delta as they come and no answer is sent (what emp-sh2pc
// does too). Security: that of the parts (garbling.h, ot_extension.h, base_ot.h).
//
// The 80 bytes before the tables: start of the hash keys 16, instances 8, AND
// gates 8, inputs 8, outputs 8, digest of the circuit 32. The evaluator refuses
// tables for another circuit than its own.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_SESSION_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_SESSION_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/drivers/pi_ref/block.h"
#include "calibrate/drivers/pi_ref/ot_extension.h"
#include "calibrate/drivers/pi_ref/shared_circuit.h"

namespace picost::pi_ref {

inline constexpr int64_t kTableHeaderBytes = 80;

// `values` below are instance-major: [instance][value].

class GarblerSession {
 public:
  // The circuit and the channel outlive the session.
  static absl::StatusOr<std::unique_ptr<GarblerSession>> Setup(calibrate::Channel& channel,
                                                               const SharedCircuit& circuit);
  ~GarblerSession() { Wipe(&delta_, sizeof(delta_)); }

  absl::Status OfflineOt(int64_t instances);
  absl::Status OfflineTables();
  absl::Status SendLabels(const SecretVector<uint64_t>& shares);
  // The masked results that the evaluator returns: the garbler's new shares.
  absl::Status ReceiveOutputs(SecretVector<uint64_t>& outputs);

 private:
  GarblerSession(calibrate::Channel& channel, const SharedCircuit& circuit);

  calibrate::Channel& channel_;
  const SharedCircuit& shared_;
  Block delta_;
  int64_t instances_ = 0;
  std::unique_ptr<OtExtensionSender> ot_;
  SecretBlocks evaluator_labels_;  // [instance][evaluator input], zero labels
  SecretBlocks garbler_labels_;    // [instance][garbler input], zero labels
};

class EvaluatorSession {
 public:
  static absl::StatusOr<std::unique_ptr<EvaluatorSession>> Setup(calibrate::Channel& channel,
                                                                 const SharedCircuit& circuit);

  // shares: this party's; masks: r of out = f(x) - r, one an instance.
  absl::Status OfflineOt(const SecretVector<uint64_t>& shares, const SecretVector<uint64_t>& masks);
  absl::Status OfflineTables();
  absl::Status ReceiveLabels();
  absl::Status EvaluateAndReturn();

 private:
  EvaluatorSession(calibrate::Channel& channel, const SharedCircuit& circuit)
      : channel_(channel), shared_(circuit) {}

  calibrate::Channel& channel_;
  const SharedCircuit& shared_;
  int64_t instances_ = 0;
  Block start_;
  std::unique_ptr<OtExtensionReceiver> ot_;
  SecretBlocks evaluator_labels_;
  SecretBlocks garbler_labels_;
  std::vector<Block> tables_;
  std::vector<uint8_t> decoding_;  // packed
};

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_SESSION_H_
