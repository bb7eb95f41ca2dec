#include "calibrate/drivers/pi_ref/circuit_builder.h"

#include <algorithm>
#include <cassert>

namespace picost::pi_ref {

Word CircuitBuilder::GarblerInput(int bits) {
  assert(nodes_.empty() && evaluator_inputs_ == 0);
  Word word;
  for (int i = 0; i < bits; ++i) word.push_back({garbler_inputs_++, false});
  return word;
}

Word CircuitBuilder::EvaluatorInput(int bits) {
  assert(nodes_.empty());
  Word word;
  for (int i = 0; i < bits; ++i) {
    word.push_back({garbler_inputs_ + evaluator_inputs_++, false});
  }
  return word;
}

Wire CircuitBuilder::AddNode(Gate::Kind kind, Wire a, Wire b) {
  nodes_.push_back({kind, a, b});
  return {garbler_inputs_ + evaluator_inputs_ + static_cast<int32_t>(nodes_.size()) - 1, false};
}

Wire CircuitBuilder::Xor(Wire a, Wire b) {
  if (a.id == Wire::kConstant) return a.invert ? !b : b;
  if (b.id == Wire::kConstant) return b.invert ? !a : a;
  if (a.id == b.id) return {Wire::kConstant, a.invert != b.invert};
  const Wire out = AddNode(Gate::Kind::kXor, {a.id, false}, {b.id, false});
  return a.invert != b.invert ? !out : out;
}

Wire CircuitBuilder::And(Wire a, Wire b) {
  if (a.id == Wire::kConstant) return a.invert ? b : Zero();
  if (b.id == Wire::kConstant) return b.invert ? a : Zero();
  if (a.id == b.id) return a.invert == b.invert ? a : Zero();
  return AddNode(Gate::Kind::kAnd, a, b);
}

Word CircuitBuilder::Add(const Word& a, const Word& b, Wire* carry_out) {
  Word sum;
  Wire carry = Zero();
  for (size_t i = 0; i < a.size(); ++i) {
    const Wire a_carry = Xor(a[i], carry);
    sum.push_back(Xor(a_carry, b[i]));
    if (i + 1 == a.size() && carry_out == nullptr) break;
    carry = Xor(carry, And(a_carry, Xor(b[i], carry)));
  }
  if (carry_out != nullptr) *carry_out = carry;
  return sum;
}

Wire CircuitBuilder::BorrowOfConstant(const Word& a, uint64_t c, Word* difference) {
  // Where the bit of c is 1: borrow' = not a or borrow; where it is 0:
  // borrow' = not a and borrow.
  Wire borrow = Zero();
  if (difference != nullptr) difference->clear();
  for (size_t i = 0; i < a.size(); ++i) {
    const bool bit = (c >> i) & 1;
    if (difference != nullptr) {
      difference->push_back(Xor(bit ? !a[i] : a[i], borrow));
    }
    borrow = bit ? !And(a[i], !borrow) : And(!a[i], borrow);
  }
  return borrow;
}

Wire CircuitBuilder::Less(const Word& a, const Word& b) {
  // borrow' = b xor ((a xor b xor 1) and (b xor borrow)): keeps the borrow where
  // the bits are equal, takes b where they differ.
  Wire borrow = Zero();
  for (size_t i = 0; i < a.size(); ++i) {
    borrow = Xor(b[i], And(!Xor(a[i], b[i]), Xor(b[i], borrow)));
  }
  return borrow;
}

Word CircuitBuilder::Select(Wire choose, const Word& a, const Word& b) {
  Word out;
  for (size_t i = 0; i < a.size(); ++i) out.push_back(Xor(b[i], And(choose, Xor(a[i], b[i]))));
  return out;
}

Word CircuitBuilder::Mask(Wire bit, const Word& a) {
  Word out;
  for (const Wire& wire : a) out.push_back(And(bit, wire));
  return out;
}

Word CircuitBuilder::AddModPrime(const Word& a, const Word& b_shifted, uint64_t p) {
  Wire at_least_p;
  const Word low = Add(a, b_shifted, &at_least_p);
  Word back;
  for (size_t i = 0; i < a.size(); ++i) {
    back.push_back(((p >> i) & 1) != 0 ? !at_least_p : Zero());
  }
  return Add(low, back);
}

Circuit CircuitBuilder::Build(const Word& outputs) {
  Circuit circuit;
  circuit.garbler_inputs = garbler_inputs_;
  circuit.evaluator_inputs = evaluator_inputs_;
  const int inputs = circuit.inputs();
  const int wires = inputs + static_cast<int>(nodes_.size());

  // The last reader of each wire; -1: dead; nodes_.size(): an output.
  std::vector<int> last_use(wires, -1);
  for (const Wire& wire : outputs) last_use[wire.id] = static_cast<int>(nodes_.size());
  for (int i = static_cast<int>(nodes_.size()) - 1; i >= 0; --i) {
    if (last_use[inputs + i] < 0) continue;
    last_use[nodes_[i].a.id] = std::max(last_use[nodes_[i].a.id], i);
    last_use[nodes_[i].b.id] = std::max(last_use[nodes_[i].b.id], i);
  }

  std::vector<uint32_t> slot_of(wires, 0);
  std::vector<uint32_t> free;
  circuit.slot_count = inputs;
  for (int i = 0; i < inputs; ++i) slot_of[i] = static_cast<uint32_t>(i);
  for (int i = 0; i < static_cast<int>(nodes_.size()); ++i) {
    if (last_use[inputs + i] < 0) continue;
    const Node& node = nodes_[i];
    for (const int32_t read : {node.a.id, node.b.id}) {
      if (last_use[read] != i) continue;
      free.push_back(slot_of[read]);
    }
    uint32_t out = 0;
    if (free.empty()) {
      out = static_cast<uint32_t>(circuit.slot_count++);
    } else {
      out = free.back();
      free.pop_back();
    }
    slot_of[inputs + i] = out;
    circuit.gates.push_back(
        {node.kind, node.a.invert, node.b.invert, slot_of[node.a.id], slot_of[node.b.id], out});
    (node.kind == Gate::Kind::kAnd ? circuit.and_gates : circuit.xor_gates) += 1;
  }
  for (const Wire& wire : outputs) circuit.outputs.push_back({slot_of[wire.id], wire.invert});
  return circuit;
}

}  // namespace picost::pi_ref
