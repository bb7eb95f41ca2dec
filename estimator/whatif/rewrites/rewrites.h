// Rewrites of a network that change what private inference costs: each a named,
// pure function Graph -> Graph, exact or marked as needing retraining.
//
// Exact ones give the same function (up to rounding); the others give another
// network of about the same accuracy after retraining, as their papers report.
// Where truncations go is no rewrite of the graph but a parameter of the protocols
// on shares (early_truncation): they place them late by themselves.
#ifndef PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITES_H_
#define PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/graph/graph.h"

namespace picost::whatif {

struct Rewrite {
  std::string id;     // "swap-relu-maxpool"
  std::string title;  // one sentence
  std::string source;
  bool exact = false;  // false: needs retraining
  absl::StatusOr<graph::Graph> (*apply)(const graph::Graph& graph) = nullptr;
};

// In the order in which ApplyRewrites("all exact") would run them.
const std::vector<Rewrite>& AllRewrites();
const Rewrite* FindRewrite(std::string_view id);  // null where there is none

// One after the other, in the order given. kNotFound naming the unknown id and
// listing the known ones.
absl::StatusOr<graph::Graph> ApplyRewrites(const graph::Graph& graph,
                                           const std::vector<std::string>& ids);

// The passes themselves.

// A batch norm joins the Conv or Linear before it, or the one after it where no
// padding lies between.
absl::StatusOr<graph::Graph> FoldBatchNorm(const graph::Graph& graph);
// MaxPool(ReLU(x)) becomes ReLU(MaxPool(x)): monotone functions commute with maxima.
absl::StatusOr<graph::Graph> SwapReluMaxPool(const graph::Graph& graph);
// Two linear layers with nothing between become one where that takes fewer products.
absl::StatusOr<graph::Graph> MergeLinearLayers(const graph::Graph& graph);
// Max pooling becomes average pooling.
absl::StatusOr<graph::Graph> AveragePooling(const graph::Graph& graph);
// ReLU(Conv(x)) becomes Conv(ReLU(x)) where x has fewer elements.
absl::StatusOr<graph::Graph> ShuffleRelus(const graph::Graph& graph);
// ReLUs right after a residual addition become linear.
absl::StatusOr<graph::Graph> PruneSkipRelus(const graph::Graph& graph);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_REWRITES_REWRITES_H_
