// The circuits of private inference on additively shared values:
// shares and a fresh mask go in, the masked result comes out.
//
//   out = f(x_1, ..., x_k) - r,   x_i = share0_i + share1_i
//
// Garbler: its shares. Evaluator: its shares and the addend -r of the next mask,
// known before the input is, so that its labels are transferred offline.
//
// AND gates of width l (L = l - 1), each the sum of the builder's stated counts:
//
//   ring   open a share pair  L            field  open  2l - 1
//   ring   add the mask       L            field  mask  2l - 1
//
//   ReLU      ring  3L                     field  4l - 2 + (L - tz) + L
//               mask by not sign: L                 x > (p-1)/2: L - tz
//   ReLU6     + (L - 1 - (f + 1)) compare with 6 * 2^f, + L select
//   maximum   k open + (k-1) 2l + mask              the same; k values
//   truncate  ring  2L                     field  4l - 2 + (L - 1 - tz')
//
// tz: trailing zeros of (p+1)/2; tz': of (p-1)/2, see shared_circuit.cc.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_SHARED_CIRCUIT_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_SHARED_CIRCUIT_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "calibrate/drivers/pi_ref/circuit.h"
#include "calibrate/drivers/pi_ref/modulus.h"

namespace picost::pi_ref {

enum class Function { kRelu, kRelu6, kMaximum, kTruncate };

absl::StatusOr<Function> ParseFunction(std::string_view name);  // "relu", "relu6", ...

struct SharedCircuit {
  SharedCircuit(Function f, const Modulus& m, int k, int fraction)
      : function(f), modulus(m), values(k), fraction_bits(fraction) {}

  Function function;
  Modulus modulus;
  int values;         // k
  int fraction_bits;  // f of ReLU6; bits truncated
  Circuit circuit;
  // What a party adds to its value before it goes in as bits: moves into the
  // circuit's biased form what its owner can do for nothing.
  uint64_t garbler_share_addend = 0;
  uint64_t mask_addend = 0;

  // f itself, on opened values: what the result is compared with.
  uint64_t InClear(const uint64_t* opened) const;

  // Values of one instance as input bits (l a value).
  uint64_t EncodeGarblerShare(uint64_t share) const;
  uint64_t EncodeEvaluatorShare(uint64_t share) const;
  uint64_t EncodeMask(uint64_t mask) const;  // -r goes in
};

// values: of the maximum, 2 to 64; others take 1. fraction_bits: ReLU6 needs
// 6 * 2^f below the largest positive value; truncation 1 to l-2.
absl::StatusOr<SharedCircuit> MakeSharedCircuit(Function function, const Modulus& modulus,
                                                int values, int fraction_bits);

// The AND count as the formulas above state it.
int StatedAndGates(Function function, const Modulus& modulus, int values, int fraction_bits);

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_SHARED_CIRCUIT_H_
