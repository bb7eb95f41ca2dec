// The planner of the protocols that compute linear layers under homomorphic
// encryption and non-linear ones in garbled circuits. They differ in who garbles,
// in which phase each part runs, and in sizes; GarbledOptions holds the difference.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_GARBLED_PLANNER_H_
#define PICOST_ESTIMATOR_PROTOCOLS_GARBLED_PLANNER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/protocols/protocol.h"

namespace picost::protocols {

// A circuit over additive shares, each element on `wires` wires: modulo a prime
// (its bits + 1), or in a ring of words (its bits), where sums wrap for nothing.
struct CircuitSizes {
  bool ring = false;
  int64_t wires = 42;         // Lb = bits of the prime + 1
  int64_t compared_bits = 5;  // of the comparison with p / 2 that are not free
  int64_t clip_bits = 8;      // e: position of the clip at 6; -1: a plain ReLU
  int64_t block_bytes = 24;   // of a 128-bit block on the wire
  int64_t label_bytes = 28;   // of a label on the wire
};

enum class Packing {
  kDelphi,    // SIMD slots, rotated filters sent by the client (PackConvolution)
  kGazelle,   // SIMD slots, rotations by the server (PackGazelle)
  kElements,  // slots filled element by element, no rotations (PackElements)
};

struct GarbledOptions {
  std::string id;
  CircuitSizes circuit;
  bool client_garbles = false;
  // Homomorphic evaluation before the input is known (on random masks), else on it.
  bool linear_offline = true;
  // Tables sent and base transfers made before the input is known.
  bool garbling_offline = true;
  // Labels by silent OT (Ferret) instead of an IKNP extension.
  bool silent_ot = false;
  Packing packing = Packing::kDelphi;
  int64_t ring_degree = 8192;
  int64_t data_primes = 4;
  int64_t request_ciphertext_bytes = 524'393;
  int64_t reply_ciphertext_bytes = 524'393;
  int64_t key_framing_bytes = 0;
  int64_t field_bits = 41;
  int64_t element_bytes = 9;   // of a field element on the wire
  int64_t message_bytes = 41;  // framing of a vector of them
};

// AND gates of the ReLU circuit on one element:
//   wires - 1             adds the two shares
//   2 wires               subtracts p where the sum exceeds it (adder, multiplexer)
//   compared_bits         compares with p / 2
//   (e + 8) + (e + 9)     masks by the sign; clips at 6
//   (wires - 1) + 2 wires adds the next layer's mask modulo p
// Without the clip, masking by the sign alone takes wires - 1. In a ring: add the
// shares, mask, add the next mask, wires - 1 each (93 at 32 bits, as measured).
int64_t ReluGates(const CircuitSizes& circuit);

// AND gates of the maximum of `window` shared elements: each is reconstructed, each
// but one compared and chosen, the result masked.
int64_t MaximumGates(const CircuitSizes& circuit, int64_t window);

// Parameters that all of these protocols have: wire sizes of blocks and labels, the
// flavour of the OT.
std::vector<ProtocolParameter> GarblingParameters(int64_t block_bytes, int64_t label_bytes,
                                                  std::string source);
void ReadGarblingParameters(const primitives::Parameters& parameters, GarbledOptions& options);

// Everything that a plan may call.
std::vector<std::string> GarbledPrimitives();

absl::StatusOr<ProtocolPlan> PlanGarbled(const PlanContext& context, const GarbledOptions& options);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_GARBLED_PLANNER_H_
