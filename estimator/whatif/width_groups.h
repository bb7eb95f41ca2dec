// Which linear layers must be resized together, so that the network still fits.
//
// Everything but a convolution or linear layer hands its channels on, so that all that it
// reads and makes shares one group of channels: the trunk of a stage of residual blocks is
// one group, the inner width of each block another. A layer with weights ends one group
// and begins another; a depthwise convolution hands its channels on.
#ifndef PICOST_ESTIMATOR_WHATIF_WIDTH_GROUPS_H_
#define PICOST_ESTIMATOR_WHATIF_WIDTH_GROUPS_H_

#include <cstdint>
#include <vector>

#include "estimator/graph/graph.h"
#include "estimator/whatif/graph_edit.h"

namespace picost::whatif {

struct WidthGroup {
  std::vector<graph::NodeId> layers;  // whose outputs are in the group, in order
};

struct WidthGroups {
  // In the order of their first layers. Not: channels of the client's input and of the
  // result, which the task gives.
  std::vector<WidthGroup> groups;
  std::vector<int32_t> of_value;  // by ValueId: index into groups, -1 for none

  // Whether a layer reads the channels of one and makes those of the other.
  bool Neighbours(const graph::Graph& graph, int32_t a, int32_t b) const;
};

WidthGroups FindWidthGroups(const graph::Graph& graph);

// Each layer of the group with `share` (> 0) of its channels: the nearest multiple of its
// groups of channels, at least one of them.
std::vector<EditOperation> ResizeTo(const graph::Graph& graph, const WidthGroup& group,
                                    double share);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_WIDTH_GROUPS_H_
