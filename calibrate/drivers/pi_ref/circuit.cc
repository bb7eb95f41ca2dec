#include "calibrate/drivers/pi_ref/circuit.h"

#include <sodium.h>

namespace picost::pi_ref {

std::vector<uint8_t> EvaluateInClear(const Circuit& circuit, const std::vector<uint8_t>& inputs) {
  std::vector<uint8_t> slots(circuit.slot_count);
  for (int i = 0; i < circuit.inputs(); ++i) slots[i] = inputs[i];
  for (const Gate& gate : circuit.gates) {
    const uint8_t a = slots[gate.a] ^ static_cast<uint8_t>(gate.invert_a);
    const uint8_t b = slots[gate.b] ^ static_cast<uint8_t>(gate.invert_b);
    slots[gate.out] = gate.kind == Gate::Kind::kAnd ? (a & b) : (a ^ b);
  }
  std::vector<uint8_t> outputs;
  outputs.reserve(circuit.outputs.size());
  for (const Output& output : circuit.outputs) {
    outputs.push_back(slots[output.slot] ^ static_cast<uint8_t>(output.invert));
  }
  return outputs;
}

std::array<uint8_t, 32> CircuitDigest(const Circuit& circuit) {
  std::vector<uint32_t> words = {static_cast<uint32_t>(circuit.garbler_inputs),
                                 static_cast<uint32_t>(circuit.evaluator_inputs),
                                 static_cast<uint32_t>(circuit.gates.size())};
  for (const Gate& gate : circuit.gates) {
    words.push_back(static_cast<uint32_t>(gate.kind) | (gate.invert_a ? 2u : 0u) |
                    (gate.invert_b ? 4u : 0u));
    words.insert(words.end(), {gate.a, gate.b, gate.out});
  }
  for (const Output& output : circuit.outputs) {
    words.insert(words.end(), {output.slot, output.invert ? 1u : 0u});
  }
  std::array<uint8_t, 32> digest;
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(words.data()),
                     words.size() * sizeof(uint32_t), nullptr, 0);
  return digest;
}

}  // namespace picost::pi_ref
