#include "estimator/whatif/width_table.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/width_groups.h"

namespace picost::whatif {
namespace {

using graph::Activation;
using graph::Graph;

// The base with some groups resized, and a session of its own: edits of its activations
// are as fast as those of the base.
class Resized {
 public:
  // None where the rules of resizing or the protocol refuse it.
  static absl::StatusOr<std::optional<Resized>> Create(
      const EditSession& base, const std::vector<TablePool>& pools,
      const std::vector<EditOperation>& operations) {
    auto graph =
        ApplyEdit(base.base(), {.base = base.base().fingerprint(), .operations = operations});
    if (!graph.ok()) return NoneIfRefused(graph.status());
    auto session = EditSession::Create(std::make_shared<const Graph>(*std::move(graph)),
                                       base.protocol(), base.deployment());
    if (!session.ok()) return NoneIfRefused(session.status());
    Resized resized;
    resized.session_ = *std::move(session);
    PICOST_ASSIGN_OR_RETURN(const std::vector<PoolCost> own, resized.session_->Pools());
    for (const TablePool& pool : pools) {
      const auto same = std::find_if(own.begin(), own.end(), [&pool](const PoolCost& candidate) {
        return candidate.pool == pool.pool && candidate.yield == pool.yield;
      });
      resized.pools_.push_back(same == own.end() ? -1 : static_cast<int>(same - own.begin()));
    }
    const auto known = std::count_if(resized.pools_.begin(), resized.pools_.end(),
                                     [](int index) { return index >= 0; });
    // A pool that the base has not: its refills have no place in the rule.
    if (static_cast<size_t>(known) != own.size()) return std::optional<Resized>();
    return std::optional<Resized>(std::move(resized));
  }

  // Totals with the draws of the table's pools, in their order.
  absl::StatusOr<EditTotals> Evaluate(const std::vector<EditOperation>& operations) {
    PICOST_ASSIGN_OR_RETURN(EditTotals totals, session_->Evaluate(operations));
    std::vector<int64_t> draws;
    for (const int index : pools_) draws.push_back(index < 0 ? 0 : totals.draws[index]);
    totals.draws = std::move(draws);
    return totals;
  }

  // The choice of a layer as an edit of the resized network: kept elements stay the same
  // share, rounded down, as if the choice had been made before resizing.
  EditOperation Follow(const TableLayer& layer, const TableChoice& choice) const {
    if (!std::holds_alternative<KeepRelus>(choice.operation)) return choice.operation;
    for (const graph::NodeId id : session_->activations()) {
      const graph::Node& node = session_->base().node(id);
      if (node.name != layer.node) continue;
      const int64_t elements = std::get<Activation>(node.attributes).elements;
      return KeepRelus{.node = layer.node,
                       .count = static_cast<int64_t>(static_cast<__int128>(elements) *
                                                     choice.kept_elements / layer.elements)};
    }
    return choice.operation;
  }

 private:
  static absl::StatusOr<std::optional<Resized>> NoneIfRefused(const absl::Status& status) {
    if (absl::IsInvalidArgument(status) || absl::IsUnimplemented(status)) {
      return std::optional<Resized>();
    }
    return status;
  }

  std::unique_ptr<EditSession> session_;
  std::vector<int> pools_;
};

// Whether a choice leaves no element of the activation as it was: what truncations stand
// around it then changes, too.
bool ChangesKind(const TableChoice& choice) {
  return choice.kept_elements == 0 || std::holds_alternative<ReplaceActivation>(choice.operation);
}

class WidthBuilder {
 public:
  WidthBuilder(EditSession& session, CostTable& table)
      : session_(session), table_(table), graph_(session.base()), found_(FindWidthGroups(graph_)) {
    for (const TableLayer& layer : table.layers) {
      const auto node = std::find_if(graph_.nodes().begin(), graph_.nodes().end(),
                                     [&layer](const auto& n) { return n.name == layer.node; });
      group_of_layer_.push_back(found_.of_value[node->outputs.front()]);
    }
  }

  absl::Status Run(const std::vector<double>& shares) {
    PICOST_ASSIGN_OR_RETURN(const EditTotals base, session_.Evaluate(std::vector<EditOperation>{}));
    own_base_ = Own(base, table_.pools);
    base_draws_ = base.draws;
    for (size_t g = 0; g < found_.groups.size(); ++g) {
      PICOST_RETURN_IF_ERROR(AddGroup(static_cast<int32_t>(g), shares));
    }
    for (size_t a = 0; a < table_.widths.size(); ++a) {
      for (size_t b = a + 1; b < table_.widths.size(); ++b) {
        if (!found_.Neighbours(graph_, group_of_width_[a], group_of_width_[b])) continue;
        PICOST_RETURN_IF_ERROR(AddPair(static_cast<int32_t>(a), static_cast<int32_t>(b)));
      }
    }
    return AddErrorOfAll();
  }

 private:
  // The widths of one group, and what they do to the choices of activations.
  absl::Status AddGroup(int32_t group, const std::vector<double>& shares) {
    TableWidth width;
    for (const graph::NodeId id : found_.groups[group].layers) {
      width.nodes.push_back(graph_.node(id).name);
    }
    width.choices.push_back({.share = 1,
                             .operations = ResizeTo(graph_, found_.groups[group], 1),
                             .draws = std::vector<int64_t>(table_.pools.size(), 0)});
    std::vector<std::optional<Resized>> resized(1);
    for (const double share : shares) {
      std::vector<EditOperation> operations = ResizeTo(graph_, found_.groups[group], share);
      const auto same = [&operations](const WidthChoice& choice) {
        return SameChannels(operations, choice.operations);
      };
      if (std::any_of(width.choices.begin(), width.choices.end(), same)) continue;
      PICOST_ASSIGN_OR_RETURN(std::optional<Resized> one,
                              Resized::Create(session_, table_.pools, operations));
      if (!one.has_value()) continue;
      PICOST_ASSIGN_OR_RETURN(const EditTotals totals, one->Evaluate({}));
      WidthChoice choice{.share = share, .operations = std::move(operations)};
      choice.cost = Difference(Own(totals, table_.pools), own_base_);
      for (size_t p = 0; p < table_.pools.size(); ++p) {
        choice.draws.push_back(totals.draws[p] - base_draws_[p]);
      }
      width.choices.push_back(std::move(choice));
      resized.push_back(std::move(one));
    }
    if (width.choices.size() == 1) return absl::OkStatus();
    const auto index = static_cast<int32_t>(table_.widths.size());
    table_.widths.push_back(std::move(width));
    group_of_width_.push_back(group);
    for (size_t w = 1; w < resized.size(); ++w) {
      for (size_t l = 0; l < table_.layers.size(); ++l) {
        const bool inside = group_of_layer_[l] == group;
        if (!inside && !found_.Neighbours(graph_, group_of_layer_[l], group)) continue;
        const TableLayer& layer = table_.layers[l];
        for (size_t c = 0; c < layer.choices.size(); ++c) {
          if (!inside && !ChangesKind(layer.choices[c])) continue;
          PICOST_ASSIGN_OR_RETURN(
              const EditTotals both,
              resized[w]->Evaluate({resized[w]->Follow(layer, layer.choices[c])}));
          Add({.width = index,
               .width_choice = static_cast<int32_t>(w),
               .other = static_cast<int32_t>(l),
               .other_choice = static_cast<int32_t>(c)},
              both, layer.choices[c].cost, layer.choices[c].draws);
        }
      }
    }
    return absl::OkStatus();
  }

  // Two groups with a layer between, and what activations beside add to the error.
  absl::Status AddPair(int32_t a, int32_t b) {
    MetricValues worst = {};
    for (size_t i = 1; i < table_.widths[a].choices.size(); ++i) {
      for (size_t j = 1; j < table_.widths[b].choices.size(); ++j) {
        std::vector<EditOperation> operations = table_.widths[a].choices[i].operations;
        const WidthChoice& other = table_.widths[b].choices[j];
        operations.insert(operations.end(), other.operations.begin(), other.operations.end());
        PICOST_ASSIGN_OR_RETURN(std::optional<Resized> resized,
                                Resized::Create(session_, table_.pools, operations));
        if (!resized.has_value()) {
          return MakeError(absl::StatusCode::kUnimplemented,
                           "widths that can be planned one by one cannot be planned together",
                           {.field = "width_shares",
                            .node = table_.widths[b].nodes.front(),
                            .mend = "Ask for other shares, or for none"});
        }
        PICOST_ASSIGN_OR_RETURN(const EditTotals both, resized->Evaluate({}));
        Add({.width = a,
             .width_choice = static_cast<int32_t>(i),
             .other_is_width = true,
             .other = b,
             .other_choice = static_cast<int32_t>(j)},
            both, other.cost, other.draws);
        PICOST_RETURN_IF_ERROR(AddTriples(
            *resized, {{a, static_cast<int32_t>(i)}, {b, static_cast<int32_t>(j)}}, worst));
      }
    }
    AddError(worst);
    return absl::OkStatus();
  }

  using ChosenWidths = std::vector<std::pair<int32_t, int32_t>>;

  absl::Status AddTriples(Resized& resized, const ChosenWidths& widths, MetricValues& worst) {
    TableChoices chosen = AsInTheBase();
    for (const auto& [width, choice] : widths) chosen.widths[width] = choice;
    for (size_t l = 0; l < table_.layers.size(); ++l) {
      const bool beside = std::any_of(widths.begin(), widths.end(), [&](const auto& one) {
        return group_of_width_[one.first] == group_of_layer_[l];
      });
      if (!beside) continue;
      const TableLayer& layer = table_.layers[l];
      for (size_t c = 0; c < layer.choices.size(); ++c) {
        if (!ChangesKind(layer.choices[c])) continue;
        chosen.layers[l] = static_cast<int32_t>(c);
        PICOST_ASSIGN_OR_RETURN(const EditTotals totals,
                                resized.Evaluate({resized.Follow(layer, layer.choices[c])}));
        Widen(worst, Difference(Values(totals), table_.Total(chosen)));
      }
      chosen.layers[l] = -1;
    }
    return absl::OkStatus();
  }

  // All groups at their n-th width, with activations as they are and with all removed.
  absl::Status AddErrorOfAll() {
    size_t most = 0;
    for (const TableWidth& width : table_.widths) most = std::max(most, width.choices.size());
    MetricValues worst = {};
    for (size_t n = 1; n < most; ++n) {
      TableChoices chosen = AsInTheBase();
      std::vector<EditOperation> operations;
      for (size_t w = 0; w < table_.widths.size(); ++w) {
        const auto& choices = table_.widths[w].choices;
        const size_t index = std::min(n, choices.size() - 1);
        chosen.widths[w] = static_cast<int32_t>(index);
        operations.insert(operations.end(), choices[index].operations.begin(),
                          choices[index].operations.end());
      }
      PICOST_ASSIGN_OR_RETURN(std::optional<Resized> resized,
                              Resized::Create(session_, table_.pools, operations));
      if (!resized.has_value()) continue;
      PICOST_ASSIGN_OR_RETURN(const EditTotals whole, resized->Evaluate({}));
      Widen(worst, Difference(Values(whole), table_.Total(chosen)));
      std::vector<EditOperation> changes;
      for (size_t l = 0; l < table_.layers.size(); ++l) {
        const auto& choices = table_.layers[l].choices;
        const auto changing = std::find_if(choices.begin(), choices.end(), ChangesKind);
        if (changing == choices.end()) continue;
        chosen.layers[l] = static_cast<int32_t>(changing - choices.begin());
        changes.push_back(resized->Follow(table_.layers[l], *changing));
      }
      PICOST_ASSIGN_OR_RETURN(const EditTotals without, resized->Evaluate(changes));
      Widen(worst, Difference(Values(without), table_.Total(chosen)));
    }
    AddError(worst);
    return absl::OkStatus();
  }

  // What both cost beyond their sum, unless that is nothing.
  void Add(TableInteraction interaction, const EditTotals& both, const MetricValues& other_cost,
           const std::vector<int64_t>& other_draws) {
    const WidthChoice& width = table_.widths[interaction.width].choices[interaction.width_choice];
    interaction.cost = Difference(Own(both, table_.pools), own_base_);
    bool any = false;
    for (size_t m = 0; m < kMetricCount; ++m) {
      interaction.cost[m] -= width.cost[m] + other_cost[m];
      any = any || std::abs(interaction.cost[m]) > kTableRounding * std::abs(own_base_[m]);
    }
    for (size_t p = 0; p < table_.pools.size(); ++p) {
      interaction.draws.push_back(both.draws[p] - base_draws_[p] - width.draws[p] - other_draws[p]);
      any = any || interaction.draws.back() != 0;
    }
    if (any) table_.interactions.push_back(std::move(interaction));
  }

  static bool SameChannels(const std::vector<EditOperation>& a,
                           const std::vector<EditOperation>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return std::get<ResizeChannels>(x).channels == std::get<ResizeChannels>(y).channels;
    });
  }
  static MetricValues Difference(MetricValues a, const MetricValues& b) {
    for (size_t m = 0; m < kMetricCount; ++m) a[m] -= b[m];
    return a;
  }
  static void Widen(MetricValues& worst, const MetricValues& difference) {
    for (size_t m = 0; m < kMetricCount; ++m) {
      worst[m] = std::max(worst[m], std::abs(difference[m]));
    }
  }
  void AddError(const MetricValues& more) {
    for (size_t m = 0; m < kMetricCount; ++m) table_.error[m] += more[m];
  }
  TableChoices AsInTheBase() const {
    return {.layers = std::vector<int32_t>(table_.layers.size(), -1),
            .widths = std::vector<int32_t>(table_.widths.size(), -1)};
  }

  EditSession& session_;
  CostTable& table_;
  const Graph& graph_;
  const WidthGroups found_;
  std::vector<int32_t> group_of_layer_;  // by layer of the table
  std::vector<int32_t> group_of_width_;  // by width of the table
  MetricValues own_base_ = {};
  std::vector<int64_t> base_draws_;
};

}  // namespace

absl::Status AddWidths(EditSession& session, const std::vector<double>& shares, CostTable& table) {
  for (size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] > 0 && shares[i] < 1) continue;
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("a share of ", shares[i], " of the channels"),
                     {.field = absl::StrCat("width_shares[", i, "]"),
                      .mend = "Give shares between 0 and 1; let the base be the widest network"});
  }
  return WidthBuilder(session, table).Run(shares);
}

}  // namespace picost::whatif
