// Boolean circuits for garbling: XOR is free, AND costs, NOT is a flag.
//
// A circuit is built once and garbled many times, in lanes. Wires live in slots
// that are used again after the last reader of a value, so that the labels of
// all lanes stay in the first-level cache.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_CIRCUIT_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_CIRCUIT_H_

#include <array>
#include <cstdint>
#include <vector>

namespace picost::pi_ref {

struct Gate {
  enum class Kind : uint8_t { kXor, kAnd };
  Kind kind = Kind::kXor;
  // AND reads its inputs inverted where these are set. XOR carries inversions on
  // to its readers instead.
  bool invert_a = false;
  bool invert_b = false;
  uint32_t a = 0;  // slots
  uint32_t b = 0;
  uint32_t out = 0;
};

struct Output {
  uint32_t slot = 0;
  bool invert = false;
};

struct Circuit {
  // Slots 0 .. garbler_inputs-1 start with the garbler's input wires, the next
  // evaluator_inputs slots with the evaluator's.
  int garbler_inputs = 0;
  int evaluator_inputs = 0;
  int slot_count = 0;
  int and_gates = 0;
  int xor_gates = 0;
  std::vector<Gate> gates;
  std::vector<Output> outputs;

  int inputs() const { return garbler_inputs + evaluator_inputs; }
};

// A circuit in the clear: one bit an input, garbler's first; one bit an output.
std::vector<uint8_t> EvaluateInClear(const Circuit& circuit, const std::vector<uint8_t>& inputs);

// BLAKE2b of the gates: both parties compare it before they trust their tables.
std::array<uint8_t, 32> CircuitDigest(const Circuit& circuit);

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_CIRCUIT_H_
