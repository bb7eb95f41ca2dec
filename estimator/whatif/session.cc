#include "estimator/whatif/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/count/op_counts.h"
#include "estimator/whatif/edit_structure.h"

namespace picost::whatif {
namespace {

using graph::Activation;
using graph::NodeId;
using protocols::Refill;

// Layers that a session remembers before it starts anew: about 50 MB.
constexpr int64_t kMostLayers = 50'000;
// Counts that a variant remembers of each activation: grids fit, and a search over
// arbitrary counts takes them from the template, which is faster than new memory.
constexpr size_t kMostCounts = 256;
// Three different counts between one element and all but one.
constexpr int64_t kFewestForTemplate = 8;

// Which function is computed, apart from on how many elements.
bool SameVariant(const Activation& a, const Activation& b) {
  return a.kind == b.kind && a.degree == b.degree && a.scheme == b.scheme &&
         (a.kept_elements == 0) == (b.kept_elements == 0);
}

}  // namespace

EditSession::EditSession(std::shared_ptr<const graph::Graph> base, ProtocolChoice protocol,
                         cost::Deployment deployment)
    : base_(std::move(base)),
      protocol_(std::move(protocol)),
      deployment_(std::move(deployment)),
      position_by_node_(base_->nodes().size(), -1),
      accumulator_(&deployment_) {
  for (size_t id = 0; id < base_->nodes().size(); ++id) {
    const graph::Node& node = base_->nodes()[id];
    const auto* activation = std::get_if<Activation>(&node.attributes);
    if (activation == nullptr) continue;
    const int32_t position = static_cast<int32_t>(activations_.size());
    position_by_node_[id] = position;
    position_by_name_.emplace(node.name, position);
    activations_.push_back(static_cast<NodeId>(id));
    base_activations_.push_back(*activation);
  }
  current_ = base_activations_;
}

absl::StatusOr<std::unique_ptr<EditSession>> EditSession::Create(
    std::shared_ptr<const graph::Graph> base, ProtocolChoice protocol,
    cost::Deployment deployment) {
  // Also checks the deployment.
  PICOST_RETURN_IF_ERROR(EstimateModel(*base, protocol, deployment).status());
  auto session = std::unique_ptr<EditSession>(
      new EditSession(std::move(base), std::move(protocol), std::move(deployment)));
  PICOST_RETURN_IF_ERROR(session->Plan(session->VariantKey()).status());
  return session;
}

absl::StatusOr<EditTotals> EditSession::Evaluate(const GraphEdit& edit) {
  if (edit.base != base_->fingerprint()) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the edit is of graph ", edit.base, ", not of ", base_->fingerprint()),
        {.field = "base", .mend = "Make the edit for this graph"});
  }
  return Evaluate(edit.operations);
}

absl::Status EditSession::Resolve(const std::vector<EditOperation>& operations) {
  for (const int32_t position : touched_) current_[position] = base_activations_[position];
  touched_.clear();
  for (size_t i = 0; i < operations.size(); ++i) {
    const auto found = position_by_name_.find(EditedNode(operations[i]));
    if (found == position_by_name_.end()) {
      const std::string& name = EditedNode(operations[i]);
      const auto node = std::find_if(base_->nodes().begin(), base_->nodes().end(),
                                     [&name](const graph::Node& n) { return n.name == name; });
      return AtElement(node == base_->nodes().end() ? NoSuchNode(name) : NotAnActivation(*node),
                       absl::StrCat("operations[", i, "]"));
    }
    const int32_t position = found->second;
    auto edited = EditActivation(*base_, base_->node(activations_[position]), current_[position],
                                 operations[i]);
    if (!edited.ok()) return AtElement(edited.status(), absl::StrCat("operations[", i, "]"));
    current_[position] = *std::move(edited);
    touched_.push_back(position);
  }
  return absl::OkStatus();
}

// Which activations differ in kind from the base, and how.
std::string EditSession::VariantKey() const {
  std::string key;
  for (size_t i = 0; i < current_.size(); ++i) {
    if (SameVariant(current_[i], base_activations_[i])) continue;
    if (current_[i].kept_elements == 0 && current_[i].kind == base_activations_[i].kind) {
      absl::StrAppend(&key, i, ";");
    } else {
      absl::StrAppend(&key, i, ":", static_cast<int>(current_[i].kind), ",", current_[i].degree,
                      ",", current_[i].scheme.size(), ",", current_[i].scheme, ",",
                      current_[i].kept_elements == 0, ";");
    }
  }
  return key;
}

absl::StatusOr<EditSession::Planned> EditSession::PlanNetwork(
    const std::vector<Activation>& activations) {
  ++networks_planned_;
  graph::Graph::Parts parts = base_->parts();
  for (size_t i = 0; i < activations.size(); ++i) {
    parts.nodes[activations_[i]].attributes = activations[i];
  }
  PICOST_ASSIGN_OR_RETURN(const graph::Graph graph, graph::Graph::Create(std::move(parts)));
  const count::OpCounts counts = count::CountOps(graph);
  Planned planned;
  PICOST_ASSIGN_OR_RETURN(planned.plan,
                          protocols::Plan(protocol_.id, graph, counts, protocol_.parameters));
  for (const auto& node : counts.by_node) planned.relu_elements.push_back(node.relu_elements);
  return planned;
}

absl::StatusOr<EditSession::Variant*> EditSession::Plan(const std::string& key) {
  PICOST_ASSIGN_OR_RETURN(const Planned planned, PlanNetwork(current_));
  const protocols::ProtocolPlan& plan = planned.plan;
  if (remembered_layers_ > kMostLayers) {
    variants_.clear();
    remembered_layers_ = 0;
  }
  const auto compile = [&](const protocols::LayerPlan& layer) {
    LayerCost compiled = accumulator_.Compile(
        layer.calls, 0, layer.calls.size() - static_cast<size_t>(layer.refill_calls), plan.refills);
    compiled.storage = layer.storage;
    compiled.relu_elements = planned.relu_elements[layer.node];
    return compiled;
  };
  std::unique_ptr<Variant>& slot = variants_[key];
  if (slot == nullptr) {
    slot = std::make_unique<Variant>();
    slot->by_kept.resize(activations_.size());
    slot->refills = plan.refills;
    slot->setup = accumulator_.Compile(plan.setup_calls, 0, plan.setup_calls.size(), plan.refills);
    slot->beside_layers = plan.storage;
    for (const Refill& refill : plan.refills) {
      PICOST_ASSIGN_OR_RETURN(LayerCost one, CompileRefill(refill, 1));
      slot->refill_calls.push_back(std::move(one));
    }
    slot->layers.resize(plan.layers.size());
    for (const protocols::LayerPlan& layer : plan.layers) {
      slot->beside_layers.client -= layer.storage.client;
      slot->beside_layers.server -= layer.storage.server;
      slot->layers[layer.node] = compile(layer);
    }
    for (size_t id = 0; id < slot->layers.size(); ++id) {
      const LayerCost& layer = slot->layers[id];
      bool busy = position_by_node_[id] >= 0 || !layer.terms.empty() || !layer.pool_uses.empty();
      for (const PhaseShare& share : layer.phases) busy = busy || share.used;
      if (busy) slot->busy.push_back(static_cast<NodeId>(id));
    }
    remembered_layers_ += static_cast<int64_t>(slot->layers.size());
  }
  for (size_t i = 0; i < activations_.size(); ++i) {
    auto& remembered = slot->by_kept[i][current_[i].kept_elements];
    if (remembered != nullptr) continue;
    remembered = std::make_unique<LayerCost>(compile(plan.layers[activations_[i]]));
    ++remembered_layers_;
  }
  return slot.get();
}

void EditSession::Learn(Variant& variant) {
  variant.learned = true;
  variant.templates.resize(activations_.size());
  variant.unremembered.resize(activations_.size());
  std::vector<Planned> probes;
  std::vector<std::vector<LayerProbe>> by_position(activations_.size());
  // The ends of the line, and a point off any grid to check it.
  for (const int64_t share : {0, 1000, 618}) {
    std::vector<Activation> activations = current_;
    for (Activation& activation : activations) {
      if (activation.kept_elements == 0 || activation.elements < kFewestForTemplate) continue;
      activation.kept_elements =
          1 + static_cast<int64_t>(static_cast<__int128>(activation.elements - 2) * share / 1000);
    }
    auto planned = PlanNetwork(activations);
    if (!planned.ok()) return;  // layers are planned one by one, and the error is found there
    probes.push_back(*std::move(planned));
    for (size_t i = 0; i < activations.size(); ++i) {
      by_position[i].push_back({.kept = activations[i].kept_elements});
    }
  }
  for (size_t i = 0; i < activations_.size(); ++i) {
    if (current_[i].kept_elements == 0 || current_[i].elements < kFewestForTemplate) continue;
    for (size_t k = 0; k < probes.size(); ++k) {
      by_position[i][k].plan = &probes[k].plan.layers[activations_[i]];
      by_position[i][k].relu_elements = probes[k].relu_elements[activations_[i]];
    }
    variant.templates[i] = LayerTemplate::Through(by_position[i]);
    if (variant.templates[i].has_value()) {
      variant.templates[i]->Price(accumulator_, variant.refills);
    }
  }
}

absl::StatusOr<LayerCost> EditSession::CompileRefill(const Refill& refill, int64_t count) {
  PICOST_ASSIGN_OR_RETURN(
      const primitives::PrimitiveCall call,
      primitives::MakeCall(refill.primitive, refill.parameters, count * refill.times, refill.phase,
                           primitives::Executor::kJoint));
  return accumulator_.Compile({call}, 0, 1, {});
}

absl::Status EditSession::AddLayers(const Variant& variant) {
  accumulator_.Start();
  accumulator_.Add(variant.setup);
  drawn_.clear();
  for (const Refill& refill : variant.refills) drawn_.push_back(refill.drawn_before);
  for (const NodeId id : variant.busy) {
    const int32_t position = position_by_node_[id];
    const LayerCost& layer = position < 0 ? variant.layers[id] : *chosen_[position];
    accumulator_.Add(layer);
    if (layer.pool_uses.empty()) continue;
    drawn_before_ = drawn_;
    for (const auto& [refill, amount] : layer.pool_uses) drawn_[refill] += amount;
    for (size_t r = 0; r < variant.refills.size(); ++r) {
      const int64_t yield = variant.refills[r].yield;
      const int64_t count = drawn_[r] / yield - drawn_before_[r] / yield;
      if (count == 0) continue;
      if (count == 1) {
        accumulator_.Add(variant.refill_calls[r]);
        continue;
      }
      PICOST_ASSIGN_OR_RETURN(const LayerCost several, CompileRefill(variant.refills[r], count));
      accumulator_.Add(several);
    }
  }
  return absl::OkStatus();
}

bool EditSession::ChooseLayers(Variant& variant) {
  chosen_.resize(activations_.size());
  for (size_t i = 0; i < activations_.size(); ++i) {
    const int64_t kept = current_[i].kept_elements;
    const auto found = variant.by_kept[i].find(kept);
    if (found != variant.by_kept[i].end()) {
      chosen_[i] = found->second.get();
      continue;
    }
    // All elements (-1) and none are layers of another kind, and planned.
    if (!variant.learned || kept <= 0 || !variant.templates[i].has_value()) return false;
    LayerCost* layer = &variant.unremembered[i];
    if (variant.by_kept[i].size() < kMostCounts && remembered_layers_ < kMostLayers) {
      layer = (variant.by_kept[i][kept] = std::make_unique<LayerCost>()).get();
      ++remembered_layers_;
    }
    if (!variant.templates[i]->At(kept, *layer).ok()) {
      variant.by_kept[i].erase(kept);
      return false;
    }
    chosen_[i] = layer;
  }
  return true;
}

absl::StatusOr<EditSession::Variant*> EditSession::Prepare() {
  const std::string key = VariantKey();
  if (const auto found = variants_.find(key); found != variants_.end()) {
    Variant& variant = *found->second;
    if (ChooseLayers(variant)) return &variant;
    if (!variant.learned) {
      Learn(variant);
      if (ChooseLayers(variant)) return &variant;
    }
  }
  PICOST_ASSIGN_OR_RETURN(Variant * variant, Plan(key));
  ChooseLayers(*variant);
  return variant;
}

absl::StatusOr<bool> EditSession::ChangesOthers(const std::vector<EditOperation>& operations) {
  PICOST_RETURN_IF_ERROR(Resolve({}));
  PICOST_RETURN_IF_ERROR(Prepare().status());
  const std::string base = VariantKey();
  PICOST_RETURN_IF_ERROR(Resolve(operations));
  PICOST_ASSIGN_OR_RETURN(const Variant* edited, Prepare());
  const auto found = variants_.find(base);
  if (found == variants_.end()) return true;  // forgotten meanwhile
  const Variant& before = *found->second;
  if (!(edited->setup == before.setup)) return true;
  for (size_t id = 0; id < before.layers.size(); ++id) {
    const int32_t position = position_by_node_[id];
    const bool touched =
        position >= 0 && std::find(touched_.begin(), touched_.end(), position) != touched_.end();
    if (touched) continue;
    if (position < 0) {
      if (!(edited->layers[id] == before.layers[id])) return true;
      continue;
    }
    // By the memo of the base's count: `layers` holds whatever the first edit kept.
    const int64_t kept = base_activations_[position].kept_elements;
    const auto a = before.by_kept[position].find(kept);
    const auto b = edited->by_kept[position].find(kept);
    if (a == before.by_kept[position].end() || b == edited->by_kept[position].end() ||
        !(*a->second == *b->second)) {
      return true;
    }
  }
  return false;
}

EditTotals EditSession::Collect() {
  EditTotals totals;
  totals.phases = accumulator_.Finish();
  totals.client_storage = accumulator_.storage().client;
  totals.server_storage = accumulator_.storage().server;
  totals.extrapolated = accumulator_.extrapolated();
  totals.relu_elements = accumulator_.relu_elements();
  return totals;
}

absl::StatusOr<EditTotals> EditSession::Evaluate(const std::vector<EditOperation>& operations) {
  if (!std::all_of(operations.begin(), operations.end(), IsActivationEdit)) {
    return FromScratch(operations);
  }
  PICOST_RETURN_IF_ERROR(Resolve(operations));
  PICOST_ASSIGN_OR_RETURN(const Variant* variant, Prepare());
  PICOST_RETURN_IF_ERROR(AddLayers(*variant));
  EditTotals totals = Collect();
  totals.client_storage += variant->beside_layers.client;
  totals.server_storage += variant->beside_layers.server;
  totals.draws = drawn_;
  return totals;
}

absl::StatusOr<EditTotals> EditSession::EvaluateForLinks(
    const std::vector<EditOperation>& operations) {
  accumulator_.KeepRestarts(true);
  auto totals = Evaluate(operations);
  accumulator_.KeepRestarts(false);
  return totals;
}

absl::StatusOr<EditTotals> EditSession::EvaluateLayer(const std::vector<EditOperation>& operations,
                                                      std::string_view node) {
  PICOST_RETURN_IF_ERROR(Resolve(operations));
  PICOST_RETURN_IF_ERROR(Prepare().status());
  const auto found = position_by_name_.find(std::string(node));
  if (found == position_by_name_.end()) return NoSuchNode(std::string(node));
  accumulator_.Start();
  accumulator_.Add(*chosen_[found->second]);
  return Collect();
}

absl::StatusOr<EditTotals> EditSession::FromScratch(
    const std::vector<EditOperation>& operations) const {
  PICOST_ASSIGN_OR_RETURN(
      const graph::Graph edited,
      ApplyEdit(*base_, {.base = base_->fingerprint(), .operations = operations}));
  PICOST_ASSIGN_OR_RETURN(const cost::Estimate estimate,
                          EstimateModel(edited, protocol_, deployment_));
  return EditTotals{.phases = estimate.phases,
                    .client_storage = estimate.client_storage,
                    .server_storage = estimate.server_storage,
                    .extrapolated = estimate.extrapolated,
                    .relu_elements = count::CountOps(edited).total.relu_elements};
}

absl::StatusOr<std::vector<PoolCost>> EditSession::Pools() {
  PICOST_RETURN_IF_ERROR(Resolve({}));
  PICOST_ASSIGN_OR_RETURN(const Variant* variant, Prepare());
  std::vector<PoolCost> pools;
  for (size_t r = 0; r < variant->refills.size(); ++r) {
    accumulator_.Start();
    accumulator_.Add(variant->refill_calls[r]);
    pools.push_back({.pool = variant->refills[r].pool,
                     .yield = variant->refills[r].yield,
                     .refill = Collect()});
  }
  return pools;
}

}  // namespace picost::whatif
