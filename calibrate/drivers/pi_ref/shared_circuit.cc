#include "calibrate/drivers/pi_ref/shared_circuit.h"

#include <algorithm>
#include <bit>
#include <string>

#include "absl/strings/str_cat.h"
#include "calibrate/drivers/pi_ref/circuit_builder.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

// 2^l - p, what AddModPrime wants added to its second operand.
uint64_t Shift(const Modulus& modulus) {
  return modulus.is_ring() ? 0 : (uint64_t{1} << modulus.bits()) - modulus.prime();
}

Word Open(CircuitBuilder& builder, const Modulus& modulus, const Word& share0, const Word& share1) {
  return modulus.is_ring() ? builder.Add(share0, share1)
                           : builder.AddModPrime(share0, share1, modulus.prime());
}

// x where x counts as not negative, else 0; the top bit of the result is 0.
Word Relu(CircuitBuilder& builder, const Modulus& modulus, const Word& x) {
  // Field: negative where x >= (p+1)/2, where the constant does not borrow.
  const Wire keep =
      modulus.is_ring() ? !x.back() : builder.BorrowOfConstant(x, modulus.largest_positive() + 1);
  Word kept(x.begin(), x.end() - 1);
  kept = builder.Mask(keep, kept);
  kept.push_back(CircuitBuilder::Zero());
  return kept;
}

// min(y, 6 * 2^f) for y >= 0 without a top bit. 6 * 2^f has f+1 trailing zeros.
Word ClipAtSix(CircuitBuilder& builder, const Word& y, int fraction_bits) {
  const uint64_t six = uint64_t{6} << fraction_bits;
  const Word low(y.begin(), y.end() - 1);
  const Wire below = builder.BorrowOfConstant(low, six);
  Word constant;
  for (size_t i = 0; i < low.size(); ++i) {
    constant.push_back({Wire::kConstant, ((six >> i) & 1) != 0});
  }
  Word clipped = builder.Select(below, low, constant);
  clipped.push_back(CircuitBuilder::Zero());
  return clipped;
}

absl::Status OutOfRange(std::string_view what, int value, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat(std::string(what), " = ", value, " is out of range"),
                   {.field = std::string(what), .mend = std::move(mend)});
}

}  // namespace

absl::StatusOr<Function> ParseFunction(std::string_view name) {
  if (name == "relu") return Function::kRelu;
  if (name == "relu6") return Function::kRelu6;
  if (name == "maximum") return Function::kMaximum;
  if (name == "truncate") return Function::kTruncate;
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("no circuit \"", std::string(name), "\""),
                   {.field = "circuit", .mend = "Choose relu, relu6, maximum or truncate."});
}

uint64_t SharedCircuit::InClear(const uint64_t* opened) const {
  const int64_t x = modulus.ToSigned(opened[0]);
  switch (function) {
    case Function::kRelu:
      return modulus.FromSigned(std::max<int64_t>(x, 0));
    case Function::kRelu6:
      return modulus.FromSigned(std::clamp<int64_t>(x, 0, int64_t{6} << fraction_bits));
    case Function::kMaximum: {
      int64_t maximum = x;
      for (int i = 1; i < values; ++i) maximum = std::max(maximum, modulus.ToSigned(opened[i]));
      return modulus.FromSigned(maximum);
    }
    case Function::kTruncate:
      return modulus.FromSigned(x >> fraction_bits);
  }
  return 0;
}

uint64_t SharedCircuit::EncodeGarblerShare(uint64_t share) const {
  return modulus.Add(share, garbler_share_addend);
}
uint64_t SharedCircuit::EncodeEvaluatorShare(uint64_t share) const {
  return share + Shift(modulus);
}
uint64_t SharedCircuit::EncodeMask(uint64_t mask) const {
  return modulus.Add(modulus.Subtract(0, mask), mask_addend) + Shift(modulus);
}

absl::StatusOr<SharedCircuit> MakeSharedCircuit(Function function, const Modulus& modulus,
                                                int values, int fraction_bits) {
  const int l = modulus.bits();
  if (function == Function::kMaximum ? values < 2 || values > 64 : values != 1) {
    return OutOfRange("values", values, "Give 2 to 64 values to a maximum, 1 to all others.");
  }
  if (function == Function::kRelu6 &&
      (fraction_bits < 0 || fraction_bits > l - 5 ||
       (uint64_t{6} << fraction_bits) >= modulus.largest_positive())) {
    return OutOfRange("fraction_bits", fraction_bits, "Let 6 * 2^f stay below the largest value.");
  }
  if (function == Function::kTruncate && (fraction_bits < 1 || fraction_bits > l - 2)) {
    return OutOfRange("fraction_bits", fraction_bits, "Truncate 1 to l-2 bits.");
  }

  SharedCircuit shared(function, modulus, values, fraction_bits);
  CircuitBuilder builder;
  std::vector<Word> share0, share1, opened;
  for (int i = 0; i < values; ++i) share0.push_back(builder.GarblerInput(l));
  for (int i = 0; i < values; ++i) share1.push_back(builder.EvaluatorInput(l));
  const Word mask = builder.EvaluatorInput(l);
  for (int i = 0; i < values; ++i) opened.push_back(Open(builder, modulus, share0[i], share1[i]));

  Word result;
  switch (function) {
    case Function::kRelu:
      result = Relu(builder, modulus, opened[0]);
      break;
    case Function::kRelu6:
      result = ClipAtSix(builder, Relu(builder, modulus, opened[0]), fraction_bits);
      break;
    case Function::kMaximum: {
      // Shifted by half the range the order of values is that of unsigned words:
      // the garbler adds (p-1)/2 (field) or 2^(l-1) (ring: flips the top bit) to
      // its share, and the mask takes it off again.
      shared.garbler_share_addend =
          modulus.is_ring() ? modulus.largest_positive() + 1 : modulus.largest_positive();
      shared.mask_addend = modulus.Subtract(0, shared.garbler_share_addend);
      // A tree, so that the depth (not the count) is least.
      while (opened.size() > 1) {
        std::vector<Word> next;
        for (size_t i = 0; i + 1 < opened.size(); i += 2) {
          next.push_back(
              builder.Select(builder.Less(opened[i], opened[i + 1]), opened[i + 1], opened[i]));
        }
        if (opened.size() % 2 == 1) next.push_back(opened.back());
        opened = std::move(next);
      }
      result = opened[0];
      break;
    }
    case Function::kTruncate: {
      Word x = opened[0];
      if (modulus.is_ring()) {
        const Word shifted(x.begin() + fraction_bits, x.end());
        result = shifted;
        while (static_cast<int>(result.size()) < l) result.push_back(x.back());
      } else {
        // Opened is x + (p-1)/2 (the garbler's addend). Taking (p-1)/2 off gives x
        // as a two's complement word; shifted, its sign bit flipped, it is
        // floor(x / 2^f) + 2^(l-1-f) >= 0, and the mask takes that off.
        const uint64_t half = modulus.largest_positive();
        shared.garbler_share_addend = half;
        Word difference;
        builder.BorrowOfConstant(x, half, &difference);
        result.assign(difference.begin() + fraction_bits, difference.end());
        result.back() = !result.back();
        while (static_cast<int>(result.size()) < l) result.push_back(CircuitBuilder::Zero());
        shared.mask_addend = modulus.Subtract(0, uint64_t{1} << (l - 1 - fraction_bits));
      }
      break;
    }
  }
  shared.circuit = builder.Build(Open(builder, modulus, result, mask));
  return shared;
}

int StatedAndGates(Function function, const Modulus& modulus, int values, int fraction_bits) {
  const int l = modulus.bits();
  const uint64_t half = modulus.largest_positive();
  const int open = modulus.is_ring() ? l - 1 : 2 * l - 1;
  const int relu = modulus.is_ring() ? l - 1 : (l - 1 - std::countr_zero(half + 1)) + (l - 1);
  switch (function) {
    case Function::kRelu:
      return open + relu + open;
    case Function::kRelu6:
      return open + relu + (l - 1 - 1 - (fraction_bits + 1)) + (l - 1) + open;
    case Function::kMaximum:
      return values * open + (values - 1) * 2 * l + open;
    case Function::kTruncate:
      // The difference needs the borrow into every bit, not out of the last.
      return modulus.is_ring() ? 2 * open : 2 * open + std::max(0, l - 2 - std::countr_zero(half));
  }
  return 0;
}

}  // namespace picost::pi_ref
