// A sequence of numbers that is the same everywhere, for repeatable mutations.
#ifndef PICOST_TESTS_FUZZ_RANDOM_H_
#define PICOST_TESTS_FUZZ_RANDOM_H_

#include <cstddef>
#include <cstdint>

namespace picost::fuzz {

// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
// generators, scrambled").
class Random {
 public:
  explicit Random(uint64_t seed = 0) : state_(seed * 0x9e3779b97f4a7c15u + 0x9e3779b97f4a7c15u) {
    if (state_ == 0) state_ = 1;
  }
  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717u;
  }
  size_t Below(size_t limit) { return limit == 0 ? 0 : Next() % limit; }

 private:
  uint64_t state_;
};

}  // namespace picost::fuzz

#endif  // PICOST_TESTS_FUZZ_RANDOM_H_
