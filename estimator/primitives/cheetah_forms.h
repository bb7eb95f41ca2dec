// What the forms of Cheetah's interactive operations share.
//
// Source of the forms: bytes, rounds and correlated-OT counters of OpenCheetah
// f71d4d4 (Huang, Lu, Hong, Ding: Cheetah, USENIX Security 2022), measured by
// this project (data/calibration) at ring bit widths 32, 37 and 41; structure
// from the code: Millionaire, ReLU, Truncation, MaxPool, ArgMax over Ferret.
//
// Per element, in bits. A: server to client, B: client to server.
//   q  radix-16 digits compared, T = 2q - 2 - ceil(log2 q) bit triples
//   e  ring elements travel in whole bytes: e = 8 ceil(ring_bits / 8)
//
//   leaf OTs   A 32q (16 messages of 2 bits)   B 4q (a choice nibble per digit)
//   tree       A 2T, B 2T (openings); the triples are silent
//   multiplexer: two correlated OTs, one per direction: A e + 1, B e + 1
//
// Batches are padded to multiples of 8 elements.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_FORMS_H_
#define PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_FORMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/comparison_forms.h"
#include "estimator/primitives/forms.h"
#include "estimator/primitives/primitive.h"

namespace picost::primitives::cheetah {

inline constexpr char kCitation[] =
    "Cheetah (Huang et al., USENIX Security 2022), OpenCheetah f71d4d4, measured";
inline constexpr int64_t kBatchQuantum = 8;
inline ParameterSpec RingBits() {
  return {"ring_bits", "bit width of the ring Z_2^ring_bits", 16, 64, false};
}

inline ParameterSpec IgnoredBits(const char* default_use) {
  return {"ignored_bits", std::string("low bits that the comparison ignores; ") + default_use, 0,
          40, false};
}

inline ParameterSpec TruncatedBits() {
  return {"truncated_bits", "bits dropped by the truncation", 1, 40, false};
}

inline int64_t PayloadBits(const Parameters& p) { return RoundUp(p.Get("ring_bits"), 8); }

inline Traffic Bits(int64_t elements, int64_t server_bits, int64_t server_constant,
                    int64_t client_bits, int64_t client_constant, int64_t flights) {
  return {.client_to_server = Bytes(Sum({PackedBytes(elements, client_bits), client_constant})),
          .server_to_client = Bytes(Sum({PackedBytes(elements, server_bits), server_constant})),
          .flights = Flights(flights)};
}

inline std::vector<PoolUse> Pools(int64_t elements, int64_t straight, int64_t reversed) {
  return {{"ferret_straight", Product({elements, straight})},
          {"ferret_reversed", Product({elements, reversed})}};
}

inline int64_t Padded(int64_t count) { return RoundUp(count, kBatchQuantum); }

// The sign of x without its low ignored_bits bits: floor((ring_bits - 1 -
// ignored_bits) / 4) digits. A digit that is not whole is dropped with them.
inline ComparisonShape ApproximateSign(const Parameters& p) {
  const int64_t bits = p.Get("ring_bits") - 1 - p.Get("ignored_bits");
  const int64_t digits = bits / kDigitBits;
  return ShapeOfDigits(digits < 1 ? 1 : digits);
}

// Every bit below the sign.
inline ComparisonShape FullSign(const Parameters& p) { return ShapeOfBits(p.Get("ring_bits") - 1); }

// A leaf's 16 messages carry less-than and equality; a lone digit needs no equality.
inline int64_t CompareServerBits(const ComparisonShape& shape) {
  return shape.digits == 1 ? 16 : 32 * shape.digits + 2 * shape.triples;
}
inline int64_t CompareClientBits(const ComparisonShape& shape) {
  return 4 * shape.digits + 2 * shape.triples;
}
inline int64_t ReluServerBits(const ComparisonShape& shape, int64_t payload) {
  return CompareServerBits(shape) + payload + 1;
}
inline int64_t ReluClientBits(const ComparisonShape& shape, int64_t payload) {
  return CompareClientBits(shape) + payload + 1;
}
inline int64_t StraightOts(const ComparisonShape& shape) {
  return 4 * shape.digits + shape.triples + 1;
}
inline int64_t ReversedOts(const ComparisonShape& shape) { return shape.triples + 1; }

// All operations made of comparisons share unit costs: the same code on more or
// fewer digits. flights: what the kernel takes to pass a message on loopback.
inline std::vector<int64_t> ComparisonWork(int64_t flights, int64_t digits, int64_t multiplexed,
                                           int64_t truncated, int64_t iknp_blocks) {
  return {flights, digits, multiplexed, truncated, iknp_blocks};
}

// A triple call starts with a 16-byte seed each way; a comparison of one digit
// makes no triples and sends none.
inline int64_t SeedBytes(const ComparisonShape& shape) { return shape.triples > 0 ? 16 : 0; }

// Work items of all operations made of comparisons.
inline std::vector<UsageSpec> ComparisonItems() {
  return {{"flights", "direction switches: messages passed on, apart from their way"},
          {"digits", "radix-16 digits compared, over padded elements"},
          {"multiplexed", "elements selected by a comparison's bit, padded to 8"},
          {"truncated", "elements truncated in the same call, padded to 8"},
          {"iknp_blocks", "blocks of 16,384 IKNP columns", Operation::kObliviousTransfer, 16'384}};
}

inline PrimitiveSpec Operation(const char* id, const char* unit) {
  PrimitiveSpec spec;
  spec.id = id;
  spec.family = Family::kWholeProtocol;
  spec.unit = unit;
  spec.citation = kCitation;
  spec.status = FormStatus::kVerified;
  return spec;
}

// An operation whose unit costs all comparisons share.
inline PrimitiveSpec Comparison(const char* id, const char* unit) {
  PrimitiveSpec spec = Operation(id, unit);
  spec.cost_group = "cheetah.comparison";
  spec.parameters = {RingBits()};
  spec.usage = ComparisonItems();
  return spec;
}

}  // namespace picost::primitives::cheetah

#endif  // PICOST_ESTIMATOR_PRIMITIVES_CHEETAH_FORMS_H_
