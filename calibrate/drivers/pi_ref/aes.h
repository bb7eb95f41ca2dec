// AES-128 on AES-NI: a generator and a hash keyed anew for every use.
//
// aes.cc is the only translation unit compiled with -maes -msse4.1. Callers ask
// CheckProcessor() once before anything else here is called.
//
// Security. AES-128 (FIPS 197) is taken as a pseudo-random function in Prg and as
// an ideal cipher in the hash. AES-NI takes the same time for every key and
// block: no tables, no branches, no addresses that depend on secrets.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_AES_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_AES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "calibrate/drivers/pi_ref/block.h"

namespace picost::pi_ref {

// OK where this processor has AES-NI and SSE4.1; otherwise kFailedPrecondition.
absl::Status CheckProcessor();

// blocks[k * kBlocksPerKey + b] = AES(keys[k], the same), k < key_count. The key
// schedules are run on the fly and never stored. kBlocksPerKey is 1 or 2.
template <int kBlocksPerKey>
void EncryptRekeyed(const Block* keys, int key_count, Block* blocks);

// The hash of half-gates garbling, H(x, i) = AES(key = i, s(x)) xor s(x), where
// s(left || right) = (left xor right) || left is a linear orthomorphism.
//
// Source: Guo, Katz, Wang, Weng, Yu, "Better Concrete Security for Half-Gates
// Garbling (in the Multi-Instance Setting)", CRYPTO 2020: with AES as an ideal
// cipher H is circular correlation robust for many instances, and keying by the
// tweak (start + gate number) keeps 128-bit labels at close to 128-bit security;
// a fixed key would not. Keys must not repeat between garblings under one start.
template <int kBlocksPerKey>
void HashRekeyed(const Block* keys, int key_count, Block* blocks);

// AES in counter mode under a seed: a pseudo-random generator.
class Prg {
 public:
  explicit Prg(Block seed);
  ~Prg();
  Prg(const Prg&) = default;
  Prg& operator=(const Prg&) = default;

  void Fill(Block* out, size_t count);
  // out[i] ^= next block: what OT extension does with its columns.
  void XorInto(Block* out, size_t count);

 private:
  std::array<Block, 11> round_keys_;
  uint64_t counter_ = 0;
};

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_AES_H_
