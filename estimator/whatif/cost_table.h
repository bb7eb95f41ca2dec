// Layer x choice costs for searches that cannot call: differentiable ones, integer
// programs, inner loops.
//
// The rule to add up, for a metric m and one choice per listed layer:
//
//   m = base[m] + sum of cost[m] over the choices
//       + sum of cost[m] over the interactions of which both choices are made
//       + sum over pools of (floor(draws / yield) - floor(base draws / yield)) x refill[m]
//
// with draws = base draws + sum of the draws of choices and interactions. A layer that is not named
// stays as in the base. |m - EvaluateEdits| <= error[m]: choices that change what
// neighbours truncate (removed and replaced activations) interact; the error adds up
// the interactions of all neighbouring pairs. Between counts, cost is linear up to
// steps of packing and rounding.
#ifndef PICOST_ESTIMATOR_WHATIF_COST_TABLE_H_
#define PICOST_ESTIMATOR_WHATIF_COST_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/session.h"
#include "estimator/whatif/table_values.h"

namespace picost::whatif {

// Parts by which sums in another order may differ.
inline constexpr double kTableRounding = 1e-9;

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

// One width of a group of layers.
struct WidthChoice {
  double share = 1;                       // of the base's channels
  std::vector<EditOperation> operations;  // to be made together
  MetricValues cost = {};                 // beyond the base, without refills
  std::vector<int64_t> draws;             // beyond the base, by pool
};

// Layers with weights that must be resized together.
struct TableWidth {
  std::vector<std::string> nodes;
  std::vector<WidthChoice> choices;  // the first one: as it is
};

// What two choices cost beyond the sum of both: a width, and a choice of an activation or
// another width.
struct TableInteraction {
  int32_t width = 0;  // index into `widths`
  int32_t width_choice = 0;
  bool other_is_width = false;
  int32_t other = 0;  // index into `widths` or `layers`
  int32_t other_choice = 0;
  MetricValues cost = {};
  std::vector<int64_t> draws;
};

// An index into choices for each layer and group of layers; -1: as in the base.
struct TableChoices {
  std::vector<int32_t> layers;
  std::vector<int32_t> widths;
};

struct CostTable {
  MetricValues base = {};
  MetricValues error = {};
  std::vector<TableLayer> layers;
  std::vector<TablePool> pools;
  std::vector<TableWidth> widths;  // empty unless asked for
  std::vector<TableInteraction> interactions;

  // The rule above.
  MetricValues Total(const TableChoices& chosen) const;
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
