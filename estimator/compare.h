// Which protocol where: protocols x deployments, and the points where the order of
// two protocols flips.
#ifndef PICOST_ESTIMATOR_COMPARE_H_
#define PICOST_ESTIMATOR_COMPARE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/base/interval.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"
#include "estimator/estimator.h"
#include "estimator/graph/graph.h"

namespace picost {

// What is compared: the time an input waits for its answer, or all the time that
// one inference takes. The set-up is in neither.
enum class CompareMetric { kOnline, kOfflineAndOnline };

// One protocol under one deployment.
struct ComparedCell {
  size_t protocol = 0;    // index into those asked about
  size_t deployment = 0;  // the same
  // Not OK: the protocol cannot run this network; nothing below is set.
  absl::Status status;
  std::array<cost::PhaseCost, primitives::kPhaseCount> phases;  // index: Phase
  std::optional<Interval> seconds;  // of the metric; absent where a table is missing
  std::vector<cost::MissingPrimitive> missing;
  bool extrapolated = false;
  std::string bottleneck;
};

enum class BreakEvenQuantity {
  kRoundTripSeconds,  // searched from 10 microseconds to 1 s
  kBandwidthFactor,   // of both directions, relative to the deployment's: 1/1000 to 1000
  kReluElements,      // kept evenly over the layers, from 1/4096 of the network's
};

// Where the order of two protocols flips while everything else stays.
struct BreakEven {
  size_t deployment = 0;
  size_t first = 0;   // protocol that is faster below `value`
  size_t second = 0;  // faster above
  BreakEvenQuantity quantity = BreakEvenQuantity::kRoundTripSeconds;
  double value = 0;
};

struct Comparison {
  std::vector<ComparedCell> cells;             // deployments outside, protocols inside
  std::vector<BreakEven> break_evens;          // by deployment, pair, quantity, value
  std::vector<std::optional<size_t>> fastest;  // by deployment; none: nothing has seconds
};

// Round-trip time, bandwidth and ReLUs are varied through the whole composition and,
// for ReLUs, through edit and plan: a flip is where two estimates cross, not where
// straight lines through them do. Flips closer together than a third of a decade
// (a sixteenth of the ReLUs) may be missed.
//
// One protocol or more and one deployment or more: kInvalidArgument otherwise. What
// is wrong with one protocol, or a table that is missing, stays in its cells.
absl::StatusOr<Comparison> CompareDeployments(const graph::Graph& graph,
                                              const std::vector<ProtocolChoice>& protocols,
                                              const std::vector<cost::Deployment>& deployments,
                                              CompareMetric metric);

}  // namespace picost

#endif  // PICOST_ESTIMATOR_COMPARE_H_
