// Which protocol where: candidates x networks, and the points where the order
// of two candidates flips.
#ifndef PICOST_ESTIMATOR_COMPARE_H_
#define PICOST_ESTIMATOR_COMPARE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/base/interval.h"
#include "estimator/cost/call_plan.h"
#include "estimator/cost/deployment.h"

namespace picost {

// What is compared: the time an input waits for its answer, or all the time that
// one inference takes.
enum class CompareMetric { kOnline, kOfflineAndOnline };

struct CompareCandidate {
  std::string label;  // "cheetah", "delphi on two threads": unique
  cost::CallPlan plan;
  cost::Deployment deployment;  // its network is replaced by each of those compared
};

struct ComparedCell {
  std::string candidate;
  std::string network;
  std::optional<Interval> seconds;   // absent where a table is missing
  std::vector<std::string> missing;  // primitives
  int64_t client_to_server_bytes = 0;
  int64_t server_to_client_bytes = 0;
  int64_t flights = 0;
  bool extrapolated = false;
};

enum class BreakEvenQuantity {
  kRoundTripSeconds,
  kBandwidthFactor,  // of both directions, relative to the network's
  kReluFraction,     // of each candidate's ReLUs, kept evenly over the layers
};

// Where the order of two candidates flips while everything else stays.
struct BreakEven {
  std::string network;
  std::string first;   // faster below `value`
  std::string second;  // faster above
  BreakEvenQuantity quantity = BreakEvenQuantity::kRoundTripSeconds;
  double value = 0;
  // kReluFraction: the ReLU elements that the fraction keeps of the larger plan.
  int64_t relu_elements = 0;
};

struct Comparison {
  std::vector<ComparedCell> cells;     // networks outside, candidates inside
  std::vector<BreakEven> break_evens;  // within: RTT (0, 1 s], factor [1/1000, 1000], (0, 1]
  std::vector<std::string> fastest;    // by network; empty where nothing has seconds
};

// Two candidates or more with different labels, one network or more:
// kInvalidArgument otherwise. Missing tables are no error.
absl::StatusOr<Comparison> CompareDeployments(const std::vector<CompareCandidate>& candidates,
                                              const std::vector<cost::NetworkProfile>& networks,
                                              CompareMetric metric);

}  // namespace picost

#endif  // PICOST_ESTIMATOR_COMPARE_H_
