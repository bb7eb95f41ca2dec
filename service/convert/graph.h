// Graphs and counts -> wire.
#ifndef PICOST_SERVICE_CONVERT_GRAPH_H_
#define PICOST_SERVICE_CONVERT_GRAPH_H_

#include <map>
#include <string>

#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "proto/picost/v1/graph.pb.h"

namespace picost::service {

// A graph with its counts: what the service asks everything about.
struct LoadedGraph {
  graph::Graph graph;
  count::OpCounts counts;

  std::string ModelName() const { return "models/" + graph.fingerprint(); }
};

void ToProto(const count::Counts& from, v1::Counts& to);
void ToProto(const graph::Value& from, v1::TensorShape& to);
void ToProto(const graph::ParameterTensor& from, v1::ParameterTensor& to);
void ToProto(const graph::ImportNotes& from, v1::ImportNotes& to);
void LayerToProto(const LoadedGraph& from, graph::NodeId node, v1::Layer& to);

// Inputs and outputs of the whole graph; Message: Model or Inspection.
template <typename Message>
void EndsToProto(const graph::Graph& from, Message& to) {
  for (const graph::ValueId id : from.inputs()) ToProto(from.value(id), *to.add_inputs());
  for (const graph::ValueId id : from.outputs()) ToProto(from.value(id), *to.add_outputs());
}

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_GRAPH_H_
