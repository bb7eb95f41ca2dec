// Activations that the exporter took apart, put together again.
#ifndef PICOST_ESTIMATOR_GRAPH_PASSES_ACTIVATION_PATTERNS_H_
#define PICOST_ESTIMATOR_GRAPH_PASSES_ACTIVATION_PATTERNS_H_

#include "estimator/graph/draft.h"

namespace picost::graph {

// GELU (by erf or tanh), SiLU and its scaled forms, HardSwish, HardSigmoid, Mish,
// sigmoid from exp, ReLU and ReLU6 from Max and Min. Each becomes one node named as the last of its
// parts; parts that nothing else reads are gone.
void RecognizeActivations(Draft& draft);

// A polynomial of degree 2 or more in one value, written as sums, products and
// powers with known coefficients, becomes one polynomial activation.
void RecognizePolynomials(Draft& draft);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_PASSES_ACTIVATION_PATTERNS_H_
