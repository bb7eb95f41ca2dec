#include "estimator/whatif/rewrites/rewrite_steps.h"

#include <algorithm>
#include <utility>

#include "estimator/base/status_macros.h"

namespace picost::whatif {
namespace {

using primitives::Operations;
using primitives::Parameters;
using primitives::Phase;
using primitives::Traffic;
using protocols::ProtocolPlan;

bool HasParameter(std::string_view protocol_id, const std::string& name) {
  const protocols::Protocol* protocol = protocols::FindProtocol(protocol_id);
  if (protocol == nullptr) return false;
  const auto& declared = protocol->info().parameters;
  return std::any_of(declared.begin(), declared.end(),
                     [&](const auto& parameter) { return parameter.name == name; });
}

// What one inference takes.
struct Load {
  int64_t bytes = 0;
  int64_t flights = 0;
  int64_t products = 0;
};
Load LoadOf(const ProtocolPlan& plan) {
  Load load;
  for (Phase phase : {Phase::kOffline, Phase::kOnline}) {
    const Traffic traffic = plan.TotalTraffic(phase);
    load.bytes += traffic.client_to_server.value() + traffic.server_to_client.value();
    load.flights += traffic.flights.value();
    load.products += plan.TotalOperations(phase).ciphertext_products;
  }
  return load;
}

absl::StatusOr<RewriteStep> Step(const Rewrite* rewrite, bool changed, graph::Graph graph,
                                 std::string_view protocol, const Parameters& parameters) {
  count::OpCounts counts = count::CountOps(graph);
  auto plan = protocols::Plan(protocol, graph, counts, parameters);
  if (!plan.ok() && plan.status().code() != absl::StatusCode::kUnimplemented) return plan.status();
  return RewriteStep{.rewrite = rewrite,
                     .changed = changed,
                     .graph = std::move(graph),
                     .counts = std::move(counts),
                     .parameters = parameters,
                     .plan = std::move(plan)};
}

}  // namespace

absl::StatusOr<std::vector<RewriteStep>> PlanRewrites(const graph::Graph& graph,
                                                      std::string_view protocol,
                                                      const Parameters& parameters,
                                                      const std::vector<std::string>& ids) {
  PICOST_ASSIGN_OR_RETURN(const auto rewrites, ResolveRewrites(ids));
  Parameters current = parameters;
  for (const Rewrite* rewrite : rewrites) {
    if (rewrite->apply == nullptr && HasParameter(protocol, rewrite->parameter) &&
        !current.Has(rewrite->parameter)) {
      current.Set(rewrite->parameter, rewrite->value_before);
    }
  }
  std::vector<RewriteStep> steps;
  PICOST_ASSIGN_OR_RETURN(RewriteStep given, Step(nullptr, false, graph, protocol, current));
  steps.push_back(std::move(given));
  for (const Rewrite* rewrite : rewrites) {
    graph::Graph rewritten = steps.back().graph;
    bool changed = false;
    if (rewrite->apply == nullptr) {
      changed = HasParameter(protocol, rewrite->parameter) &&
                current.Get(rewrite->parameter) != rewrite->value;
      if (changed) current.Set(rewrite->parameter, rewrite->value);
    } else {
      const Pays pays = [&](const graph::Graph& before, const graph::Graph& after) {
        const auto old_plan = protocols::Plan(protocol, before, count::CountOps(before), current);
        const auto new_plan = protocols::Plan(protocol, after, count::CountOps(after), current);
        if (!old_plan.ok() || !new_plan.ok()) return false;
        const Load was = LoadOf(*old_plan);
        const Load is = LoadOf(*new_plan);
        return is.bytes < was.bytes && is.flights <= was.flights && is.products <= was.products;
      };
      PICOST_ASSIGN_OR_RETURN(rewritten, rewrite->apply(rewritten, pays));
      changed = rewritten.fingerprint() != steps.back().graph.fingerprint();
    }
    PICOST_ASSIGN_OR_RETURN(RewriteStep step,
                            Step(rewrite, changed, std::move(rewritten), protocol, current));
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace picost::whatif
