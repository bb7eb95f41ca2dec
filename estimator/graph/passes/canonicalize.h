// The passes that make a draft canonical, in their order.
#ifndef PICOST_ESTIMATOR_GRAPH_PASSES_CANONICALIZE_H_
#define PICOST_ESTIMATOR_GRAPH_PASSES_CANONICALIZE_H_

#include <string_view>
#include <vector>

#include "estimator/graph/draft.h"

namespace picost::graph {

struct Pass {
  std::string_view name;
  void (*run)(Draft& draft);
};

// Identities, dropout and shape arithmetic are gone before: the importers fold
// them while they read.
const std::vector<Pass>& CanonicalPasses();

// Runs them all; fold_affine: without that one where false. Idempotent: a second run
// changes nothing.
void Canonicalize(Draft& draft, bool fold_affine = true);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_PASSES_CANONICALIZE_H_
