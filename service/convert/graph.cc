#include "service/convert/graph.h"

#include "service/utf8.h"

namespace picost::service {
namespace {

const char* ElementTypeName(graph::ElementType type) {
  switch (type) {
    case graph::ElementType::kFloat:
      return "float";
    case graph::ElementType::kInteger:
      return "integer";
    case graph::ElementType::kBool:
      return "bool";
    case graph::ElementType::kString:
      return "string";
  }
  return "";
}

}  // namespace

void ToProto(const count::Counts& from, v1::Counts& to) {
  to.set_relu_elements(from.relu_elements);
  to.set_relu_calls(from.relu_calls);
  to.set_comparisons(from.comparisons);
  to.set_multiplications(from.multiplications);
  to.set_squares(from.squares);
  to.set_exponentials(from.exponentials);
  to.set_reciprocals(from.reciprocals);
  to.set_macs(from.macs);
  to.set_conv_macs(from.conv_macs);
  to.set_linear_macs(from.linear_macs);
  to.set_private_matmul_macs(from.private_matmul_macs);
  to.set_parameters(from.parameters);
  to.set_output_elements(from.output_elements);
  to.set_maxpool_comparisons(from.maxpool_comparisons);
  to.set_weight_products(from.weight_products);
  to.set_truncations(from.truncations);
  for (const auto& [kind, elements] : from.elements_by_kind) {
    auto* entry = to.add_elements_by_kind();
    entry->set_name(kind);
    entry->set_value(elements);
  }
}

void ToProto(const graph::Value& from, v1::TensorShape& to) {
  to.set_name(ToUtf8(from.name));
  to.set_element_type(ElementTypeName(from.type.element_type));
  for (const int64_t dim : from.type.dims) to.add_dimensions(dim);
  to.set_bits(from.type.bits);
}

void ToProto(const graph::ParameterTensor& from, v1::ParameterTensor& to) {
  to.set_name(ToUtf8(from.name));
  for (const int64_t dim : from.dims) to.add_dimensions(dim);
  to.set_data_type(from.data_type);
  to.set_elements(from.elements);
  to.set_bytes(from.bytes);
}

void ToProto(const graph::ImportNotes& from, v1::ImportNotes& to) {
  to.set_ir_version(from.ir_version);
  to.set_opset(from.opset);
  to.set_producer(ToUtf8(from.producer));
  for (const std::string& warning : from.warnings) to.add_warnings(ToUtf8(warning));
  for (const auto& unknown : from.unknown) {
    auto* entry = to.add_unknown_operators();
    entry->set_node(ToUtf8(unknown.node));
    entry->set_onnx_operator(ToUtf8(unknown.op));
    entry->set_elements(unknown.elements);
  }
  to.set_parameter_elements(from.parameter_elements);
}

void LayerToProto(const LoadedGraph& from, graph::NodeId id, v1::Layer& to) {
  const graph::Node& node = from.graph.node(id);
  to.set_node(ToUtf8(node.name));
  to.set_kind(graph::KindName(node.attributes));
  to.set_onnx_operator(ToUtf8(node.onnx_op));
  for (const graph::ValueId input : node.inputs) {
    const graph::Value& value = from.graph.value(input);
    // Weights and constants are the server's own business.
    if (value.source == graph::ValueSource::kInput || value.source == graph::ValueSource::kNode) {
      ToProto(value, *to.add_inputs());
    } else if (value.source == graph::ValueSource::kWeight && to.weight_bits() == 0) {
      to.set_weight_bits(value.type.bits);
    }
  }
  for (const graph::ValueId output : node.outputs) {
    ToProto(from.graph.value(output), *to.add_outputs());
  }
  ToProto(from.counts.by_node[id], *to.mutable_counts());
}

}  // namespace picost::service
