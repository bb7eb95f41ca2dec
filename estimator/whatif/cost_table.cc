#include "estimator/whatif/cost_table.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/node_attributes.h"

namespace picost::whatif {
namespace {

using graph::Activation;
using graph::NodeId;

int64_t KeptBy(const graph::Graph& graph, const graph::Node& node, const Activation& activation,
               const EditOperation& operation) {
  const auto edited = EditActivation(graph, node, activation, operation);
  if (!edited.ok()) return 0;  // found out by evaluating
  return edited->kept_elements < 0 ? edited->elements : edited->kept_elements;
}

// The nearest activations downstream of a node.
std::set<NodeId> Following(const graph::Graph& graph, NodeId id) {
  std::set<NodeId> found, seen;
  std::vector<NodeId> open = {id};
  while (!open.empty()) {
    const NodeId at = open.back();
    open.pop_back();
    for (const graph::ValueId output : graph.node(at).outputs) {
      for (const NodeId reader : graph.consumers(output)) {
        if (!seen.insert(reader).second) continue;
        if (std::holds_alternative<Activation>(graph.node(reader).attributes)) {
          found.insert(reader);
        } else {
          open.push_back(reader);
        }
      }
    }
  }
  return found;
}

NodeId Find(const graph::Graph& graph, const std::string& name) {
  for (size_t id = 0; id < graph.nodes().size(); ++id) {
    if (graph.nodes()[id].name == name) return static_cast<NodeId>(id);
  }
  return graph::kNoNode;
}

// The choice of a layer that changes its kind, if it has one: only those interact.
const EditOperation* ChangesKind(const TableLayer& layer) {
  for (const TableChoice& choice : layer.choices) {
    if (choice.kept_elements == 0) return &choice.operation;
  }
  for (const TableChoice& choice : layer.choices) {
    if (std::holds_alternative<ReplaceActivation>(choice.operation)) return &choice.operation;
  }
  return nullptr;
}

absl::StatusOr<MetricValues> OwnOf(EditSession& session, const CostTable& table,
                                   const std::vector<EditOperation>& operations) {
  PICOST_ASSIGN_OR_RETURN(const EditTotals totals, session.Evaluate(operations));
  return Own(totals, table.pools);
}

// |both - one - other + base| for every pair of neighbours that may both change kind, one
// of them with effect beyond its own layer, and what is left when all of them do.
absl::Status AddInteractions(EditSession& session, CostTable& table) {
  const graph::Graph& graph = session.base();
  const auto own_base = Own(*session.Evaluate(std::vector<EditOperation>{}), table.pools);
  std::vector<const EditOperation*> changes;
  std::vector<MetricValues> alone;
  std::vector<bool> reaches;  // beyond the layer itself
  std::vector<EditOperation> all;
  for (const TableLayer& layer : table.layers) {
    changes.push_back(ChangesKind(layer));
    alone.emplace_back();
    reaches.push_back(false);
    if (changes.back() == nullptr) continue;
    all.push_back(*changes.back());
    PICOST_ASSIGN_OR_RETURN(alone.back(), OwnOf(session, table, {*changes.back()}));
    PICOST_ASSIGN_OR_RETURN(const bool beyond, session.ChangesOthers({*changes.back()}));
    reaches.back() = beyond;
  }
  MetricValues pairs = {};
  for (size_t i = 0; i < table.layers.size(); ++i) {
    if (changes[i] == nullptr) continue;
    const std::set<NodeId> following = Following(graph, Find(graph, table.layers[i].node));
    for (size_t j = 0; j < table.layers.size(); ++j) {
      if (changes[j] == nullptr || j == i || !(reaches[i] || reaches[j])) continue;
      if (following.count(Find(graph, table.layers[j].node)) == 0) continue;
      PICOST_ASSIGN_OR_RETURN(const MetricValues both,
                              OwnOf(session, table, {*changes[i], *changes[j]}));
      for (size_t m = 0; m < kMetricCount; ++m) {
        pairs[m] += std::abs(both[m] - alone[i][m] - alone[j][m] + own_base[m]);
      }
    }
  }
  PICOST_ASSIGN_OR_RETURN(const MetricValues together, OwnOf(session, table, all));
  for (size_t m = 0; m < kMetricCount; ++m) {
    double added = own_base[m];
    for (size_t i = 0; i < changes.size(); ++i) {
      if (changes[i] != nullptr) added += alone[i][m] - own_base[m];
    }
    table.error[m] = std::max(pairs[m], std::abs(together[m] - added)) +
                     kTableRounding * std::abs(table.base[m]);
  }
  return absl::OkStatus();
}

}  // namespace

MetricValues CostTable::Total(const TableChoices& chosen) const {
  MetricValues total = base;
  std::vector<int64_t> draws;
  for (const TablePool& pool : pools) draws.push_back(pool.base_draws);
  const auto add = [&](const MetricValues& cost, const std::vector<int64_t>& drawn) {
    for (size_t m = 0; m < kMetricCount; ++m) total[m] += cost[m];
    for (size_t p = 0; p < pools.size(); ++p) draws[p] += drawn[p];
  };
  for (size_t l = 0; l < layers.size(); ++l) {
    if (chosen.layers[l] < 0) continue;
    const TableChoice& choice = layers[l].choices[chosen.layers[l]];
    add(choice.cost, choice.draws);
  }
  for (size_t w = 0; w < widths.size(); ++w) {
    if (chosen.widths[w] < 0) continue;
    const WidthChoice& choice = widths[w].choices[chosen.widths[w]];
    add(choice.cost, choice.draws);
  }
  for (const TableInteraction& pair : interactions) {
    const auto& others = pair.other_is_width ? chosen.widths : chosen.layers;
    if (chosen.widths[pair.width] != pair.width_choice) continue;
    if (others[pair.other] == pair.other_choice) add(pair.cost, pair.draws);
  }
  for (size_t p = 0; p < pools.size(); ++p) {
    const auto more =
        static_cast<double>(draws[p] / pools[p].yield - pools[p].base_draws / pools[p].yield);
    for (size_t m = 0; m < kMetricCount; ++m) total[m] += more * pools[p].refill[m];
  }
  return total;
}

std::vector<LayerChoices> CountGrid(const EditSession& session, int64_t levels) {
  std::vector<LayerChoices> grid;
  levels = std::max<int64_t>(2, levels);
  for (const NodeId id : session.activations()) {
    const graph::Node& node = session.base().node(id);
    const int64_t elements = std::get<Activation>(node.attributes).elements;
    LayerChoices layer{.node = node.name};
    int64_t last = -1;
    for (int64_t i = 0; i < levels; ++i) {
      const auto count = static_cast<int64_t>(static_cast<__int128>(elements) * i / (levels - 1));
      if (count == last) continue;
      layer.operations.push_back(KeepRelus{.node = node.name, .count = count});
      last = count;
    }
    grid.push_back(std::move(layer));
  }
  return grid;
}

absl::StatusOr<CostTable> BuildCostTable(EditSession& session,
                                         const std::vector<LayerChoices>& choices) {
  CostTable table;
  PICOST_ASSIGN_OR_RETURN(const EditTotals base, session.Evaluate(std::vector<EditOperation>{}));
  PICOST_ASSIGN_OR_RETURN(const std::vector<PoolCost> pools, session.Pools());
  table.base = Values(base);
  for (size_t p = 0; p < pools.size(); ++p) {
    table.pools.push_back({.pool = pools[p].pool,
                           .yield = pools[p].yield,
                           .base_draws = base.draws[p],
                           .refill = Values(pools[p].refill)});
  }
  const MetricValues own_base = Own(base, table.pools);
  std::set<std::string> names;
  for (size_t l = 0; l < choices.size(); ++l) {
    const std::string at = absl::StrCat("layers[", l, "]");
    const NodeId id = Find(session.base(), choices[l].node);
    if (id == graph::kNoNode || !names.insert(choices[l].node).second) {
      return AtElement(
          MakeError(absl::StatusCode::kInvalidArgument,
                    absl::StrCat("layer '", choices[l].node, "' is not there or stands twice"),
                    {.field = "node", .mend = "Name each activation at most once"}),
          at);
    }
    const graph::Node& node = session.base().node(id);
    const auto* activation = std::get_if<Activation>(&node.attributes);
    TableLayer layer{.node = node.name, .kind = graph::KindName(node.attributes)};
    if (activation != nullptr) layer.elements = activation->elements;
    for (const EditOperation& operation : choices[l].operations) {
      if (activation == nullptr || EditedNode(operation) != node.name ||
          !IsActivationEdit(operation)) {
        return AtElement(MakeError(absl::StatusCode::kInvalidArgument,
                                   "a choice must edit the layer's activation",
                                   {.field = "choices",
                                    .node = node.name,
                                    .mend = "Keep, replace or remove this activation"}),
                         at);
      }
      const auto totals = session.Evaluate({operation});
      if (!totals.ok()) return AtElement(totals.status(), at);
      PICOST_ASSIGN_OR_RETURN(const EditTotals own, session.EvaluateLayer({operation}, node.name));
      TableChoice choice{.operation = operation,
                         .kept_elements = KeptBy(session.base(), node, *activation, operation),
                         .cost = Own(*totals, table.pools)};
      for (size_t m = 0; m < kMetricCount; ++m) {
        choice.cost[m] -= own_base[m];
        choice.standard_deviation[m] = MetricDeviation(own, kMetrics[m]);
      }
      for (size_t p = 0; p < table.pools.size(); ++p) {
        choice.draws.push_back(totals->draws[p] - base.draws[p]);
      }
      layer.choices.push_back(std::move(choice));
    }
    table.layers.push_back(std::move(layer));
  }
  PICOST_RETURN_IF_ERROR(AddInteractions(session, table));
  return table;
}

absl::StatusOr<std::vector<Marginal>> Marginals(EditSession& session,
                                                const std::vector<EditOperation>& operations) {
  PICOST_ASSIGN_OR_RETURN(const EditTotals here, session.Evaluate(operations));
  PICOST_ASSIGN_OR_RETURN(const std::vector<PoolCost> pools, session.Pools());
  std::vector<TablePool> shared;
  for (const PoolCost& pool : pools) {
    shared.push_back({.pool = pool.pool, .yield = pool.yield, .refill = Values(pool.refill)});
  }
  const MetricValues own = Own(here, shared);
  std::vector<Marginal> marginals;
  for (const NodeId id : session.activations()) {
    const graph::Node& node = session.base().node(id);
    Activation activation = std::get<Activation>(node.attributes);
    for (const EditOperation& operation : operations) {
      if (EditedNode(operation) != node.name) continue;
      PICOST_ASSIGN_OR_RETURN(activation,
                              EditActivation(session.base(), node, activation, operation));
    }
    Marginal marginal{.node = node.name};
    marginal.kept_elements =
        activation.kept_elements < 0 ? activation.elements : activation.kept_elements;
    // A sixteenth of the layer: small against it, large against steps of packing. The
    // last one of a layer is never taken away, for that changes what its neighbours do.
    marginal.step =
        std::min(std::max<int64_t>(1, activation.elements / 16), marginal.kept_elements - 1);
    if (marginal.step > 0) {
      std::vector<EditOperation> fewer = operations;
      fewer.push_back(
          KeepRelus{.node = node.name, .count = marginal.kept_elements - marginal.step});
      PICOST_ASSIGN_OR_RETURN(const EditTotals there, session.Evaluate(fewer));
      const MetricValues less = Own(there, shared);
      for (size_t m = 0; m < kMetricCount; ++m) {
        double cost = own[m] - less[m];
        for (size_t p = 0; p < shared.size(); ++p) {
          cost += static_cast<double>(here.draws[p] - there.draws[p]) /
                  static_cast<double>(shared[p].yield) * shared[p].refill[m];
        }
        marginal.per_element[m] = cost / static_cast<double>(marginal.step);
      }
    }
    marginals.push_back(std::move(marginal));
  }
  return marginals;
}

}  // namespace picost::whatif
