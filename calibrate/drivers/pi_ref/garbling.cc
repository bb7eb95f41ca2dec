#include "calibrate/drivers/pi_ref/garbling.h"

#include <cstring>

#include "calibrate/drivers/pi_ref/aes.h"

namespace picost::pi_ref {
namespace {

// Keys of the two halves of one gate in each lane: [lane][half].
void FillKeys(Block start, uint64_t tweak, int and_gates, int lanes, Block* keys) {
  // Gate numbers of the instances of a batch lie and_gates apart.
  const Block step = MakeBlock(0, 2 * static_cast<uint64_t>(and_gates));
  Block key = AddTweak(start, tweak);
  for (int lane = 0; lane < lanes; ++lane) {
    keys[2 * lane] = key;
    keys[2 * lane + 1] = AddTweak(key, 1);
    key = {_mm_add_epi64(key.bits, step.bits)};
  }
}

void XorLanes(const Block* a, const Block* b, Block* out) {
#pragma GCC unroll 8
  for (int lane = 0; lane < kLanes; ++lane) out[lane] = a[lane] ^ b[lane];
}

}  // namespace

Garbler::Garbler(const Circuit& circuit, Block delta, Block start)
    : circuit_(circuit),
      delta_(delta),
      start_(start),
      slots_(static_cast<size_t>(circuit.slot_count) * kLanes) {}

void Garbler::Garble(int lanes, const Block* input_labels, Block* tables, uint8_t* decoding) {
  std::memcpy(slots_.data(), input_labels,
              static_cast<size_t>(circuit_.inputs()) * kLanes * sizeof(Block));
  Block keys[2 * kLanes];
  Block hashes[4 * kLanes];  // [lane][half][label 0, label 1]
  uint64_t tweak = tweak_;
  for (const Gate& gate : circuit_.gates) {
    const Block* a = &slots_[static_cast<size_t>(gate.a) * kLanes];
    const Block* b = &slots_[static_cast<size_t>(gate.b) * kLanes];
    Block* out = &slots_[static_cast<size_t>(gate.out) * kLanes];
    if (gate.kind == Gate::Kind::kXor) {
      XorLanes(a, b, out);
      continue;
    }
    // An inverted input's zero label is the other one.
    const Block flip_a = gate.invert_a ? delta_ : Block{};
    const Block flip_b = gate.invert_b ? delta_ : Block{};
    FillKeys(start_, tweak, circuit_.and_gates, lanes, keys);
    for (int lane = 0; lane < lanes; ++lane) {
      const Block a0 = a[lane] ^ flip_a;
      const Block b0 = b[lane] ^ flip_b;
      hashes[4 * lane] = a0;
      hashes[4 * lane + 1] = a0 ^ delta_;
      hashes[4 * lane + 2] = b0;
      hashes[4 * lane + 3] = b0 ^ delta_;
    }
    HashRekeyed<2>(keys, 2 * lanes, hashes);
    for (int lane = 0; lane < lanes; ++lane) {
      const Block a0 = a[lane] ^ flip_a;
      const Block b0 = b[lane] ^ flip_b;
      const Block* h = hashes + 4 * lane;
      const Block pa = ColourMask(a0);
      const Block pb = ColourMask(b0);
      const Block garbler_row = h[0] ^ h[1] ^ (pb & delta_);
      const Block evaluator_row = h[2] ^ h[3] ^ a0;
      tables[2 * lane] = garbler_row;
      tables[2 * lane + 1] = evaluator_row;
      out[lane] = h[0] ^ (pa & garbler_row) ^ h[2] ^ (pb & (h[2] ^ h[3]));
    }
    tables += 2 * lanes;
    tweak += 2;
  }
  tweak_ += 2 * static_cast<uint64_t>(circuit_.and_gates) * static_cast<uint64_t>(lanes);
  for (const Output& output : circuit_.outputs) {
    const Block* label = &slots_[static_cast<size_t>(output.slot) * kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      *decoding++ = static_cast<uint8_t>(label[lane].LowBit() ^ (output.invert ? 1 : 0));
    }
  }
  Wipe(hashes, sizeof(hashes));
}

Evaluator::Evaluator(const Circuit& circuit, Block start)
    : circuit_(circuit), start_(start), slots_(static_cast<size_t>(circuit.slot_count) * kLanes) {}

void Evaluator::Evaluate(int lanes, const Block* input_labels, const Block* tables,
                         uint8_t* colours) {
  std::memcpy(slots_.data(), input_labels,
              static_cast<size_t>(circuit_.inputs()) * kLanes * sizeof(Block));
  Block keys[2 * kLanes];
  Block hashes[2 * kLanes];
  uint64_t tweak = tweak_;
  for (const Gate& gate : circuit_.gates) {
    const Block* a = &slots_[static_cast<size_t>(gate.a) * kLanes];
    const Block* b = &slots_[static_cast<size_t>(gate.b) * kLanes];
    Block* out = &slots_[static_cast<size_t>(gate.out) * kLanes];
    if (gate.kind == Gate::Kind::kXor) {
      XorLanes(a, b, out);
      continue;
    }
    FillKeys(start_, tweak, circuit_.and_gates, lanes, keys);
    for (int lane = 0; lane < lanes; ++lane) {
      hashes[2 * lane] = a[lane];
      hashes[2 * lane + 1] = b[lane];
    }
    HashRekeyed<1>(keys, 2 * lanes, hashes);
    for (int lane = 0; lane < lanes; ++lane) {
      const Block garbler_row = tables[2 * lane];
      const Block evaluator_row = tables[2 * lane + 1];
      const Block label_a = a[lane];
      out[lane] = hashes[2 * lane] ^ (ColourMask(label_a) & garbler_row) ^ hashes[2 * lane + 1] ^
                  (ColourMask(b[lane]) & (evaluator_row ^ label_a));
    }
    tables += 2 * lanes;
    tweak += 2;
  }
  tweak_ += 2 * static_cast<uint64_t>(circuit_.and_gates) * static_cast<uint64_t>(lanes);
  for (const Output& output : circuit_.outputs) {
    const Block* label = &slots_[static_cast<size_t>(output.slot) * kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      *colours++ = static_cast<uint8_t>(label[lane].LowBit());
    }
  }
  Wipe(hashes, sizeof(hashes));
}

}  // namespace picost::pi_ref
