// The digest that names a graph.
#ifndef PICOST_ESTIMATOR_GRAPH_GRAPH_FINGERPRINT_H_
#define PICOST_ESTIMATOR_GRAPH_GRAPH_FINGERPRINT_H_

#include <string>

#include "estimator/graph/graph.h"

namespace picost::graph {

// Covers node names, attributes, wiring, types and sources of values. Left out:
// names of values, the notes of the import and the operator a node once was,
// because no answer about cost depends on them.
std::string ComputeFingerprint(const Graph::Parts& parts);

// The same without names: equal for graphs that cost the same by construction.
std::string ComputeAnonymousFingerprint(const Graph::Parts& parts);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_GRAPH_FINGERPRINT_H_
