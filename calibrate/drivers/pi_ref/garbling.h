// Half-gates garbling of many instances of one circuit.
//
// Source: Zahur, Rosulek, Evans, "Two Halves Make a Whole: Reducing Data Transfer
// in Garbled Circuits Using Half Gates", EUROCRYPT 2015: XOR is free, an AND gate
// is two blocks, four hashes to garble and two to evaluate. Hash: HashRekeyed
// (aes.h), keyed by start + 2 (gate number) and + 1 for the other half; gate
// numbers run through all instances of a session, so no key comes twice.
//
// Security: semi-honest, 128-bit labels; AES as an ideal cipher (aes.h). `start`
// is public and random; delta is the garbler's secret with colour bit 1.
//
// Up to kLanes instances are worked on gate by gate: their key schedules and
// encryptions fill the pipeline of the AES units. Nothing branches on a label.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_GARBLING_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_GARBLING_H_

#include <cstdint>

#include "calibrate/drivers/pi_ref/block.h"
#include "calibrate/drivers/pi_ref/circuit.h"

namespace picost::pi_ref {

inline constexpr int kLanes = 16;

// Labels of a batch are arrays [wire][kLanes]; unused lanes are ignored.
// Tables of a batch: [AND gate][lane < lanes][2].

class Garbler {
 public:
  Garbler(const Circuit& circuit, Block delta, Block start);

  // Zero labels of the inputs in, tables out, one decoding bit (colour of the
  // zero label) per [output][kLanes] out.
  void Garble(int lanes, const Block* input_labels, Block* tables, uint8_t* decoding);

 private:
  const Circuit& circuit_;
  Block delta_;
  Block start_;
  uint64_t tweak_ = 0;
  SecretBlocks slots_;
};

class Evaluator {
 public:
  Evaluator(const Circuit& circuit, Block start);

  // Active labels of the inputs in, colour bit per [output][kLanes] out.
  void Evaluate(int lanes, const Block* input_labels, const Block* tables, uint8_t* colours);

 private:
  const Circuit& circuit_;
  Block start_;
  uint64_t tweak_ = 0;
  SecretBlocks slots_;
};

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_GARBLING_H_
