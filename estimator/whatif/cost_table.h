// Layer x choice costs for searches that cannot call: differentiable ones, integer
// programs, inner loops.
//
// The rule to add up, for a metric m and one choice per listed layer:
//
//   m = base[m] + sum of cost[m] over the choices
//       + sum over pools of (floor(draws / yield) - floor(base draws / yield)) x refill[m]
//
// with draws = base draws + sum of the choices' draws. A layer that is not named
// stays as in the base. |m - EvaluateEdits| <= error[m]: choices that change what
// neighbours truncate (removed and replaced activations) interact; the error adds up
// the interactions of all neighbouring pairs. Between counts, cost is linear up to
// steps of packing and rounding.
#ifndef PICOST_ESTIMATOR_WHATIF_COST_TABLE_H_
#define PICOST_ESTIMATOR_WHATIF_COST_TABLE_H_

#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/metric.h"
#include "estimator/whatif/session.h"

namespace picost::whatif {

inline constexpr size_t kMetricCount = std::size(kMetrics);
// Index: Metric. Seconds that no table covers are not numbers (NaN).
using MetricValues = std::array<double, kMetricCount>;

struct TableChoice {
  EditOperation operation;
  int64_t kept_elements = 0;             // that still compute a non-linear function
  MetricValues cost = {};                // beyond the base, without refills
  MetricValues standard_deviation = {};  // of the layer's own cost; shared fits: they add up
  std::vector<int64_t> draws;            // beyond the base, by pool
};

struct TableLayer {
  std::string node;
  std::string kind;
  int64_t elements = 0;
  std::vector<TableChoice> choices;
};

struct TablePool {
  std::string pool;
  int64_t yield = 0;
  int64_t base_draws = 0;
  MetricValues refill = {};
};

struct CostTable {
  MetricValues base = {};
  MetricValues error = {};
  std::vector<TableLayer> layers;
  std::vector<TablePool> pools;

  // The rule above; chosen[i] is an index into layers[i].choices.
  MetricValues Total(const std::vector<int32_t>& chosen) const;
};

// The choices of one layer.
struct LayerChoices {
  std::string node;
  std::vector<EditOperation> operations;  // each one on `node`
};

// For each activation: 0 (identity), the whole, and `levels` - 2 counts between.
std::vector<LayerChoices> CountGrid(const EditSession& session, int64_t levels);

absl::StatusOr<CostTable> BuildCostTable(EditSession& session,
                                         const std::vector<LayerChoices>& choices);

// What one more ReLU costs where the network stands, by activation.
struct Marginal {
  std::string node;
  int64_t kept_elements = 0;
  int64_t step = 0;               // elements taken away to measure it
  MetricValues per_element = {};  // refills in proportion
};
absl::StatusOr<std::vector<Marginal>> Marginals(EditSession& session,
                                                const std::vector<EditOperation>& operations);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_COST_TABLE_H_
