// Edits of a network: what a search loop varies.
//
// An edit is a pure function Graph -> Graph, so that an edited network goes the
// same path as an imported one. Laws (graph_edit_test):
//   * the base must match: an edit of another graph is refused;
//   * an edit of an edit is one edit: ApplyEdit(ApplyEdit(g, a), b) equals
//     ApplyEdit(g, Then(a, b));
//   * nodes are named as in the caller's file, and keep their names.
#ifndef PICOST_ESTIMATOR_WHATIF_GRAPH_EDIT_H_
#define PICOST_ESTIMATOR_WHATIF_GRAPH_EDIT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"

namespace picost::whatif {

// What the number of kept elements is given as. Cost depends on the number alone.
enum class Granularity {
  kLayer,    // `count` elements
  kChannel,  // all elements of each of `channels`
  kPixel,    // `bitmap` over the positions of one channel, the same in all channels
  kMask,     // `bitmap` over all elements, in row-major order
};

// How many elements of an activation still compute it; the others become the
// identity. Counts are of the whole activation, not of what an earlier edit left.
struct KeepRelus {
  std::string node;
  Granularity granularity = Granularity::kLayer;
  int64_t count = 0;
  std::vector<int64_t> channels;  // distinct, from 0
  // Bit i is bit i % 8 of byte i / 8; the bits after the last one are 0.
  std::string bitmap;
};

// A polynomial with public coefficients instead of an activation, on all elements.
struct ReplaceActivation {
  std::string node;
  int64_t degree = 2;
  std::string scheme;  // how it is evaluated; empty: the protocol's default
};

// The identity instead of an activation. The node stays: a fixed-point protocol
// may still have to truncate there, and a later edit may bring elements back.
struct RemoveActivation {
  std::string node;
};

// Another number of output channels (features) of a convolution or linear layer,
// with everything downstream. Resizes that stand next to each other in an edit are
// made at once, since both operands of an addition must agree. Activations on the
// way that keep a part of their elements keep the same share, rounded down.
struct ResizeChannels {
  std::string node;
  int64_t channels = 0;
};

struct SwapPool {
  std::string node;
  graph::PoolKind kind = graph::PoolKind::kAverage;  // max or average
};

// A linear layer together with the next one, where nothing but removed activations
// is between: the composed kernel takes the second one's name.
struct MergeLinear {
  std::string node;  // the first one
};

using EditOperation = std::variant<KeepRelus, ReplaceActivation, RemoveActivation, ResizeChannels,
                                   SwapPool, MergeLinear>;

struct GraphEdit {
  std::string base;  // fingerprint of the graph that is edited
  std::vector<EditOperation> operations;
};

// kFailedPrecondition where the base is another graph; kNotFound for a node that
// is not there; kInvalidArgument or kUnimplemented for an operation that the
// node cannot take. `field` of errors is "operations[i]...".
absl::StatusOr<graph::Graph> ApplyEdit(const graph::Graph& graph, const GraphEdit& edit);

// One edit that does what `first` and then `second` do.
GraphEdit Then(GraphEdit first, const GraphEdit& second);

// Whether the operation changes one activation's attributes alone.
bool IsActivationEdit(const EditOperation& operation);

// The activation that an activation edit makes of `current`, which is node `node`
// of the graph (possibly edited before). Errors as above, without the index.
absl::StatusOr<graph::Activation> EditActivation(const graph::Graph& graph, const graph::Node& node,
                                                 const graph::Activation& current,
                                                 const EditOperation& operation);

// Name of the node that the operation is about.
const std::string& EditedNode(const EditOperation& operation);

// Set bits.
int64_t CountBits(std::string_view bitmap);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_GRAPH_EDIT_H_
