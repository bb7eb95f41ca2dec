// Forms and their source: cheetah_forms.h.
#include "estimator/primitives/cheetah_interactive.h"

#include <cstdint>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/cheetah_forms.h"
#include "estimator/primitives/comparison_forms.h"
#include "estimator/primitives/forms.h"

namespace picost::primitives {
namespace cheetah {
namespace {

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

}  // namespace

std::vector<PrimitiveSpec> InteractivePrimitives() {
  std::vector<PrimitiveSpec> specs;
  PrimitiveSpec relu = Comparison("cheetah.relu", "one ReLU element");
  relu.parameters.push_back(IgnoredBits("12 in the measured runs"));
  relu.traffic = ReluTraffic;
  relu.use = ReluUse;
  relu.critical_flights = ReluCriticalFlights;
  relu.pools = ReluPools;
  specs.push_back(relu);

  PrimitiveSpec relu_trunc = Comparison("cheetah.relu_trunc", "one ReLU element, truncated");
  relu_trunc.parameters.push_back(IgnoredBits("18 in the measured runs"));
  relu_trunc.parameters.push_back(TruncatedBits());
  relu_trunc.traffic = ReluTruncTraffic;
  relu_trunc.use = ReluTruncUse;
  relu_trunc.pools = ReluTruncPools;
  specs.push_back(relu_trunc);

  PrimitiveSpec trunc = Operation("cheetah.trunc", "one truncated element");
  trunc.parameters = {RingBits(), TruncatedBits()};
  trunc.usage = {{"calls", "calls of the operation, each one batch"},
                 {"elements", "elements, padded to 8"}};
  trunc.traffic = TruncTraffic;
  trunc.use = TruncUse;
  trunc.pools = TruncPools;
  specs.push_back(trunc);

  PrimitiveSpec maxpool = Comparison("cheetah.maxpool", "one pooling output");
  maxpool.parameters.push_back(
      {"window", "elements under the kernel, padding included", 1, 1 << 20, false});
  maxpool.traffic = MaxPoolTraffic;
  maxpool.use = MaxPoolUse;
  maxpool.critical_flights = MaxPoolCriticalFlights;
  maxpool.pools = MaxPoolPools;
  specs.push_back(maxpool);

  PrimitiveSpec argmax = Comparison("cheetah.argmax", "one vector");
  argmax.parameters.push_back({"width", "elements of the vector", 1, int64_t{1} << 40, false});
  argmax.traffic = ArgMaxTraffic;
  argmax.use = ArgMaxUse;
  argmax.pools = ArgMaxPools;
  for (PrimitiveSpec& spec : specs) SplitOverThreads(spec);
  specs.push_back(argmax);  // one vector is not split
  return specs;
}

}  // namespace cheetah

std::vector<PrimitiveSpec> CheetahInteractivePrimitives() {
  return cheetah::InteractivePrimitives();
}

}  // namespace picost::primitives
