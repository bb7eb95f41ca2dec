#include "estimator/graph/onnx_text.h"

#include <cstdio>
#include <cstdlib>
#include <set>

#include "absl/strings/str_cat.h"
#include "onnx/defs/parser.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {
namespace {

// A value that is declared between < and > without data, and that no node makes,
// is a weight whose payload was cleared.
void MakeWeights(::onnx::GraphProto& graph) {
  std::set<std::string> known;
  for (const auto& tensor : graph.initializer()) known.insert(tensor.name());
  for (const auto& node : graph.node()) known.insert(node.output().begin(), node.output().end());
  for (const auto& value : graph.value_info()) {
    if (!known.insert(value.name()).second) continue;
    ::onnx::TensorProto& tensor = *graph.add_initializer();
    tensor.set_name(value.name());
    tensor.set_data_type(value.type().tensor_type().elem_type());
    for (const auto& dim : value.type().tensor_type().shape().dim()) {
      tensor.add_dims(dim.dim_value());
    }
  }
}

}  // namespace

std::string OnnxFromText(const std::string& text) {
  ::onnx::ModelProto model;
  ::onnx::OnnxParser parser(text.c_str());
  const auto status = parser.Parse(model);
  if (!status.IsOK()) {
    std::fprintf(stderr, "%s in:\n%s\n", status.ErrorMessage().c_str(), text.c_str());
    std::abort();
  }
  MakeWeights(*model.mutable_graph());
  return model.SerializeAsString();
}

std::string OnnxGraph(const std::string& graph, int opset) {
  return OnnxFromText(
      absl::StrCat("<ir_version: 8, opset_import: [\"\" : ", opset, "]>\nmodel ", graph));
}

}  // namespace picost::graph
