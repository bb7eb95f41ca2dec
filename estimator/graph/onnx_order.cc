#include "estimator/graph/onnx_order.h"

#include <functional>
#include <queue>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::graph {
namespace {

using Nodes = google::protobuf::RepeatedPtrField<::onnx::NodeProto>;

// Everything that the node reads, the captures of its subgraphs included. Names
// that the subgraphs define themselves do no harm: nobody outside makes them.
void VisitReads(const ::onnx::NodeProto& node,
                const std::function<void(const std::string&)>& visit) {
  for (const std::string& name : node.input()) visit(name);
  const auto visit_graph = [&](const ::onnx::GraphProto& graph) {
    for (const auto& inner : graph.node()) VisitReads(inner, visit);
    for (const auto& output : graph.output()) visit(output.name());
  };
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) visit_graph(attribute.g());
    for (const auto& graph : attribute.graphs()) visit_graph(graph);
  }
}

std::string NameOf(const ::onnx::NodeProto& node) {
  if (!node.name().empty() || node.output_size() == 0) return node.name();
  return node.output(0);
}

}  // namespace

absl::StatusOr<std::vector<int>> OrderNodes(const Nodes& nodes) {
  absl::flat_hash_map<std::string, int> maker;
  for (int i = 0; i < nodes.size(); ++i) {
    for (const std::string& output : nodes[i].output()) {
      if (output.empty()) continue;
      const auto [other, fresh] = maker.emplace(output, i);
      if (!fresh) {
        return MakeError(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("the value \"", output, "\" is made twice, also by node \"",
                                      NameOf(nodes[other->second]), "\""),
                         {.node = NameOf(nodes[i]),
                          .op = nodes[i].op_type(),
                          .mend = "Give every value one producer"});
      }
    }
  }
  std::vector<std::vector<int>> readers(static_cast<size_t>(nodes.size()));
  std::vector<int> waiting(static_cast<size_t>(nodes.size()), 0);
  for (int i = 0; i < nodes.size(); ++i) {
    VisitReads(nodes[i], [&](const std::string& name) {
      const auto found = maker.find(name);
      if (found == maker.end()) return;
      readers[found->second].push_back(i);
      ++waiting[i];
    });
  }
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (int i = 0; i < nodes.size(); ++i) {
    if (waiting[i] == 0) ready.push(i);
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int node = ready.top();
    ready.pop();
    order.push_back(node);
    for (int reader : readers[node]) {
      if (--waiting[reader] == 0) ready.push(reader);
    }
  }
  for (int i = 0; i < nodes.size(); ++i) {
    if (waiting[i] == 0) continue;
    return MakeError(absl::StatusCode::kInvalidArgument,
                     "the nodes form a cycle: this one waits for its own result",
                     {.node = NameOf(nodes[i]),
                      .op = nodes[i].op_type(),
                      .mend = "Export the model again; ONNX graphs have no cycles"});
  }
  return order;
}

}  // namespace picost::graph
