#include "estimator/graph/onnx_functions.h"

#include "google/protobuf/unknown_field_set.h"

namespace picost::graph {
namespace {

using Nodes = google::protobuf::RepeatedPtrField<::onnx::NodeProto>;

void Bind(::onnx::NodeProto& node, const std::map<std::string, ::onnx::AttributeProto>& given) {
  google::protobuf::RepeatedPtrField<::onnx::AttributeProto> bound;
  for (auto& attribute : *node.mutable_attribute()) {
    if (attribute.ref_attr_name().empty()) {
      if (attribute.has_g()) {
        for (auto& inner : *attribute.mutable_g()->mutable_node()) Bind(inner, given);
      }
      *bound.Add() = attribute;
      continue;
    }
    const auto found = given.find(attribute.ref_attr_name());
    if (found == given.end()) continue;
    *bound.Add() = found->second;
    bound.rbegin()->set_name(attribute.name());
  }
  node.mutable_attribute()->Swap(&bound);
}

// Defaults of a function's attributes: field 11 of FunctionProto, which is
// younger than the installed onnx.proto and so among the unknown fields.
void AddDefaults(const ::onnx::FunctionProto& function,
                 std::map<std::string, ::onnx::AttributeProto>& given) {
  const google::protobuf::UnknownFieldSet& unknown = function.unknown_fields();
  for (int i = 0; i < unknown.field_count(); ++i) {
    const auto& field = unknown.field(i);
    if (field.number() != 11 ||
        field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      continue;
    }
    ::onnx::AttributeProto attribute;
    if (attribute.ParseFromString(field.length_delimited())) {
      given.emplace(attribute.name(), attribute);
    }
  }
}

}  // namespace

FunctionTable::FunctionTable(const ::onnx::ModelProto& model) {
  for (const auto& function : model.functions()) {
    const std::string domain = function.domain() == "ai.onnx" ? "" : function.domain();
    functions_.emplace(std::make_pair(domain, function.name()), &function);
  }
}

const ::onnx::FunctionProto* FunctionTable::Find(const std::string& domain,
                                                 const std::string& name) const {
  const auto found = functions_.find(std::make_pair(domain, name));
  return found == functions_.end() ? nullptr : found->second;
}

Nodes BindAttributes(const ::onnx::FunctionProto& function, const ::onnx::NodeProto& call) {
  std::map<std::string, ::onnx::AttributeProto> given;
  for (const auto& attribute : call.attribute()) given.emplace(attribute.name(), attribute);
  AddDefaults(function, given);
  Nodes nodes = function.node();
  for (auto& node : nodes) Bind(node, given);
  return nodes;
}

}  // namespace picost::graph
