#include "estimator/protocols/memory.h"

#include <algorithm>
#include <vector>

#include "estimator/primitives/forms.h"

namespace picost::protocols {

using graph::NodeId;
using graph::ValueId;
using primitives::MemoryItem;
using primitives::Phase;
using primitives::Product;
using primitives::Sum;

int64_t PeakLiveElements(const graph::Graph& graph) {
  const auto nodes = static_cast<NodeId>(graph.nodes().size());
  std::vector<NodeId> last_reader(graph.values().size(), graph::kNoNode);
  for (NodeId id = 0; id < nodes; ++id) {
    for (ValueId input : graph.node(id).inputs) last_reader[input] = id;
  }
  for (ValueId output : graph.outputs()) last_reader[output] = nodes;
  const auto elements = [&graph](ValueId id) {
    const graph::Value& value = graph.value(id);
    const bool shared =
        value.source == graph::ValueSource::kNode || value.source == graph::ValueSource::kInput;
    return shared ? value.type.ElementCount() : 0;
  };
  int64_t live = 0;
  for (ValueId input : graph.inputs()) live = Sum({live, elements(input)});
  int64_t peak = live;
  for (NodeId id = 0; id < nodes; ++id) {
    const graph::Node& node = graph.node(id);
    for (ValueId output : node.outputs) live = Sum({live, elements(output)});
    peak = std::max(peak, live);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId input = node.inputs[i];
      const bool repeated =
          std::find(node.inputs.begin(), node.inputs.begin() + i, input) != node.inputs.begin() + i;
      if (!repeated && last_reader[input] == id) live -= elements(input);
    }
    for (ValueId output : node.outputs) {
      if (last_reader[output] == graph::kNoNode) live -= elements(output);
    }
  }
  return peak;
}

MemoryItem LiveShares(const graph::Graph& graph, int64_t element_bytes) {
  const Bytes bytes(Product({PeakLiveElements(graph), element_bytes}));
  return {.name = "shares of activations",
          .phase = Phase::kOnline,
          .client = bytes,
          .server = bytes,
          .note = "of the values that are alive at once"};
}

MemoryItem ModelWeights(const PlanContext& context, int64_t element_bytes, bool shared) {
  const Bytes bytes(Product({context.counts.total.parameters, element_bytes}));
  return {.name = shared ? "shares of the weights" : "weights",
          .phase = Phase::kSetup,
          .client = shared ? bytes : Bytes(0),
          .server = bytes,
          .note = shared ? "each party holds a share"
                         : "in the clear at the server; the client has none"};
}

}  // namespace picost::protocols
