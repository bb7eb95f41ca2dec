#include "estimator/graph/graph.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/graph_fingerprint.h"

namespace picost::graph {
namespace {

absl::Status Broken(const std::string& what) {
  return absl::InternalError(absl::StrCat("Graph::Create: ", what));
}

absl::Status CheckType(const TensorType& type) {
  int64_t count = 1;
  for (int64_t dim : type.dims) {
    if (dim < 0) return Broken(absl::StrCat("negative dimension ", dim));
    const auto product = CheckedMultiply(count, dim);
    if (!product) return Broken("the number of elements overflows");
    count = *product;
  }
  return absl::OkStatus();
}

absl::Status CheckValues(const Graph::Parts& parts) {
  const NodeId node_count = static_cast<NodeId>(parts.nodes.size());
  for (size_t i = 0; i < parts.values.size(); ++i) {
    const Value& value = parts.values[i];
    PICOST_RETURN_IF_ERROR(CheckType(value.type));
    const bool made = value.source == ValueSource::kNode;
    if (made != (value.producer != kNoNode)) {
      return Broken(absl::StrCat("value ", i, ": source and producer disagree"));
    }
    if (value.producer < kNoNode || value.producer >= node_count) {
      return Broken(absl::StrCat("value ", i, ": no node ", value.producer));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNodes(const Graph::Parts& parts) {
  const ValueId value_count = static_cast<ValueId>(parts.values.size());
  std::set<std::string_view> names;
  std::vector<bool> made(parts.values.size(), false);
  for (size_t n = 0; n < parts.nodes.size(); ++n) {
    const Node& node = parts.nodes[n];
    if (node.name.empty()) return Broken(absl::StrCat("node ", n, " has no name"));
    if (!names.insert(node.name).second) {
      return Broken(absl::StrCat("two nodes named \"", node.name, "\""));
    }
    for (ValueId id : node.inputs) {
      if (id < 0 || id >= value_count) {
        return Broken(absl::StrCat("node \"", node.name, "\" reads no value ", id));
      }
      if (parts.values[id].source == ValueSource::kNode && !made[id]) {
        return Broken(
            absl::StrCat("node \"", node.name, "\" reads value ", id, " before it is made"));
      }
    }
    if (node.outputs.empty()) return Broken(absl::StrCat("node \"", node.name, "\" makes nothing"));
    for (ValueId id : node.outputs) {
      if (id < 0 || id >= value_count || made[id] ||
          parts.values[id].producer != static_cast<NodeId>(n)) {
        return Broken(absl::StrCat("node \"", node.name, "\" cannot make value ", id));
      }
      made[id] = true;
    }
  }
  for (size_t i = 0; i < parts.values.size(); ++i) {
    if (parts.values[i].source == ValueSource::kNode && !made[i]) {
      return Broken(absl::StrCat("value ", i, " is made by no node"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckEnds(const Graph::Parts& parts) {
  const ValueId value_count = static_cast<ValueId>(parts.values.size());
  for (ValueId id : parts.inputs) {
    if (id < 0 || id >= value_count || parts.values[id].source != ValueSource::kInput) {
      return Broken(absl::StrCat("graph input ", id, " is no input value"));
    }
  }
  if (parts.outputs.empty()) return Broken("no outputs");
  for (ValueId id : parts.outputs) {
    if (id < 0 || id >= value_count) return Broken(absl::StrCat("no output value ", id));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Graph> Graph::Create(Parts parts) {
  PICOST_RETURN_IF_ERROR(CheckValues(parts));
  PICOST_RETURN_IF_ERROR(CheckNodes(parts));
  PICOST_RETURN_IF_ERROR(CheckEnds(parts));
  Graph graph;
  graph.consumers_.resize(parts.values.size());
  for (size_t n = 0; n < parts.nodes.size(); ++n) {
    for (ValueId id : parts.nodes[n].inputs) {
      std::vector<NodeId>& readers = graph.consumers_[id];
      // A node that reads a value twice (x * x) is one reader.
      if (readers.empty() || readers.back() != static_cast<NodeId>(n)) {
        readers.push_back(static_cast<NodeId>(n));
      }
    }
  }
  graph.fingerprint_ = ComputeFingerprint(parts);
  graph.parts_ = std::move(parts);
  return graph;
}

}  // namespace picost::graph
