// What each rewrite of a list saves under a protocol: a plan before, and one after each.
#ifndef PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITE_STEPS_H_
#define PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITE_STEPS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "estimator/whatif/rewrites/rewrites.h"

namespace picost::whatif {

struct RewriteStep {
  const Rewrite* rewrite = nullptr;  // null: the network as it was given
  bool changed = false;
  graph::Graph graph;
  count::OpCounts counts;
  primitives::Parameters parameters;  // those to plan with
  // kUnimplemented: the protocol refuses this network.
  absl::StatusOr<protocols::ProtocolPlan> plan;
};

// The network as it was given, then a step for each rewrite in the order of `ids`.
//
// A pass that sets a parameter is compared with a plan without it: where the caller
// sets that parameter himself, his value is the one before. merge-linear merges where
// bytes per inference fall and neither flights nor ciphertext products rise.
// Unknown rewrites, protocols and parameters: errors as of ResolveRewrites and Plan.
absl::StatusOr<std::vector<RewriteStep>> PlanRewrites(const graph::Graph& graph,
                                                      std::string_view protocol,
                                                      const primitives::Parameters& parameters,
                                                      const std::vector<std::string>& ids);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITE_STEPS_H_
