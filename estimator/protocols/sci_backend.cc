#include "estimator/protocols/sci_backend.h"

namespace picost::protocols {

using primitives::Parameters;
using primitives::Phase;

// Seeds of the base OTs: eight KKOT instances of 256, IKNP of 128 in both directions.
// Its sender keeps one seed of a base OT and its choices, its receiver both seeds.
primitives::MemoryItem SciBaseOts(int64_t threads) {
  constexpr int64_t kSeed = 16;
  return {.name = "base OTs",
          .phase = Phase::kSetup,
          .client = Bytes(threads * ((8 * 256 + 128) * 2 * kSeed + 128 * kSeed + 128 / 8)),
          .server = Bytes(threads * ((8 * 256 + 128) * (kSeed + 1) + 128 * 2 * kSeed)),
          .note = "seeds of eight KKOT instances and of IKNP in both directions"};
}

ProtocolInfo SciInfo(std::string id, std::string title, const std::string& prefix) {
  ProtocolInfo info;
  info.id = std::move(id);
  info.version = "2";
  info.title = std::move(title);
  info.keeps = "nothing: all work is online";
  info.leaves_out = "several images in one ciphertext";
  info.parameters = {
      {"fraction_bits", "fraction bits of the fixed-point numbers", 12, 4, 16, "paper, section 8"},
      {"threads", "threads of each party, a connection for each; roles swap on odd ones", 1, 1, 64,
       "the measured runs; the paper's experiments use 4"},
      {"average_pool_division",
       "1: average pooling divides interactively; 0: the divisor is folded into weights", 1, 0, 1,
       "SCI"},
      {"early_truncation",
       "0: truncates as late as is exact (at the ReLU, across additions); 1: right after every "
       "product; 2: at the ReLU, but not across additions",
       0, 0, 2, "SCI and OpenCheetah truncate at the ReLU"}};
  for (const char* step : {"relu", "relu_trunc", "trunc", "maxpool", "avgpool", "argmax", "compare",
                           "multiplex", "lookup"}) {
    info.primitives.push_back(prefix + step);
  }
  info.primitives.push_back("shares.gather");
  info.primitives.push_back("shares.scatter");
  return info;
}

SharePlanOptions SciOptions(const std::string& id, const Parameters& p, int64_t width) {
  return {.id = id,
          .ring_bits = width,
          .fraction_bits = p.Get("fraction_bits"),
          .divides_average = p.Get("average_pool_division") != 0,
          .truncation = static_cast<TruncationPlacement>(p.Get("early_truncation"))};
}

}  // namespace picost::protocols
