// What a layer adds to the totals, compiled: the calls of a LayerPlan as sums of
// integers over interned fits. Layers are kept, totals never.
#ifndef PICOST_ESTIMATOR_WHATIF_LAYER_MEMO_H_
#define PICOST_ESTIMATOR_WHATIF_LAYER_MEMO_H_

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "estimator/cost/compose.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"
#include "estimator/cost/phase_sum.h"
#include "estimator/cost/pricing.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"

namespace picost::whatif {

// Traffic and completeness of some calls in one phase.
struct PhaseShare {
  primitives::Traffic traffic;
  primitives::Traffic duplex_traffic;
  int64_t critical_flights = 0;
  double traffic_relative_bound = 0;
  bool claimed = true;
  std::array<bool, cost::kExecutorCount> missing = {};
  bool used = false;
  friend bool operator==(const PhaseShare&, const PhaseShare&) = default;
};

// One priced call.
struct Term {
  int32_t fit = 0;  // index into Accumulator's fits
  cost::CallShare share;
  primitives::Traffic traffic;
  std::vector<int64_t> usage;
  friend bool operator==(const Term&, const Term&) = default;
};

struct LayerCost {
  std::array<PhaseShare, primitives::kPhaseCount> phases;
  std::vector<Term> terms;                             // in the order of the calls
  std::vector<std::pair<int32_t, int64_t>> pool_uses;  // (refill, amount)
  protocols::Storage storage;
  bool extrapolated = false;
  int64_t relu_elements = 0;
  friend bool operator==(const LayerCost&, const LayerCost&) = default;
};

// Which fit prices a call: the same for all calls that differ in count alone.
struct PricedBy {
  const cost::NetworkProfile* network = nullptr;  // lives as long as the accumulator
  cost::Pricing pricing;
  int32_t fit = -1;            // index into Accumulator's fits; -1: nothing to price, or no table
  std::vector<int32_t> pools;  // by entry of the call's pools: the refill, or -1
};

// Sums layers in the order of the network, exactly as cost::Compose does.
class Accumulator {
 public:
  explicit Accumulator(const cost::Deployment* deployment) : deployment_(deployment) {}

  // Prices calls [begin, end).
  LayerCost Compile(const std::vector<primitives::PrimitiveCall>& calls, size_t begin, size_t end,
                    const std::vector<protocols::Refill>& refills);
  // The two halves of Compile.
  PricedBy FindPrice(const primitives::PrimitiveCall& call,
                     const std::vector<protocols::Refill>& refills);
  static void AddCall(const primitives::PrimitiveCall& call, const PricedBy& price,
                      LayerCost& layer);

  // Whether PhaseCost::restarts is filled; costs an allocation per edit.
  void KeepRestarts(bool keep) { keep_restarts_ = keep; }
  void Start();
  void Add(const LayerCost& layer);
  std::array<cost::PhaseCost, primitives::kPhaseCount> Finish();

  protocols::Storage storage() const { return storage_; }
  bool extrapolated() const { return extrapolated_; }
  int64_t relu_elements() const { return relu_elements_; }

 private:
  // A fit as used in one phase by one executor.
  struct Fit {
    int phase = 0;
    int executor = 0;
    std::pair<std::string, std::string> key;  // (table id, group key)
    cost::GroupTotal total;
  };
  int32_t Intern(const primitives::PrimitiveCall& call, const cost::Pricing& pricing);

  const cost::Deployment* const deployment_;
  std::deque<Fit> fits_;  // addresses stay
  std::array<cost::PhaseTotals, primitives::kPhaseCount> totals_;
  protocols::Storage storage_;
  bool extrapolated_ = false;
  int64_t relu_elements_ = 0;
  bool keep_restarts_ = false;
};

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_LAYER_MEMO_H_
