#include "estimator/whatif/rewrites/rewrites.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/count/op_counts.h"

namespace picost::whatif {

const std::vector<Rewrite>& AllRewrites() {
  static const auto* const all = [] {
    constexpr char kTruncation[] = "early_truncation";
    auto* rewrites = new std::vector<Rewrite>{
        {"fold-batch-norm", "batch norms join the linear layers next to them",
         "folklore; saves a private scale for each element and a truncation", true, FoldBatchNorm},
        {"swap-relu-maxpool", "max pooling before ReLU, so that fewer elements are compared",
         "the ResNet-50 of SCI (CrypTFlow2, CCS 2020)", true, SwapReluMaxPool},
        {"merge-linear", "linear layers with nothing between become one where that pays",
         "layers left linear by SNL (ICML 2022) and DeepReDuce (ICML 2021)", true,
         MergeLinearLayers},
        {"truncate-at-relu", "products are truncated inside the ReLU that follows",
         "SCI and OpenCheetah: the ReLU knows the sign already", true},
        {"truncate-across-add", "the truncation of a sum's operands waits for the sum",
         "SCI and OpenCheetah: one truncation for both operands", true},
        {"average-pooling", "average instead of max pooling: no comparisons",
         "DELPHI (USENIX Security 2020) and most networks of the field", false, AveragePooling},
        {"shuffle-relus", "ReLUs before a convolution that widens instead of after it",
         "ReLU shuffling of CryptoNAS (NeurIPS 2020)", false, ShuffleRelus},
        {"prune-skip-relus", "no ReLU right after a residual addition",
         "ReLU pruning of CryptoNAS (NeurIPS 2020)", false, PruneSkipRelus},
    };
    for (Rewrite& rewrite : *rewrites) {
      if (rewrite.apply == nullptr) rewrite.parameter = kTruncation;
    }
    // 1: after every product; 2: at the ReLU, but not across additions; 0: both.
    (*rewrites)[3].value_before = 1;
    (*rewrites)[3].value = 2;
    (*rewrites)[4].value_before = 2;
    (*rewrites)[4].value = 0;
    return rewrites;
  }();
  return *all;
}

const Rewrite* FindRewrite(std::string_view id) {
  for (const Rewrite& rewrite : AllRewrites()) {
    if (rewrite.id == id) return &rewrite;
  }
  return nullptr;
}

bool TakesFewerProducts(const graph::Graph& before, const graph::Graph& after) {
  return count::CountOps(after).total.macs < count::CountOps(before).total.macs;
}

absl::StatusOr<std::vector<const Rewrite*>> ResolveRewrites(const std::vector<std::string>& ids) {
  std::vector<const Rewrite*> rewrites;
  for (const std::string& id : ids) {
    rewrites.push_back(FindRewrite(id));
    if (rewrites.back() != nullptr) continue;
    std::string known;
    for (const Rewrite& candidate : AllRewrites()) {
      absl::StrAppend(&known, known.empty() ? "" : ", ", candidate.id);
    }
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("no rewrite is called \"", id, "\""),
                     {.field = "rewrites", .mend = absl::StrCat("Use some of: ", known)});
  }
  return rewrites;
}

absl::StatusOr<graph::Graph> ApplyRewrites(const graph::Graph& graph,
                                           const std::vector<std::string>& ids, const Pays& pays) {
  PICOST_ASSIGN_OR_RETURN(const auto rewrites, ResolveRewrites(ids));
  graph::Graph rewritten = graph;
  for (const Rewrite* rewrite : rewrites) {
    if (rewrite->apply == nullptr) continue;
    PICOST_ASSIGN_OR_RETURN(rewritten, rewrite->apply(rewritten, pays));
  }
  return rewritten;
}

}  // namespace picost::whatif
