// Rewrites of a network that change what private inference costs: each a named,
// pure function Graph -> Graph, exact or marked as needing retraining.
//
// Exact ones give the same function (up to rounding); the others give another
// network of about the same accuracy after retraining, as their papers report.
// Where truncations go is no matter of the graph: those passes set a parameter of the
// protocols on shares, which place them late by themselves; asking for one shows what
// that saves.
#ifndef PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITES_H_
#define PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/graph/graph.h"

namespace picost::whatif {

// Whether `after` is cheaper than `before`: for passes that are not always an
// improvement.
using Pays = std::function<bool(const graph::Graph& before, const graph::Graph& after)>;

// By multiply-adds, whatever the protocol.
bool TakesFewerProducts(const graph::Graph& before, const graph::Graph& after);

struct Rewrite {
  std::string id;     // "swap-relu-maxpool"
  std::string title;  // one sentence
  std::string source;
  bool exact = false;  // false: needs retraining
  // Null: the pass sets `parameter` of the protocol, where it has it.
  absl::StatusOr<graph::Graph> (*apply)(const graph::Graph& graph, const Pays& pays) = nullptr;
  std::string parameter;
  int64_t value_before = 0;  // without the pass
  int64_t value = 0;
};

// In the order in which they help each other.
const std::vector<Rewrite>& AllRewrites();
const Rewrite* FindRewrite(std::string_view id);  // null where there is none

// kInvalidArgument naming the unknown id and listing the known ones.
absl::StatusOr<std::vector<const Rewrite*>> ResolveRewrites(const std::vector<std::string>& ids);

// Those of the graph, one after the other, in the order given. Errors as above.
absl::StatusOr<graph::Graph> ApplyRewrites(const graph::Graph& graph,
                                           const std::vector<std::string>& ids,
                                           const Pays& pays = TakesFewerProducts);

// The passes themselves.

// A batch norm joins the Conv or Linear before it, or the one after it where no
// padding lies between.
absl::StatusOr<graph::Graph> FoldBatchNorm(const graph::Graph& graph, const Pays& pays);
// MaxPool(ReLU(x)) becomes ReLU(MaxPool(x)): monotone functions commute with maxima.
absl::StatusOr<graph::Graph> SwapReluMaxPool(const graph::Graph& graph, const Pays& pays);
// Two linear layers with nothing between become one where that pays.
absl::StatusOr<graph::Graph> MergeLinearLayers(const graph::Graph& graph, const Pays& pays);
// Max pooling becomes average pooling.
absl::StatusOr<graph::Graph> AveragePooling(const graph::Graph& graph, const Pays& pays);
// ReLU(Conv(x)) becomes Conv(ReLU(x)) where x has fewer elements.
absl::StatusOr<graph::Graph> ShuffleRelus(const graph::Graph& graph, const Pays& pays);
// ReLUs right after a residual addition become linear.
absl::StatusOr<graph::Graph> PruneSkipRelus(const graph::Graph& graph, const Pays& pays);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITES_H_
