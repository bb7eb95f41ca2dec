#include "estimator/whatif/rewrites/rewrites.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::whatif {

const std::vector<Rewrite>& AllRewrites() {
  static const auto* const all = new std::vector<Rewrite>{
      {"fold-batch-norm", "batch norms join the linear layers next to them",
       "folklore; saves a private scale for each element and a truncation", true, FoldBatchNorm},
      {"swap-relu-maxpool", "max pooling before ReLU, so that fewer elements are compared",
       "the ResNet-50 of SCI (CrypTFlow2, CCS 2020)", true, SwapReluMaxPool},
      {"merge-linear", "linear layers with nothing between become one where products fall",
       "layers left linear by SNL (ICML 2022) and DeepReDuce (ICML 2021)", true, MergeLinearLayers},
      {"average-pooling", "average instead of max pooling: no comparisons",
       "DELPHI (USENIX Security 2020) and most networks of the field", false, AveragePooling},
      {"shuffle-relus", "ReLUs before a convolution that widens instead of after it",
       "ReLU shuffling of CryptoNAS (NeurIPS 2020)", false, ShuffleRelus},
      {"prune-skip-relus", "no ReLU right after a residual addition",
       "ReLU pruning of CryptoNAS (NeurIPS 2020)", false, PruneSkipRelus},
  };
  return *all;
}

const Rewrite* FindRewrite(std::string_view id) {
  for (const Rewrite& rewrite : AllRewrites()) {
    if (rewrite.id == id) return &rewrite;
  }
  return nullptr;
}

absl::StatusOr<graph::Graph> ApplyRewrites(const graph::Graph& graph,
                                           const std::vector<std::string>& ids) {
  graph::Graph rewritten = graph;
  for (const std::string& id : ids) {
    const Rewrite* rewrite = FindRewrite(id);
    if (rewrite == nullptr) {
      std::string known;
      for (const Rewrite& candidate : AllRewrites()) {
        absl::StrAppend(&known, known.empty() ? "" : ", ", candidate.id);
      }
      return MakeError(absl::StatusCode::kNotFound,
                       absl::StrCat("no rewrite is called \"", id, "\""),
                       {.field = "rewrites", .mend = absl::StrCat("Use some of: ", known)});
    }
    PICOST_ASSIGN_OR_RETURN(rewritten, rewrite->apply(rewritten));
  }
  return rewritten;
}

}  // namespace picost::whatif
