#include "calibrate/drivers/pi_ref/shared_circuit.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "calibrate/drivers/pi_ref/circuit_builder.h"

namespace picost::pi_ref {
namespace {

struct Case {
  std::string name;
  Function function;
  bool ring;
  int bits;
  int values;
  int fraction_bits;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const bool ring : {true, false}) {
    for (const int bits : {16, 20, 32, 37, 41, 48, 60, 64}) {
      if (!ring && bits == 64) continue;
      const std::string name = (ring ? "Ring" : "Field") + std::to_string(bits);
      cases.push_back({name + "Relu", Function::kRelu, ring, bits, 1, 0});
      for (const int f : {0, 8, bits - 6}) {
        cases.push_back({name + "Relu6f" + std::to_string(f), Function::kRelu6, ring, bits, 1, f});
      }
      for (const int k : {2, 3, 4, 9}) {
        cases.push_back({name + "Max" + std::to_string(k), Function::kMaximum, ring, bits, k, 0});
      }
      for (const int f : {1, 12, bits - 2}) {
        cases.push_back(
            {name + "Truncate" + std::to_string(f), Function::kTruncate, ring, bits, 1, f});
      }
    }
  }
  return cases;
}

Modulus ModulusOf(const Case& c) {
  return *(c.ring ? Modulus::Ring(c.bits) : Modulus::Field(c.bits));
}

void Append(std::vector<uint8_t>& inputs, uint64_t value, int bits) {
  for (int i = 0; i < bits; ++i) inputs.push_back((value >> i) & 1);
}

class SharedCircuitTest : public testing::TestWithParam<Case> {};

TEST_P(SharedCircuitTest, HasTheStatedNumberOfAndGates) {
  const Case& c = GetParam();
  const auto shared = MakeSharedCircuit(c.function, ModulusOf(c), c.values, c.fraction_bits);
  ASSERT_TRUE(shared.ok()) << shared.status();
  EXPECT_EQ(shared->circuit.and_gates,
            StatedAndGates(c.function, ModulusOf(c), c.values, c.fraction_bits));
}

TEST_P(SharedCircuitTest, GivesTheMaskedResultOnRandomAndExtremeValues) {
  const Case& c = GetParam();
  const Modulus modulus = ModulusOf(c);
  const auto shared = MakeSharedCircuit(c.function, modulus, c.values, c.fraction_bits);
  ASSERT_TRUE(shared.ok()) << shared.status();
  std::mt19937_64 random(7);
  const uint64_t top = modulus.largest_positive();
  const std::vector<uint64_t> extremes = {0, 1, top, modulus.Add(top, 1), modulus.Subtract(0, 1)};
  for (int trial = 0; trial < 400; ++trial) {
    std::vector<uint64_t> opened, share0, share1;
    for (int i = 0; i < c.values; ++i) {
      const bool extreme = trial < 100;
      opened.push_back(extreme ? extremes[random() % extremes.size()] : modulus.Reduce(random()));
      share1.push_back(modulus.Reduce(random()));
      share0.push_back(modulus.Subtract(opened.back(), share1.back()));
    }
    const uint64_t mask = trial % 10 == 0 ? 0 : modulus.Reduce(random());
    std::vector<uint8_t> inputs;
    for (const uint64_t s : share0) Append(inputs, shared->EncodeGarblerShare(s), c.bits);
    for (const uint64_t s : share1) Append(inputs, shared->EncodeEvaluatorShare(s), c.bits);
    Append(inputs, shared->EncodeMask(mask), c.bits);
    const std::vector<uint8_t> out = EvaluateInClear(shared->circuit, inputs);
    uint64_t value = 0;
    for (int i = 0; i < c.bits; ++i) value |= uint64_t{out[i]} << i;
    ASSERT_EQ(modulus.Add(value, mask), shared->InClear(opened.data()))
        << "x = " << modulus.ToSigned(opened[0]) << ", trial " << trial;
  }
}

INSTANTIATE_TEST_SUITE_P(AllCircuits, SharedCircuitTest, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

// Counts that others measured for the same functions, as a check of the formulas:
// emp-tool's ring ReLU has 93, 108, 120 AND gates at 32, 37, 41 bits and its 2x2
// maximum 347 (data/calibration, emp tables).
TEST(StatedAndGates, EqualTheCountsOfEmpsRingCircuits) {
  EXPECT_EQ(StatedAndGates(Function::kRelu, *Modulus::Ring(16), 1, 0), 45);
  EXPECT_EQ(StatedAndGates(Function::kRelu, *Modulus::Ring(32), 1, 0), 93);
  EXPECT_EQ(StatedAndGates(Function::kRelu, *Modulus::Ring(37), 1, 0), 108);
  EXPECT_EQ(StatedAndGates(Function::kRelu, *Modulus::Ring(41), 1, 0), 120);
  EXPECT_EQ(StatedAndGates(Function::kMaximum, *Modulus::Ring(32), 4, 0), 347);
}

TEST(MakeSharedCircuit, RefusesParametersOutOfRange) {
  const Modulus ring = *Modulus::Ring(16);
  EXPECT_FALSE(MakeSharedCircuit(Function::kRelu, ring, 2, 0).ok());
  EXPECT_FALSE(MakeSharedCircuit(Function::kMaximum, ring, 1, 0).ok());
  EXPECT_FALSE(MakeSharedCircuit(Function::kTruncate, ring, 1, 0).ok());
  EXPECT_FALSE(MakeSharedCircuit(Function::kTruncate, ring, 1, 15).ok());
  EXPECT_FALSE(MakeSharedCircuit(Function::kRelu6, ring, 1, 13).ok());
  EXPECT_FALSE(Modulus::Ring(65).ok());
  EXPECT_FALSE(Modulus::Field(33).ok());
}

TEST(Modulus, AddsSubtractsAndMultipliesLikeWideIntegers) {
  std::mt19937_64 random(1);
  for (const Modulus& m :
       {*Modulus::Ring(37), *Modulus::Ring(64), *Modulus::Field(41), *Modulus::Field(60)}) {
    const unsigned __int128 n = m.is_ring() ? static_cast<unsigned __int128>(1) << m.bits()
                                            : static_cast<unsigned __int128>(m.prime());
    for (int i = 0; i < 1000; ++i) {
      const uint64_t a = m.Reduce(random()), b = m.Reduce(random());
      ASSERT_LT(a, n);
      ASSERT_EQ(m.Add(a, b), static_cast<uint64_t>((static_cast<unsigned __int128>(a) + b) % n));
      ASSERT_EQ(m.Add(m.Subtract(a, b), b), a);
      ASSERT_EQ(m.Multiply(a, b), static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b % n));
      ASSERT_EQ(m.FromSigned(m.ToSigned(a)), a);
    }
  }
}

}  // namespace
}  // namespace picost::pi_ref
