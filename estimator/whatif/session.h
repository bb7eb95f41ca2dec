// One base network under one protocol and deployment, and very many edits of it.
//
// An edit of activations leaves most layers as they were. What a layer costs
// depends on its own attributes and on its neighbourhood: which activations are
// there and of what kind, never on how many elements of another layer are kept.
// So layers are remembered by (variant of the network, layer, kept elements), where
// a variant says which activations are removed or replaced; a count that a variant has
// not seen comes from the layer's template, without planning. What is kept is layers,
// never totals: usage and bytes are integers, fits are applied to their sums in the
// order of the network, and calls that refill pools are placed anew for each edit.
// The answer therefore equals that of EstimateModel bit for bit
// (tests/properties/incremental_test). Structural edits take the whole path.
#ifndef PICOST_ESTIMATOR_WHATIF_SESSION_H_
#define PICOST_ESTIMATOR_WHATIF_SESSION_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/base/units.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/estimate.h"
#include "estimator/estimator.h"
#include "estimator/graph/graph.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/layer_memo.h"
#include "estimator/whatif/layer_template.h"

namespace picost::whatif {

// Totals of an edited network.
struct EditTotals {
  std::array<cost::PhaseCost, primitives::kPhaseCount> phases;  // index: Phase
  Bytes client_storage;
  Bytes server_storage;
  bool extrapolated = false;
  int64_t relu_elements = 0;
  // What the layers draw from each pool of Pools(); empty for structural edits.
  std::vector<int64_t> draws;
};

// A pool that layers share (correlated OTs) and what refilling it once costs.
struct PoolCost {
  std::string pool;
  int64_t yield = 0;
  EditTotals refill;
};

// Not safe from several threads at once: each takes its own session.
class EditSession {
 public:
  // Fails where the base itself cannot be estimated.
  static absl::StatusOr<std::unique_ptr<EditSession>> Create(
      std::shared_ptr<const graph::Graph> base, ProtocolChoice protocol,
      cost::Deployment deployment);

  // Errors as of ApplyEdit and of planning.
  absl::StatusOr<EditTotals> Evaluate(const GraphEdit& edit);
  // The same for operations on the base.
  absl::StatusOr<EditTotals> Evaluate(const std::vector<EditOperation>& operations);

  // The same with what other links take (estimator/study/link_latency.h).
  absl::StatusOr<EditTotals> EvaluateForLinks(const std::vector<EditOperation>& operations);

  const graph::Graph& base() const { return *base_; }
  const ProtocolChoice& protocol() const { return protocol_; }
  const cost::Deployment& deployment() const { return deployment_; }
  // Activations in the order of the network.
  const std::vector<graph::NodeId>& activations() const { return activations_; }
  // A call to refill is made for each `yield` drawn, counted through the network.
  absl::StatusOr<std::vector<PoolCost>> Pools();
  // Whether the operations, on one activation, change what another layer costs.
  absl::StatusOr<bool> ChangesOthers(const std::vector<EditOperation>& operations);
  // How often a whole network was planned: grows with variants, not with counts.
  int64_t networks_planned() const { return networks_planned_; }
  // One activation's own layer after the operations, without refills.
  absl::StatusOr<EditTotals> EvaluateLayer(const std::vector<EditOperation>& operations,
                                           std::string_view node);

 private:
  // The network with activations removed and replaced, each layer compiled.
  struct Variant {
    std::vector<LayerCost> layers;  // by NodeId, as the first edit of the variant had them
    std::vector<absl::flat_hash_map<int64_t, std::unique_ptr<LayerCost>>> by_kept;  // by position
    LayerCost setup;
    protocols::Storage beside_layers;
    std::vector<protocols::Refill> refills;
    std::vector<LayerCost> refill_calls;  // one refill each
    std::vector<graph::NodeId> busy;      // nodes with anything to add
    // By position, once asked for: layers of counts that were never planned.
    bool learned = false;
    std::vector<std::optional<LayerTemplate>> templates;
    std::vector<LayerCost> unremembered;  // where the memo is full
  };
  // What the activations of `current_` make of the base.
  struct Planned {
    std::vector<int64_t> relu_elements;  // by NodeId
    protocols::ProtocolPlan plan;
  };

  EditSession(std::shared_ptr<const graph::Graph> base, ProtocolChoice protocol,
              cost::Deployment deployment);

  // Sets current_ to what the operations make of the base.
  absl::Status Resolve(const std::vector<EditOperation>& operations);
  std::string VariantKey() const;
  absl::StatusOr<Planned> PlanNetwork(const std::vector<graph::Activation>& activations);
  // Plans the network that current_ say and remembers its layers.
  absl::StatusOr<Variant*> Plan(const std::string& key);
  // Finds templates of the layers that current_ keep in part.
  void Learn(Variant& variant);
  // The variant of current_ with chosen_ filled in.
  absl::StatusOr<Variant*> Prepare();
  // False where a layer has to be planned.
  bool ChooseLayers(Variant& variant);
  absl::StatusOr<EditTotals> FromScratch(const std::vector<EditOperation>& operations) const;
  absl::Status AddLayers(const Variant& variant);
  EditTotals Collect();
  absl::StatusOr<LayerCost> CompileRefill(const protocols::Refill& refill, int64_t count);

  const std::shared_ptr<const graph::Graph> base_;
  const ProtocolChoice protocol_;
  const cost::Deployment deployment_;
  std::vector<graph::NodeId> activations_;
  absl::flat_hash_map<std::string, int32_t> position_by_name_;  // index into activations_
  std::vector<int32_t> position_by_node_;                       // -1: no activation
  std::vector<graph::Activation> base_activations_;             // by position

  // Of the edit at hand, by position.
  std::vector<graph::Activation> current_;
  std::vector<int32_t> touched_;
  std::vector<const LayerCost*> chosen_;

  absl::flat_hash_map<std::string, std::unique_ptr<Variant>> variants_;
  int64_t remembered_layers_ = 0;
  int64_t networks_planned_ = 0;
  std::vector<int64_t> drawn_;
  std::vector<int64_t> drawn_before_;
  Accumulator accumulator_;
};

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_SESSION_H_
