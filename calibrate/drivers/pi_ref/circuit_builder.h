// Builds circuits from arithmetic on bit vectors, least significant bit first.
//
// Constants fold away and inversions are flags, so the AND count of a circuit is
// the sum of the counts stated at each function below; the tests hold it there.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_CIRCUIT_BUILDER_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_CIRCUIT_BUILDER_H_

#include <cstdint>
#include <vector>

#include "calibrate/drivers/pi_ref/circuit.h"

namespace picost::pi_ref {

// A wire or a constant, possibly inverted.
struct Wire {
  static constexpr int32_t kConstant = -1;
  int32_t id = kConstant;
  bool invert = false;  // of a constant: its value

  Wire operator!() const { return {id, !invert}; }
};
using Word = std::vector<Wire>;

class CircuitBuilder {
 public:
  // All inputs come before the first gate, the garbler's before the evaluator's.
  Word GarblerInput(int bits);
  Word EvaluatorInput(int bits);

  static Wire Zero() { return {}; }
  Wire Xor(Wire a, Wire b);
  Wire And(Wire a, Wire b);  // 1 AND

  // Sum modulo 2^n of two n-bit words: n-1 ANDs. With carry_out: n ANDs.
  //   carry' = carry xor ((a xor carry) and (b xor carry))
  Word Add(const Word& a, const Word& b, Wire* carry_out = nullptr);

  // Borrow of a - c for a constant c: 1 where a < c. With tz trailing zeros of c
  // the first tz bits cannot borrow and bit tz borrows as not a: n-1-tz ANDs.
  // The difference modulo 2^n is free once the borrows are there.
  Wire BorrowOfConstant(const Word& a, uint64_t c, Word* difference = nullptr);

  // 1 where a < b, unsigned: n ANDs (borrow chain).
  Wire Less(const Word& a, const Word& b);

  // choose ? a : b, n ANDs (fewer where both bits are constants or equal).
  Word Select(Wire choose, const Word& a, const Word& b);
  // a and bit, for each bit: n ANDs.
  Word Mask(Wire bit, const Word& a);

  // (a + b) mod p for a, b in [0, p), p an n-bit prime; b comes shifted by
  // 2^n - p, which its owner adds locally. The sum's carry says a + b >= p: then
  // the low bits are the result; otherwise p has to be added back:
  //   n ANDs for the sum, n-1 for adding p where the carry is 0: 2n-1 ANDs.
  Word AddModPrime(const Word& a, const Word& b_shifted, uint64_t p);

  Circuit Build(const Word& outputs);

 private:
  struct Node {
    Gate::Kind kind;
    Wire a, b;
  };
  Wire AddNode(Gate::Kind kind, Wire a, Wire b);

  int garbler_inputs_ = 0;
  int evaluator_inputs_ = 0;
  std::vector<Node> nodes_;  // wire id = inputs + index
};

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_CIRCUIT_BUILDER_H_
