// Folds what follows a linear layer into its weights.
#ifndef PICOST_ESTIMATOR_GRAPH_PASSES_FOLD_AFFINE_H_
#define PICOST_ESTIMATOR_GRAPH_PASSES_FOLD_AFFINE_H_

#include "estimator/graph/draft.h"

namespace picost::graph {

// A batch normalization, or a sum with a per-channel weight, that is the only
// reader of a Conv or Linear is part of it: scales go into the weights, shifts
// into the bias, exactly, before the protocol begins. The server does this
// however the file was exported.
void FoldAffine(Draft& draft);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_PASSES_FOLD_AFFINE_H_
