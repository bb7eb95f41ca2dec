// Normalizations and softmax that the exporter took apart.
#ifndef PICOST_ESTIMATOR_GRAPH_PASSES_NORM_PATTERNS_H_
#define PICOST_ESTIMATOR_GRAPH_PASSES_NORM_PATTERNS_H_

#include "estimator/graph/draft.h"

namespace picost::graph {

// Layer and RMS normalization from means, squares and roots; group normalization
// from instance normalization between two reshapes; the scale and shift that
// follow any of them; softmax from exp and a sum. Each becomes one node.
void RecognizeNormalizations(Draft& draft);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_PASSES_NORM_PATTERNS_H_
