// Forms and their source: cheetah_forms.h.
#include "estimator/primitives/cheetah_steps.h"

#include <cstdint>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/cheetah_forms.h"
#include "estimator/primitives/comparison_forms.h"
#include "estimator/primitives/division_setup.h"
#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace cheetah {
namespace {

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
  std::vector<PoolUse> pools =
      Pools(Padded(count),
            4 * d.sign.digits + d.sign.triples +
                d.corrections * (4 * d.correction.digits + d.correction.triples) + 2,
            d.sign.triples + d.corrections * d.correction.triples);
  pools.push_back({kDivisionPool, 1});
  return pools;
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
// The set-up reads silent OT of an earlier run from a file: measured once. What is
// missing beside the whole set-up is the bootstrap in both directions (ot.ferret_setup).
Traffic ResumedSetupTraffic(const Parameters&, int64_t count) {
  return {.client_to_server = Bytes(Product({count, 830'967})),
          .server_to_client = Bytes(Product({count, 581'287})),
          .flights = Flights(Product({count, 14}))};
}
// One more thread: bootstrap and first extension in both directions, beside the
// set-up's own (OpenCheetah issue 26: 1,726,247 bytes that each party sends for each).
Traffic ThreadSetupTraffic(const Parameters&, int64_t count) {
  const Bytes bytes(Product({count, 1'726'247}));
  return {.client_to_server = bytes, .server_to_client = bytes, .flights = Flights(0)};
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

}  // namespace

std::vector<PrimitiveSpec> StepPrimitives() {
  std::vector<PrimitiveSpec> specs;
  PrimitiveSpec setup = Operation("cheetah.setup", "one connection");
  setup.status = FormStatus::kEmpirical;  // the public key is compressed: +-35 bytes
  setup.traffic_relative_bound = 1e-4;
  setup.usage = {{"connections", "connections set up: keys, base OTs, Ferret in both directions"}};
  setup.traffic = SetupTraffic;
  setup.use = CountUse;
  specs.push_back(setup);

  PrimitiveSpec resumed = Operation("cheetah.resumed_setup", "one connection");
  resumed.status = FormStatus::kEmpirical;
  resumed.traffic_relative_bound = 1e-4;
  resumed.usage = {{"connections", "connections set up with silent OT from a file"}};
  resumed.traffic = ResumedSetupTraffic;
  resumed.use = CountUse;
  specs.push_back(resumed);

  PrimitiveSpec thread = Operation("cheetah.thread_setup", "one more thread");
  thread.citation = "OpenCheetah, issue 26: bytes that each party sends for each thread";
  thread.usage = {{"threads", "threads whose silent OT is bootstrapped in both directions"}};
  thread.traffic = ThreadSetupTraffic;
  thread.use = CountUse;
  specs.push_back(thread);

  PrimitiveSpec extension = Operation("cheetah.ferret_extension", "10,001,853 correlated OTs");
  extension.parameters = {
      {"reversed", "0: the server holds the correlation; 1: the client does", 0, 1, false}};
  extension.usage = {{"extensions", "LPN expansions of 10.6 million correlations"}};
  extension.traffic = ExtensionTraffic;
  extension.use = CountUse;
  specs.push_back(extension);

  PrimitiveSpec division_setup = Operation("cheetah.division_setup", "one connection");
  division_setup.usage = {{"connections", "connections whose first division sets IKNP up"}};
  division_setup.traffic = DivisionBaseOts;
  division_setup.use = CountUse;
  specs.push_back(division_setup);

  PrimitiveSpec avgpool = Comparison("cheetah.avgpool", "one pooling output");
  avgpool.parameters.push_back(
      {"divisor", "public divisor: the kernel's volume", 1, 1 << 24, false});
  avgpool.traffic = AvgPoolTraffic;
  avgpool.use = AvgPoolUse;
  avgpool.pools = AvgPoolPools;
  SplitOverThreads(avgpool);
  specs.push_back(avgpool);

  PrimitiveSpec compare = Comparison("cheetah.compare", "one sign");
  compare.traffic = CompareTraffic;
  compare.use = CompareUse;
  compare.pools = ComparePools;
  PrimitiveSpec multiplex = Comparison("cheetah.multiplex", "one element times a shared bit");
  multiplex.traffic = MultiplexTraffic;
  multiplex.use = MultiplexUse;
  multiplex.pools = MultiplexPools;
  PrimitiveSpec lookup = Comparison("cheetah.lookup", "one table lookup");
  lookup.parameters.push_back({"index_bits", "bits of the table's index", 1, 12, false});
  lookup.traffic = LookupTraffic;
  lookup.use = LookupUse;
  lookup.pools = LookupPools;
  for (PrimitiveSpec* step : {&compare, &multiplex, &lookup}) {
    step->status = FormStatus::kDerived;
    SplitOverThreads(*step);
    specs.push_back(*step);
  }
  return specs;
}

}  // namespace cheetah

// Correlated OTs that one Ferret extension leaves: n - k - 13 t - 128 with
// n = 10,608,640, k = 589,824, t = 1,295 (emp-ot ferret/constants.h).
int64_t FerretExtensionYield() { return 10'001'853; }

std::vector<PrimitiveSpec> CheetahStepPrimitives() { return cheetah::StepPrimitives(); }

}  // namespace picost::primitives
