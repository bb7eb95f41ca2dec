#include "estimator/primitives/sci_steps.h"

#include "estimator/base/checked_math.h"
#include "estimator/primitives/comparison_forms.h"
#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

// Triples and openings of the comparison tree. Two triples come from one OT: 1-of-8
// where both share an operand (less-than and equality of one node), else 1-of-16.
void Tree(Transcript& transcript, const ComparisonShape& shape, int64_t comparisons) {
  const int64_t correlated = 2 * shape.digits - 2 - 2 * shape.depth;
  const int64_t standard = shape.depth;
  transcript.Kkot(CeilDiv(Product({correlated, comparisons}), 2), 8, 2);
  transcript.Kkot(CeilDiv(Product({standard, comparisons}), 2), 16, 2);
  // Openings: two bits for each triple, spread over the levels. Spreading does not
  // change the sum; each level is one exchange.
  const int64_t bits = Product({2 * (correlated + standard), comparisons});
  for (int level = 0; level < shape.depth; ++level) {
    transcript.Exchange(level == 0 ? Sum({bits, -(shape.depth - 1)}) : 1);
  }
}

// Leaf OTs of n elements with `bits`-bit operands: the first digit needs no
// equality; the last one may be short. message_bits: of less-than alone.
void Leaves(Transcript& transcript, int64_t bits, int64_t message_bits, int64_t n) {
  const int64_t digits = CeilDiv(bits, kDigitBits);
  const int64_t rest = bits % kDigitBits;
  if (digits > 1) transcript.Kkot(n, 16, message_bits);
  const int64_t both = digits > 1 ? 2 * message_bits : message_bits;
  if (rest == 0) {
    transcript.Kkot(Product({n, digits > 1 ? digits - 1 : 1}), 16, both);
    return;
  }
  if (digits > 1) transcript.Kkot(Product({n, digits - 2}), 16, both);
  if (rest == 1) {
    transcript.Iknp(n, both);
  } else {
    transcript.Kkot(n, int64_t{1} << rest, both);
  }
}

}  // namespace

void FieldSign(Transcript& transcript, int64_t field_bits, int64_t n) {
  const int64_t bits = field_bits + 1;
  Leaves(transcript, bits, /*message_bits=*/2, n);
  Tree(transcript, ShapeOfBits(bits), 2 * n);
  transcript.Kkot(n, 4, 1);
}

void Multiplex(Transcript& transcript, int64_t bits, int64_t n) {
  transcript.Iknp(n, bits);
  transcript.IknpReversed(n, bits);
}

// With delta = ceil(log2(6 d)): a 1-of-4 OT of field_bits + delta bits corrects the
// quotient; 2 or 3 comparisons of delta - 1 bits find how far the remainder is off
// (2 where 2 (p mod d) < d); OTs of field elements convert their bits.
void FieldDivide(Transcript& transcript, int64_t field_bits, int64_t divisor, bool with_sign,
                 int64_t n) {
  if (with_sign) FieldSign(transcript, field_bits, n);
  const int64_t delta = CeilLog2(6 * divisor);
  const int64_t prime = FieldPrime(field_bits);
  // Every prime of the library is 1 modulo the powers of two that are truncated.
  const bool power_of_two = (divisor & (divisor - 1)) == 0;
  const bool two = power_of_two || (prime != 0 && 2 * (prime % divisor) < divisor);
  const int64_t comparisons = Product({two ? 2 : 3, n});
  transcript.Kkot(n, 4, field_bits + delta);
  Compare(transcript, delta - 1, comparisons);
  transcript.BlockIknp(comparisons, field_bits);
}

void Compare(Transcript& transcript, int64_t bits, int64_t n) {
  Leaves(transcript, bits, /*message_bits=*/1, n);
  Tree(transcript, ShapeOfBits(bits), n);
}

void CompareWan(Transcript& transcript, int64_t bits, int64_t n) {
  const ComparisonShape shape = ShapeOfBits(bits);
  transcript.Kkot(Product({n, shape.digits}), 16, 2);
  transcript.Kkot(CeilDiv(Product({shape.triples, n}), 2), 16, 2);
  const int64_t opened = Product({2 * shape.triples, n});
  for (int level = 0; level < shape.depth; ++level) {
    transcript.Exchange(level == 0 ? Sum({opened, -(shape.depth - 1)}) : 1);
  }
}

void AndBits(Transcript& transcript, int64_t n) {
  transcript.Kkot(CeilDiv(n, 2), 16, 2);
  transcript.Exchange(Product({2, n}));
}

void BitsToRing(Transcript& transcript, int64_t ring_bits, int64_t n) {
  transcript.Correlated(n, ring_bits);
}

int64_t FieldPrime(int64_t field_bits) {
  switch (field_bits) {
    case 32:
      return 4'293'918'721;
    case 37:
      return 137'352'314'881;
    case 41:
      return 2'198'100'901'889;
    default:
      return 0;
  }
}

}  // namespace picost::primitives
