#include "service/convert/plan.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "service/convert/calls.h"
#include "service/convert/enums.h"
#include "service/utf8.h"

namespace picost::service {
namespace {

using primitives::Phase;
using service::ToProto;  // the declarations below would hide the enumerations

// Message: ProtocolPlan or PlanTotals.
template <typename Message>
void TotalsToProto(const protocols::ProtocolPlan& from, Message& to) {
  ToProto(from.TotalTraffic(Phase::kSetup), *to.mutable_setup());
  ToProto(from.TotalTraffic(Phase::kOffline), *to.mutable_offline());
  ToProto(from.TotalTraffic(Phase::kOnline), *to.mutable_online());
  ToProto(from.TotalOperations(Phase::kSetup), *to.mutable_setup_operations());
  ToProto(from.TotalOperations(Phase::kOffline), *to.mutable_offline_operations());
  ToProto(from.TotalOperations(Phase::kOnline), *to.mutable_online_operations());
  to.set_client_storage_bytes(from.storage.client.value());
  to.set_server_storage_bytes(from.storage.server.value());
}

}  // namespace

void ToProto(const LoadedGraph& graph, const protocols::ProtocolPlan& from, v1::EstimateView view,
             v1::ProtocolPlan& to) {
  const bool calls = view == v1::ESTIMATE_VIEW_CALLS;
  ToProto(graph.counts.total, *to.mutable_totals());
  TotalsToProto(from, to);
  for (const auto& item : from.memory) ToProto(item, *to.add_memory());
  if (view != v1::ESTIMATE_VIEW_TOTALS) {
    for (const protocols::LayerPlan& layer : from.layers) {
      auto* entry = to.add_layers();
      const graph::Node& node = graph.graph.node(layer.node);
      entry->set_node(ToUtf8(node.name));
      entry->set_kind(graph::KindName(node.attributes));
      ToProto(graph.counts.by_node[layer.node], *entry->mutable_counts());
      primitives::Traffic offline;
      primitives::Traffic online;
      for (const primitives::PrimitiveCall& call : layer.calls) {
        if (call.phase == Phase::kOffline) offline += call.traffic;
        if (call.phase == Phase::kOnline) online += call.traffic;
        if (calls) ToProto(call, *entry->add_calls());
      }
      ToProto(offline, *entry->mutable_offline());
      ToProto(online, *entry->mutable_online());
      entry->set_local(layer.local);
      entry->set_note(ToUtf8(layer.note));
    }
  }
  if (calls) {
    for (const auto& call : from.setup_calls) ToProto(call, *to.add_setup_calls());
  }
  ToProto(graph.graph.notes(), *to.mutable_notes());
  v1::Provenance& provenance = *to.mutable_provenance();
  provenance.set_model(graph.ModelName());
  provenance.set_protocol(absl::StrCat("protocols/", from.protocol_id));
  provenance.set_protocol_version(from.protocol_version);
  ToProto(from.parameters, *provenance.mutable_protocol_parameters());
}

void ToProto(const count::OpCounts& counts, const absl::StatusOr<protocols::ProtocolPlan>& from,
             v1::PlanTotals& to) {
  ToProto(counts.total, *to.mutable_counts());
  if (from.ok()) {
    TotalsToProto(*from, to);
  } else {
    to.set_refusal(ToUtf8(std::string(from.status().message())));
  }
}

void ToProto(const std::vector<whatif::RewriteStep>& steps, v1::ProtocolPlan& to) {
  for (const whatif::RewriteStep& step : steps) {
    if (step.rewrite == nullptr) {
      ToProto(step.counts, step.plan, *to.mutable_unrewritten());
      continue;
    }
    v1::RewriteStep* entry = to.add_rewrites();
    entry->set_rewrite(absl::StrCat("rewrites/", step.rewrite->id));
    entry->set_title(step.rewrite->title);
    entry->set_exact(step.rewrite->exact);
    entry->set_changed(step.changed);
    ToProto(step.counts, step.plan, *entry->mutable_after());
  }
}

}  // namespace picost::service
