// Steps of CrypTFlow2 (Rathee et al., CCS 2020) as the SCI library runs them on
// IKNP and KKOT OT; each appends its messages to a transcript. Checked against
// every row that was measured with OpenCheetah's SCI_HE build, bytes and rounds.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_SCI_STEPS_H_
#define PICOST_ESTIMATOR_PRIMITIVES_SCI_STEPS_H_

#include <cstdint>

#include "estimator/primitives/transcript.h"

namespace picost::primitives {

// Sign of n shares modulo a prime of field_bits bits: two comparisons of
// field_bits + 1 bits share their leaves, then a 1-of-4 OT joins them.
void FieldSign(Transcript& transcript, int64_t field_bits, int64_t n);

// Product of n shared elements of `bits` bits with a shared bit.
void Multiplex(Transcript& transcript, int64_t bits, int64_t n);

// n elements divided by a public divisor; with_sign: the sign has to be found first.
void FieldDivide(Transcript& transcript, int64_t field_bits, int64_t divisor, bool with_sign,
                 int64_t n);

// n comparisons of `bits` bits. The build for wide-area networks takes one kind of
// triple and one leaf call (fewer flights, a little more traffic).
void Compare(Transcript& transcript, int64_t bits, int64_t n);
void CompareWan(Transcript& transcript, int64_t bits, int64_t n);

// n equality bits ANDed into comparison bits, B2A conversion of n bits, in the ring.
void AndBits(Transcript& transcript, int64_t n);
void BitsToRing(Transcript& transcript, int64_t ring_bits, int64_t n);

// The primes of the measured library; 0 for widths whose prime was not recorded.
int64_t FieldPrime(int64_t field_bits);

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_SCI_STEPS_H_
