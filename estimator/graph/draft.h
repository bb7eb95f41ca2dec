// A graph under construction: what the importer writes and the passes rewrite.
//
// Beside the parts of the later Graph it keeps the values of small constants,
// which shape arithmetic and pattern recognition read. They end here: a Graph
// has no data.
#ifndef PICOST_ESTIMATOR_GRAPH_DRAFT_H_
#define PICOST_ESTIMATOR_GRAPH_DRAFT_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "estimator/graph/graph.h"

namespace picost::graph {

// Elements in row-major order; monostate: not known. Booleans are integers.
using ConstantData = std::variant<std::monostate, std::vector<int64_t>, std::vector<double>>;

struct Draft {
  Graph::Parts parts;
  // By ValueId. A deque: references stay good while values are added.
  std::deque<ConstantData> data;

  ValueId AddValue(Value value, ConstantData known = {}) {
    parts.values.push_back(std::move(value));
    data.push_back(std::move(known));
    return static_cast<ValueId>(parts.values.size() - 1);
  }

  // Shared between the parties or the client's own: what computing costs for.
  bool IsPrivate(ValueId id) const {
    const ValueSource source = parts.values[id].source;
    return source == ValueSource::kInput || source == ValueSource::kNode;
  }
};

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_DRAFT_H_
