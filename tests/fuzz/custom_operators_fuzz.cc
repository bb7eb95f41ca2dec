// Descriptions of custom operators as a stranger may send them: any text, with a
// file that uses the operators my.lab.Op and my.lab.Two.
//
//   bazel build --config=fuzz //tests/fuzz:custom_operators_fuzzer
#include <cstdint>
#include <string>

#include "onnx/onnx_pb.h"
#include "tests/fuzz/laws.h"

namespace {

void AddInput(::onnx::GraphProto& graph, const char* name, std::initializer_list<int64_t> dims) {
  auto& input = *graph.add_input();
  input.set_name(name);
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(::onnx::TensorProto::FLOAT);
  for (const int64_t dim : dims) tensor.mutable_shape()->add_dim()->set_dim_value(dim);
}

// y, z = my.lab.Two(my.lab.Op(x, w), w), with an integer attribute "groups".
std::string MakeModel() {
  ::onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  auto& lab = *model.add_opset_import();
  lab.set_domain("my.lab");
  lab.set_version(1);
  auto& graph = *model.mutable_graph();
  AddInput(graph, "x", {2, 6, 4});
  AddInput(graph, "w", {4, 8});
  for (const char* type : {"Op", "Two"}) {
    auto& node = *graph.add_node();
    node.set_op_type(type);
    node.set_domain("my.lab");
    node.add_input(graph.node_size() == 1 ? "x" : "t");
    node.add_input("w");
    node.add_output(graph.node_size() == 1 ? "t" : "y");
    if (graph.node_size() == 2) node.add_output("z");
    auto& attribute = *node.add_attribute();
    attribute.set_name("groups");
    attribute.set_type(::onnx::AttributeProto::INT);
    attribute.set_i(2);
  }
  graph.add_output()->set_name("y");
  return model.SerializeAsString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string& model = *new std::string(MakeModel());
  auto options = picost::fuzz::SmallOptions(size);
  options.custom_operators.assign(reinterpret_cast<const char*>(data), size);
  picost::fuzz::CheckImport(model, options);
  return 0;
}
