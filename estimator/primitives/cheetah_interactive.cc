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
#include "estimator/primitives/cheetah_interactive.h"

#include <cstdint>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/comparison_forms.h"
#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace {

constexpr char kCitation[] =
    "Cheetah (Huang et al., USENIX Security 2022), OpenCheetah f71d4d4, measured";
constexpr int64_t kMaximumCount = int64_t{1} << 40;
constexpr int64_t kBatchQuantum = 8;
// Correlated OTs that one Ferret extension leaves: n - k - 13 t - 128 with
// n = 10,608,640, k = 589,824, t = 1,295 (emp-ot ferret/constants.h).
constexpr int64_t kCorrelatedOtsPerExtension = 10'001'853;

ParameterSpec RingBits() {
  return {"ring_bits", "bit width of the ring Z_2^ring_bits", 16, 64, false};
}

ParameterSpec IgnoredBits(const char* default_use) {
  return {"ignored_bits", std::string("low bits that the comparison ignores; ") + default_use, 0,
          40, false};
}

ParameterSpec TruncatedBits() {
  return {"truncated_bits", "bits dropped by the truncation", 1, 40, false};
}

int64_t PayloadBits(const Parameters& p) { return RoundUp(p.Get("ring_bits"), 8); }

Traffic Bits(int64_t elements, int64_t server_bits, int64_t server_constant, int64_t client_bits,
             int64_t client_constant, int64_t flights) {
  return {.client_to_server = Bytes(Sum({PackedBytes(elements, client_bits), client_constant})),
          .server_to_client = Bytes(Sum({PackedBytes(elements, server_bits), server_constant})),
          .flights = Flights(flights)};
}

std::vector<PoolUse> Pools(int64_t elements, int64_t straight, int64_t reversed) {
  return {{"ferret_straight", Product({elements, straight})},
          {"ferret_reversed", Product({elements, reversed})}};
}

int64_t Padded(int64_t count) { return RoundUp(count, kBatchQuantum); }

// The sign of x without its low ignored_bits bits: floor((ring_bits - 1 -
// ignored_bits) / 4) digits. A digit that is not whole is dropped with them.
ComparisonShape ApproximateSign(const Parameters& p) {
  const int64_t bits = p.Get("ring_bits") - 1 - p.Get("ignored_bits");
  const int64_t digits = bits / kDigitBits;
  return ShapeOfDigits(digits < 1 ? 1 : digits);
}

// Every bit below the sign.
ComparisonShape FullSign(const Parameters& p) { return ShapeOfBits(p.Get("ring_bits") - 1); }

// A leaf's 16 messages carry less-than and equality; a lone digit needs no equality.
int64_t CompareServerBits(const ComparisonShape& shape) {
  return shape.digits == 1 ? 16 : 32 * shape.digits + 2 * shape.triples;
}
int64_t CompareClientBits(const ComparisonShape& shape) {
  return 4 * shape.digits + 2 * shape.triples;
}
int64_t ReluServerBits(const ComparisonShape& shape, int64_t payload) {
  return CompareServerBits(shape) + payload + 1;
}
int64_t ReluClientBits(const ComparisonShape& shape, int64_t payload) {
  return CompareClientBits(shape) + payload + 1;
}
int64_t StraightOts(const ComparisonShape& shape) { return 4 * shape.digits + shape.triples + 1; }
int64_t ReversedOts(const ComparisonShape& shape) { return shape.triples + 1; }

// All operations made of comparisons share unit costs: the same code on more or
// fewer digits. flights: what the kernel takes to pass a message on loopback.
std::vector<int64_t> ComparisonWork(int64_t flights, int64_t digits, int64_t multiplexed,
                                    int64_t truncated, int64_t iknp_blocks) {
  return {flights, digits, multiplexed, truncated, iknp_blocks};
}

// A triple call starts with a 16-byte seed each way; a comparison of one digit
// makes no triples and sends none.
int64_t SeedBytes(const ComparisonShape& shape) { return shape.triples > 0 ? 16 : 0; }

// ---- relu: comparison, then multiplexer. Fixed bytes: 32 + seed, 16 + seed.

Traffic ReluTraffic(const Parameters& p, int64_t count) {
  const ComparisonShape shape = ApproximateSign(p);
  const int64_t seed = SeedBytes(shape);
  return Bits(Padded(count), ReluServerBits(shape, PayloadBits(p)), 32 + seed,
              ReluClientBits(shape, PayloadBits(p)), 16 + seed, 5 + 2 * shape.depth);
}
std::vector<int64_t> ReluUse(const Parameters& p, int64_t count) {
  const ComparisonShape shape = ApproximateSign(p);
  return ComparisonWork(5 + 2 * shape.depth, Product({Padded(count), shape.digits}), Padded(count),
                        0, 0);
}
// The correlated OTs of the multiplexer cross: measured over a link of 40 ms round
// trip, a ReLU waits for one flight less than it switches directions.
int64_t ReluCriticalFlights(const Parameters& p, int64_t) {
  return 4 + 2 * ApproximateSign(p).depth;
}
std::vector<PoolUse> ReluPools(const Parameters& p, int64_t count) {
  const ComparisonShape shape = ApproximateSign(p);
  return Pools(Padded(count), StraightOts(shape), ReversedOts(shape));
}

// ---- trunc: the sign is known (or made so by adding 2^(ring_bits - 3)), so one
// 1-of-2 OT of a bit and one correlated OT of truncated_bits bits, in bytes.

int64_t TruncServerBits(const Parameters& p) { return 2 + RoundUp(p.Get("truncated_bits"), 8); }
constexpr int64_t kTruncClientBits = 2;

Traffic TruncTraffic(const Parameters& p, int64_t count) {
  return Bits(Padded(count), TruncServerBits(p), 32, kTruncClientBits, 0, 4);
}
std::vector<int64_t> TruncUse(const Parameters&, int64_t count) { return {1, Padded(count)}; }
std::vector<PoolUse> TruncPools(const Parameters&, int64_t count) {
  return Pools(Padded(count), 2, 0);
}

// ---- relu_trunc: both in one call; the sign that the ReLU found serves the
// truncation, so a flight is saved.

Traffic ReluTruncTraffic(const Parameters& p, int64_t count) {
  const ComparisonShape shape = ApproximateSign(p);
  const int64_t seed = SeedBytes(shape);
  return Bits(Padded(count), ReluServerBits(shape, PayloadBits(p)) + TruncServerBits(p), 64 + seed,
              ReluClientBits(shape, PayloadBits(p)) + kTruncClientBits, 16 + seed,
              8 + 2 * shape.depth);
}
std::vector<int64_t> ReluTruncUse(const Parameters& p, int64_t count) {
  const ComparisonShape shape = ApproximateSign(p);
  return ComparisonWork(8 + 2 * shape.depth, Product({Padded(count), shape.digits}), Padded(count),
                        Padded(count), 0);
}
std::vector<PoolUse> ReluTruncPools(const Parameters& p, int64_t count) {
  const ComparisonShape shape = ApproximateSign(p);
  return Pools(Padded(count), StraightOts(shape) + 2, ReversedOts(shape));
}

// ---- maxpool: window - 1 comparisons one after another over all outputs, each
// a ReLU at full width. Consecutive ones share a flight at the seam.

Traffic MaxPoolTraffic(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  const int64_t comparisons = p.Get("window") - 1;
  const int64_t seed = SeedBytes(shape);
  const int64_t elements = Product({Padded(count), comparisons});
  return Bits(elements, ReluServerBits(shape, PayloadBits(p)), comparisons * (32 + seed),
              ReluClientBits(shape, PayloadBits(p)), comparisons * (16 + seed),
              comparisons * (4 + 2 * shape.depth) + (comparisons > 0 ? 1 : 0));
}
std::vector<int64_t> MaxPoolUse(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  const int64_t comparisons = p.Get("window") - 1;
  const int64_t elements = Product({Padded(count), comparisons});
  return ComparisonWork(Product({comparisons, 4 + 2 * shape.depth}),
                        Product({elements, shape.digits}), elements, 0, 0);
}
// One less for each comparison, as in a ReLU.
int64_t MaxPoolCriticalFlights(const Parameters& p, int64_t) {
  const int64_t comparisons = p.Get("window") - 1;
  return Product({comparisons, 3 + 2 * FullSign(p).depth}) + (comparisons > 0 ? 1 : 0);
}
std::vector<PoolUse> MaxPoolPools(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  return Pools(Product({Padded(count), p.Get("window") - 1}), StraightOts(shape),
               ReversedOts(shape));
}

// ---- argmax: a tree; each level compares pairs and carries value and index.
// Every level is padded to 8 (ArgMaxLevels); the multiplexer moves both, 64 bits each up to 32
// ring bits, else 128.

struct TreeShape {
  int64_t levels = 0;
  int64_t padded_pairs = 0;  // over all levels
};
TreeShape ArgMaxTree(int64_t width) {
  TreeShape tree;
  ArgMaxLevels(width, [&](int64_t pairs) {
    ++tree.levels;
    tree.padded_pairs += pairs;
  });
  return tree;
}
int64_t ArgMaxPayload(const Parameters& p) { return p.Get("ring_bits") <= 32 ? 128 : 256; }

Traffic ArgMaxTraffic(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  const TreeShape tree = ArgMaxTree(p.Get("width"));
  const int64_t seed = SeedBytes(shape);
  const int64_t levels = Product({tree.levels, count});
  return Bits(Product({tree.padded_pairs, count}), ReluServerBits(shape, ArgMaxPayload(p)),
              Product({levels, 32 + seed}), ReluClientBits(shape, ArgMaxPayload(p)),
              Product({levels, 16 + seed}),
              Product({count, tree.levels * (4 + 2 * shape.depth) + (tree.levels > 0 ? 1 : 0)}));
}
std::vector<int64_t> ArgMaxUse(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  const TreeShape tree = ArgMaxTree(p.Get("width"));
  const int64_t pairs = Product({tree.padded_pairs, count});
  // Value and index both pass the multiplexer.
  return ComparisonWork(Product({count, tree.levels, 4 + 2 * shape.depth}),
                        Product({pairs, shape.digits}), Product({2, pairs}), 0, 0);
}
std::vector<PoolUse> ArgMaxPools(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  return Pools(Product({ArgMaxTree(p.Get("width")).padded_pairs, count}), StraightOts(shape),
               ReversedOts(shape));
}

// ---- avgpool: local sum, then division by the public divisor d (CrypTFlow2,
// CCS 2020, appendix on division in the ring). With delta = ceil(log2(6 d)):
//   * the sign of the sum, at full width;
//   * one 1-of-4 OT of ring_bits + delta bits, packed into 64-bit words for eight
//     elements: A 8 ceil((ring_bits + delta) / 2), B 2, two straight correlated OTs;
//   * c comparisons of delta - 1 bits, all in one batch: c = 2 where
//     2 (2^ring_bits mod d) < d, else 3;
//   * their conversion to the ring: c correlated OTs over IKNP, A 64 bits each, B 128
//     bits of columns for the next multiple of 16,384.
// Exact on every measured row: ring bits 32, 37, 41; d = 4, 49, 64.

struct DivisionShape {
  ComparisonShape sign;
  ComparisonShape correction;
  int64_t corrections = 0;  // c
  int64_t one_of_four_bits = 0;
};
DivisionShape Division(const Parameters& p) {
  const int64_t divisor = p.Get("divisor");
  const int bits = CeilLog2(6 * divisor);
  unsigned __int128 modulus = 1;
  modulus <<= p.Get("ring_bits");
  const auto remainder = static_cast<int64_t>(modulus % static_cast<uint64_t>(divisor));
  return {FullSign(p), ShapeOfBits(bits - 1), 2 * remainder < divisor ? 2 : 3,
          8 * CeilDiv(p.Get("ring_bits") + bits, 2)};
}

constexpr int64_t kIknpBlock = 16'384;
int64_t IknpBlocks(const DivisionShape& d, int64_t count) {
  return CeilDiv(Product({d.corrections, count}), kIknpBlock);
}

Traffic AvgPoolTraffic(const Parameters& p, int64_t count) {
  const DivisionShape d = Division(p);
  const int64_t seeds = SeedBytes(d.sign) + SeedBytes(d.correction);
  const int64_t server_bits = CompareServerBits(d.sign) +
                              d.corrections * CompareServerBits(d.correction) + d.one_of_four_bits +
                              64 * d.corrections;
  const int64_t client_bits =
      CompareClientBits(d.sign) + d.corrections * CompareClientBits(d.correction) + 2;
  Traffic traffic = Bits(Padded(count), server_bits, 48 + seeds, client_bits, seeds,
                         8 + 2 * d.sign.depth + 2 * d.correction.depth);
  traffic.client_to_server += Bytes(Product({IknpBlocks(d, count), kIknpBlock * 16}));
  return traffic;
}
std::vector<int64_t> AvgPoolUse(const Parameters& p, int64_t count) {
  const DivisionShape d = Division(p);
  return ComparisonWork(
      8 + 2 * d.sign.depth + 2 * d.correction.depth,
      Product({Padded(count), d.sign.digits + d.corrections * d.correction.digits}), Padded(count),
      0, IknpBlocks(d, count));
}
std::vector<PoolUse> AvgPoolPools(const Parameters& p, int64_t count) {
  const DivisionShape d = Division(p);
  return Pools(Padded(count),
               4 * d.sign.digits + d.sign.triples +
                   d.corrections * (4 * d.correction.digits + d.correction.triples) + 2,
               d.sign.triples + d.corrections * d.correction.triples);
}

// ---- steps of lowered functions, derived from the parts above. Every OT batch of
// the server starts with 16 bytes.

Traffic CompareTraffic(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  const int64_t seed = SeedBytes(shape);
  return Bits(Padded(count), CompareServerBits(shape), 16 + seed, CompareClientBits(shape), seed,
              2 + 2 * shape.depth);
}
std::vector<int64_t> CompareUse(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  return ComparisonWork(2 + 2 * shape.depth, Product({Padded(count), shape.digits}), 0, 0, 0);
}
std::vector<PoolUse> ComparePools(const Parameters& p, int64_t count) {
  const ComparisonShape shape = FullSign(p);
  return Pools(Padded(count), StraightOts(shape) - 1, ReversedOts(shape) - 1);
}

Traffic MultiplexTraffic(const Parameters& p, int64_t count) {
  return Bits(Padded(count), PayloadBits(p) + 1, 16, PayloadBits(p) + 1, 16, 3);
}
std::vector<int64_t> MultiplexUse(const Parameters&, int64_t count) {
  return ComparisonWork(3, 0, Padded(count), 0, 0);
}
std::vector<PoolUse> MultiplexPools(const Parameters&, int64_t count) {
  return Pools(Padded(count), 1, 1);
}

// A table of 2^m ring elements: 1-of-2^m OT, m choice bits, m correlated OTs.
Traffic LookupTraffic(const Parameters& p, int64_t count) {
  const int64_t entries = int64_t{1} << p.Get("index_bits");
  return Bits(Padded(count), entries * p.Get("ring_bits"), 16, p.Get("index_bits"), 0, 2);
}
// Messages of a leaf OT are what its digits cost; a table has 2^m / 16 as many.
std::vector<int64_t> LookupUse(const Parameters& p, int64_t count) {
  const int64_t entries = int64_t{1} << p.Get("index_bits");
  return ComparisonWork(2, Product({Padded(count), CeilDiv(entries, 16)}), 0, 0, 0);
}
std::vector<PoolUse> LookupPools(const Parameters& p, int64_t count) {
  return Pools(Padded(count), p.Get("index_bits"), 0);
}

// ---- the silent OT itself

Traffic SetupTraffic(const Parameters&, int64_t count) {
  return {.client_to_server = Bytes(Product({count, 1'997'752})),
          .server_to_client = Bytes(Product({count, 1'748'076})),
          .flights = Flights(Product({count, 18}))};
}
Traffic DivisionSetupTraffic(const Parameters&, int64_t count) {
  return {.client_to_server = Bytes(Product({count, 12'997})),
          .server_to_client = Bytes(Product({count, 8'832})),
          .flights = Flights(Product({count, 2}))};
}
// t (2 * 13 + 1) * 16 + 16 bytes from the sender of the correlation: the server
// where it is straight. Zero to two flights were counted, depending on where in a
// call the extension falls.
Traffic ExtensionTraffic(const Parameters& p, int64_t count) {
  const Bytes bytes(Product({count, 559'456}));
  const bool reversed = p.Get("reversed") != 0;
  return {.client_to_server = reversed ? bytes : Bytes(0),
          .server_to_client = reversed ? Bytes(0) : bytes,
          .flights = Flights(count)};
}
std::vector<int64_t> CountUse(const Parameters&, int64_t count) { return {count}; }

const UsageSpec kCalls = {"calls", "calls of the operation, each one batch"};
const UsageSpec kFlights = {"flights",
                            "direction switches: messages passed on, apart from their way"};
const UsageSpec kDigits = {"digits", "radix-16 digits compared, over padded elements"};
const UsageSpec kMultiplexed = {"multiplexed",
                                "elements selected by a comparison's bit, padded to 8"};
const UsageSpec kTruncated = {"truncated", "elements truncated in the same call, padded to 8"};
const UsageSpec kBlocks = {"iknp_blocks", "blocks of 16,384 IKNP columns"};
constexpr char kComparisons[] = "cheetah.comparison";

}  // namespace

int64_t FerretExtensionYield() { return kCorrelatedOtsPerExtension; }

std::vector<PrimitiveSpec> CheetahInteractivePrimitives() {
  const auto base = [](const char* id, const char* unit) {
    PrimitiveSpec spec;
    spec.id = id;
    spec.family = Family::kWholeProtocol;
    spec.unit = unit;
    spec.citation = kCitation;
    spec.status = FormStatus::kVerified;
    return spec;
  };
  std::vector<PrimitiveSpec> specs;

  PrimitiveSpec setup = base("cheetah.setup", "one connection");
  setup.status = FormStatus::kEmpirical;  // the public key is compressed: +-35 bytes
  setup.traffic_relative_bound = 1e-4;
  setup.usage = {{"connections", "connections set up: keys, base OTs, Ferret in both directions"}};
  setup.traffic = SetupTraffic;
  setup.use = CountUse;
  specs.push_back(setup);

  PrimitiveSpec extension = base("cheetah.ferret_extension", "10,001,853 correlated OTs");
  extension.parameters = {
      {"reversed", "0: the server holds the correlation; 1: the client does", 0, 1, false}};
  extension.usage = {{"extensions", "LPN expansions of 10.6 million correlations"}};
  extension.traffic = ExtensionTraffic;
  extension.use = CountUse;
  specs.push_back(extension);

  PrimitiveSpec division_setup = base("cheetah.division_setup", "one connection");
  division_setup.usage = {{"connections", "connections whose first division sets IKNP up"}};
  division_setup.traffic = DivisionSetupTraffic;
  division_setup.use = CountUse;
  specs.push_back(division_setup);

  PrimitiveSpec relu = base("cheetah.relu", "one ReLU element");
  relu.parameters = {RingBits(), IgnoredBits("12 in the measured runs")};
  relu.cost_group = kComparisons;
  relu.usage = {kFlights, kDigits, kMultiplexed, kTruncated, kBlocks};
  relu.traffic = ReluTraffic;
  relu.use = ReluUse;
  relu.critical_flights = ReluCriticalFlights;
  relu.pools = ReluPools;
  specs.push_back(relu);

  PrimitiveSpec relu_trunc = base("cheetah.relu_trunc", "one ReLU element, truncated");
  relu_trunc.parameters = {RingBits(), IgnoredBits("18 in the measured runs"), TruncatedBits()};
  relu_trunc.cost_group = kComparisons;
  relu_trunc.usage = {kFlights, kDigits, kMultiplexed, kTruncated, kBlocks};
  relu_trunc.traffic = ReluTruncTraffic;
  relu_trunc.use = ReluTruncUse;
  relu_trunc.pools = ReluTruncPools;
  specs.push_back(relu_trunc);

  PrimitiveSpec trunc = base("cheetah.trunc", "one truncated element");
  trunc.parameters = {RingBits(), TruncatedBits()};
  trunc.usage = {kCalls, {"elements", "elements, padded to 8"}};
  trunc.traffic = TruncTraffic;
  trunc.use = TruncUse;
  trunc.pools = TruncPools;
  specs.push_back(trunc);

  PrimitiveSpec maxpool = base("cheetah.maxpool", "one pooling output");
  maxpool.parameters = {
      RingBits(), {"window", "elements under the kernel, padding included", 1, 1 << 20, false}};
  maxpool.cost_group = kComparisons;
  maxpool.usage = {kFlights, kDigits, kMultiplexed, kTruncated, kBlocks};
  maxpool.traffic = MaxPoolTraffic;
  maxpool.use = MaxPoolUse;
  maxpool.critical_flights = MaxPoolCriticalFlights;
  maxpool.pools = MaxPoolPools;
  specs.push_back(maxpool);

  PrimitiveSpec avgpool = base("cheetah.avgpool", "one pooling output");
  avgpool.parameters = {RingBits(),
                        {"divisor", "public divisor: the kernel's volume", 1, 1 << 24, false}};
  avgpool.cost_group = kComparisons;
  avgpool.usage = {kFlights, kDigits, kMultiplexed, kTruncated, kBlocks};
  avgpool.traffic = AvgPoolTraffic;
  avgpool.use = AvgPoolUse;
  avgpool.pools = AvgPoolPools;
  specs.push_back(avgpool);

  PrimitiveSpec argmax = base("cheetah.argmax", "one vector");
  argmax.parameters = {RingBits(), {"width", "elements of the vector", 1, kMaximumCount, false}};
  argmax.cost_group = kComparisons;
  argmax.usage = {kFlights, kDigits, kMultiplexed, kTruncated, kBlocks};
  argmax.traffic = ArgMaxTraffic;
  argmax.use = ArgMaxUse;
  argmax.pools = ArgMaxPools;
  specs.push_back(argmax);

  struct Step {
    const char* id;
    const char* unit;
    Traffic (*traffic)(const Parameters&, int64_t);
    std::vector<int64_t> (*use)(const Parameters&, int64_t);
    std::vector<PoolUse> (*pools)(const Parameters&, int64_t);
  };
  for (const Step& step :
       {Step{"cheetah.compare", "one sign", CompareTraffic, CompareUse, ComparePools},
        Step{"cheetah.multiplex", "one element times a shared bit", MultiplexTraffic, MultiplexUse,
             MultiplexPools},
        Step{"cheetah.lookup", "one table lookup", LookupTraffic, LookupUse, LookupPools}}) {
    PrimitiveSpec spec = base(step.id, step.unit);
    spec.status = FormStatus::kDerived;
    spec.parameters = {RingBits()};
    spec.cost_group = kComparisons;
    spec.usage = {kFlights, kDigits, kMultiplexed, kTruncated, kBlocks};
    spec.traffic = step.traffic;
    spec.use = step.use;
    spec.pools = step.pools;
    specs.push_back(spec);
  }
  specs.back().parameters.push_back({"index_bits", "bits of the table's index", 1, 12, false});

  return specs;
}

}  // namespace picost::primitives
