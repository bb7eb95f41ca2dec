// Edits that change more than one node's attributes; the parts of ApplyEdit.
#ifndef PICOST_ESTIMATOR_WHATIF_EDIT_STRUCTURE_H_
#define PICOST_ESTIMATOR_WHATIF_EDIT_STRUCTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"

namespace picost::whatif {

// Largest polynomial degree of an edit.
inline constexpr int64_t kMaxDegree = 63;
// Largest number of channels of an edit.
inline constexpr int64_t kMaxChannels = int64_t{1} << 20;

struct Resize {
  graph::NodeId node = graph::kNoNode;
  int64_t channels = 0;
};

// All resizes at once, and what follows from them downstream.
absl::StatusOr<graph::Graph> ResizeAll(const graph::Graph& graph,
                                       const std::vector<Resize>& resizes);

// Another kind of pooling.
absl::StatusOr<graph::Graph> Swap(const graph::Graph& graph, graph::NodeId id,
                                  graph::PoolKind kind);

// The linear layer `id` and the one that follows as one layer.
absl::StatusOr<graph::Graph> Merge(const graph::Graph& graph, graph::NodeId id);

absl::Status NoSuchNode(const std::string& name);
absl::Status NotAnActivation(const graph::Node& node);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_EDIT_STRUCTURE_H_
