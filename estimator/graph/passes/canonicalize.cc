#include "estimator/graph/passes/canonicalize.h"

#include "estimator/graph/passes/activation_patterns.h"
#include "estimator/graph/passes/drop_unused.h"
#include "estimator/graph/passes/fold_affine.h"
#include "estimator/graph/passes/norm_patterns.h"

namespace picost::graph {

const std::vector<Pass>& CanonicalPasses() {
  static const auto& passes = *new std::vector<Pass>{
      {"drop_unused_nodes", DropUnusedNodes},
      {"recognize_normalizations", RecognizeNormalizations},
      {"recognize_activations", RecognizeActivations},
      {"recognize_polynomials", RecognizePolynomials},
      {"fold_affine", FoldAffine},
      {"compact_values", CompactValues},
  };
  return passes;
}

void Canonicalize(Draft& draft, bool fold_affine) {
  for (const Pass& pass : CanonicalPasses()) {
    if (fold_affine || pass.run != FoldAffine) pass.run(draft);
  }
}

}  // namespace picost::graph
