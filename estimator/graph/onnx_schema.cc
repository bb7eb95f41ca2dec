#include "estimator/graph/onnx_schema.h"

#include <exception>

#include "absl/strings/str_cat.h"
#include "onnx/defs/schema.h"

namespace picost::graph {
namespace {

// The newest opset of the default domain in libonnx's registry.
int64_t NewestOpset() {
  static const int64_t newest = [] {
    const auto& map = ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
    const auto found = map.find("");
    return found == map.end() ? 0 : int64_t{found->second.second};
  }();
  return newest;
}

std::string Check(const ::onnx::NodeProto& node, int64_t opset) {
  const ::onnx::OpSchema* schema =
      ::onnx::OpSchemaRegistry::Schema(node.op_type(), static_cast<int>(opset), "");
  if (schema == nullptr) return "";
  if (node.input_size() < schema->min_input() || node.input_size() > schema->max_input()) {
    return absl::StrCat("it has ", node.input_size(), " inputs; its schema allows ",
                        schema->min_input(), " to ", schema->max_input());
  }
  if (node.output_size() < schema->min_output() || node.output_size() > schema->max_output()) {
    return absl::StrCat("it has ", node.output_size(), " outputs; its schema allows ",
                        schema->min_output(), " to ", schema->max_output());
  }
  for (const auto& [name, attribute] : schema->attributes()) {
    if (!attribute.required) continue;
    bool found = false;
    for (const auto& given : node.attribute()) found = found || given.name() == name;
    if (!found) return absl::StrCat("the attribute \"", name, "\" is required and missing");
  }
  return "";
}

}  // namespace

std::string FindSchemaViolation(const ::onnx::NodeProto& node, int64_t opset) {
  try {
    const bool is_default = node.domain().empty() || node.domain() == "ai.onnx";
    if (!is_default || opset < 1 || opset > NewestOpset()) return "";
    return Check(node, opset);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace picost::graph
