#include "estimator/graph/onnx_translate.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_functions.h"
#include "estimator/graph/onnx_inputs.h"
#include "estimator/graph/onnx_ops/custom.h"
#include "estimator/graph/onnx_ops/import_state.h"
#include "estimator/graph/onnx_ops/op_context.h"
#include "estimator/graph/onnx_ops/op_table.h"
#include "estimator/graph/onnx_ops/tensor_data.h"
#include "estimator/graph/onnx_order.h"
#include "estimator/graph/onnx_schema.h"

namespace picost::graph {
namespace {

using ops::kAbsent;
using ops::OpContext;

using Opsets = std::map<std::string, int64_t>;
using Nodes = google::protobuf::RepeatedPtrField<::onnx::NodeProto>;

// Names of one graph or function body; subgraphs see the names around them.
struct Scope {
  const Scope* parent = nullptr;
  std::string prefix;  // of node names: "layer1/"
  const Opsets* opsets = nullptr;
  int64_t depth = 0;
  absl::flat_hash_map<std::string, ValueId> names;

  ValueId Find(const std::string& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->parent) {
      const auto found = scope->names.find(name);
      if (found != scope->names.end()) return found->second;
    }
    return kAbsent;
  }
};

std::string NormalDomain(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

Opsets ReadOpsets(const google::protobuf::RepeatedPtrField<::onnx::OperatorSetIdProto>& imports) {
  Opsets opsets;
  for (const auto& import : imports) opsets[NormalDomain(import.domain())] = import.version();
  return opsets;
}

class Translator {
 public:
  Translator(const ::onnx::ModelProto& model, const ImportOptions& options)
      : model_(model), binder_(options), functions_(model) {
    state_.options = options;
  }

  absl::StatusOr<Draft> Run() {
    PICOST_RETURN_IF_ERROR(ReadHeader());
    PICOST_ASSIGN_OR_RETURN(custom_, ops::CustomOps::Parse(state_.options.custom_operators));
    Scope scope{.opsets = &opsets_};
    const ::onnx::GraphProto& graph = model_.graph();
    PICOST_RETURN_IF_ERROR(AddInitializers(graph, scope));
    PICOST_RETURN_IF_ERROR(AddInputs(graph, scope));
    for (const auto& value : graph.value_info()) declared_.emplace(value.name(), &value);
    for (const auto& value : graph.output()) declared_.emplace(value.name(), &value);
    PICOST_RETURN_IF_ERROR(TranslateNodes(graph.node(), scope));
    PICOST_ASSIGN_OR_RETURN(state_.draft.parts.outputs, FindOutputs(graph, scope));
    for (const auto& [loop, trips] : state_.options.trip_counts) {
      if (state_.loops_bound.count(loop) != 0) continue;
      state_.Warn(absl::StrCat("the trip count ", loop, "=", trips, " is used by no loop"));
    }
    state_.draft.parts.notes.parameters =
        std::make_shared<const std::vector<ParameterTensor>>(std::move(state_.parameters));
    return std::move(state_.draft);
  }

 private:
  absl::Status ReadHeader() {
    const auto invalid = absl::StatusCode::kInvalidArgument;
    if (!model_.has_graph() || model_.opset_import_size() == 0) {
      return MakeError(
          invalid,
          absl::StrCat("not an ONNX model: no ", model_.has_graph() ? "opset import" : "graph"),
          {.field = "onnx",
           .mend = "Send a file that torch.onnx.export, or another "
                   "exporter, wrote"});
    }
    opsets_ = ReadOpsets(model_.opset_import());
    const int64_t opset = opsets_.count("") != 0 ? opsets_[""] : 0;
    if (opset != 0 && opset < ops::kOldestKnownOpset) {
      return MakeError(absl::StatusCode::kUnimplemented,
                       absl::StrCat("opset ", opset, " is older than the oldest known one, ",
                                    ops::kOldestKnownOpset),
                       {.field = "onnx",
                        .opset = absl::StrCat(opset),
                        .mend = "Convert the model with onnx.version_converter, or export it again "
                                "with a newer opset"});
    }
    if (opset > ops::kNewestKnownOpset) {
      state_.Warn(absl::StrCat("the model uses opset ", opset,
                               ", newer than the newest known one (", ops::kNewestKnownOpset,
                               "); operators are read as they were then"));
    }
    ImportNotes& notes = state_.draft.parts.notes;
    notes.ir_version = model_.ir_version();
    notes.opset = opset;
    notes.producer = model_.producer_name();
    if (!model_.producer_version().empty()) {
      absl::StrAppend(&notes.producer, " ", model_.producer_version());
    }
    state_.draft.parts.name = model_.graph().name();
    return absl::OkStatus();
  }

  // Weights and small constants. A single number is part of the architecture (a
  // scale, a bound); more floating-point numbers are the server's parameters.
  absl::Status AddInitializer(const ::onnx::TensorProto& tensor, const std::string& name,
                              Scope& scope) {
    const auto site = [&] {
      return ErrorSite{.field = "onnx", .mend = "Check the model with the ONNX checker"};
    };
    const auto element_type = ops::ElementTypeOfNumber(tensor.data_type());
    TensorType type{.dims = ops::Dims(tensor.dims().begin(), tensor.dims().end())};
    int64_t count = 1;
    for (int64_t dim : type.dims) {
      const auto product =
          dim < 0 ? std::nullopt : CheckedMultiply(count, std::max<int64_t>(dim, 1));
      if (!product || *product > state_.options.limits.max_elements ||
          type.rank() > state_.options.limits.max_rank) {
        return MakeError(
            absl::StatusCode::kResourceExhausted,
            absl::StrCat("the initializer \"", name,
                         "\" exceeds the limit max_elements = ", state_.options.limits.max_elements,
                         " or max_rank = ", state_.options.limits.max_rank),
            site());
      }
      count = *product;
    }
    if (!element_type) {
      return MakeError(absl::StatusCode::kUnimplemented,
                       absl::StrCat("the initializer \"", name, "\" has the element type number ",
                                    tensor.data_type()),
                       site());
    }
    type.element_type = *element_type;
    type.bits = ops::QuantizedBits(tensor.data_type());
    const int64_t elements = type.ElementCount();
    ConstantData data = elements <= ops::kMaxFoldedElements ? ops::ReadTensorData(tensor, elements)
                                                            : ConstantData();
    const bool weight =
        ops::IsWeightType(tensor.data_type()) && (elements > 1 || data.index() == 0);
    if (ops::IsWeightType(tensor.data_type())) ops::NoteParameter(state_, name, type.dims, tensor);
    const ValueId id =
        state_.draft.AddValue({.name = name,
                               .type = std::move(type),
                               .source = weight ? ValueSource::kWeight : ValueSource::kConstant},
                              std::move(data));
    if (!scope.names.emplace(name, id).second) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("two initializers are named \"", name, "\""), site());
    }
    return absl::OkStatus();
  }

  absl::Status AddInitializers(const ::onnx::GraphProto& graph, Scope& scope) {
    for (const auto& tensor : graph.initializer()) {
      PICOST_RETURN_IF_ERROR(AddInitializer(tensor, tensor.name(), scope));
    }
    for (const auto& sparse : graph.sparse_initializer()) {
      ::onnx::TensorProto dense;  // of a sparse tensor the shape is all we need
      dense.set_data_type(sparse.values().data_type());
      *dense.mutable_dims() = sparse.dims();
      PICOST_RETURN_IF_ERROR(AddInitializer(dense, sparse.values().name(), scope));
    }
    return absl::OkStatus();
  }

  absl::Status AddInputs(const ::onnx::GraphProto& graph, Scope& scope) {
    for (const auto& input : graph.input()) {
      if (scope.names.contains(input.name())) continue;  // a weight, listed as files of IR 3 do
      PICOST_ASSIGN_OR_RETURN(TensorType type, binder_.Bind(input));
      const ValueId id = state_.draft.AddValue(
          {.name = input.name(), .type = std::move(type), .source = ValueSource::kInput});
      scope.names.emplace(input.name(), id);
      state_.draft.parts.inputs.push_back(id);
    }
    PICOST_RETURN_IF_ERROR(binder_.CheckAllBound());
    for (const std::string& binding : binder_.UnusedBindings()) {
      state_.Warn(absl::StrCat("the binding ", binding, " is used by no dimension of the inputs"));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<ValueId>> FindOutputs(const ::onnx::GraphProto& graph,
                                                   const Scope& scope) {
    std::vector<ValueId> outputs;
    for (const auto& output : graph.output()) {
      const ValueId id = scope.Find(output.name());
      if (id == kAbsent) {
        return MakeError(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("the output \"", output.name(), "\" is made by no node"),
                         {.field = "onnx", .mend = "Check the model with the ONNX checker"});
      }
      if (scope.parent == nullptr && state_.sequences.count(id) != 0) {
        return MakeError(absl::StatusCode::kUnimplemented,
                         absl::StrCat("the output \"", output.name(), "\" is a sequence"),
                         {.field = "onnx", .mend = "Export the model with tensors as outputs"});
      }
      outputs.push_back(id);
    }
    if (outputs.empty()) {
      return MakeError(absl::StatusCode::kInvalidArgument, "the graph has no outputs",
                       {.field = "onnx", .mend = "Export the model with its outputs"});
    }
    return outputs;
  }

  absl::Status TranslateNodes(const Nodes& nodes, Scope& scope) {
    PICOST_ASSIGN_OR_RETURN(const std::vector<int> order, OrderNodes(nodes));
    for (int index : order) {
      if (++state_.translated_nodes > state_.options.limits.max_nodes) {
        return MakeError(absl::StatusCode::kResourceExhausted,
                         absl::StrCat("the model, with functions inlined and loops unrolled, "
                                      "exceeds the limit max_nodes = ",
                                      state_.options.limits.max_nodes),
                         {.field = "onnx",
                          .mend = "Send a smaller model, or raise the limit where the service is "
                                  "configured"});
      }
      PICOST_RETURN_IF_ERROR(TranslateNode(nodes[index], scope));
    }
    return absl::OkStatus();
  }

  absl::Status TranslateNode(const ::onnx::NodeProto& node, Scope& scope) {
    std::string name = node.name();
    for (int i = 0; name.empty() && i < node.output_size(); ++i) name = node.output(i);
    if (name.empty()) name = node.op_type();
    name = absl::StrCat(scope.prefix, name);
    const std::string domain = NormalDomain(node.domain());
    const auto opset = scope.opsets->find(domain);
    const int64_t version = opset == scope.opsets->end() ? 0 : opset->second;
    const auto invalid = [&](std::string what) {
      return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                       {.node = name,
                        .op = node.op_type(),
                        .opset = absl::StrCat(version),
                        .mend = "Check the model with the ONNX checker"});
    };
    std::vector<ValueId> inputs;
    for (const std::string& input : node.input()) {
      const ValueId id = input.empty() ? kAbsent : scope.Find(input);
      if (!input.empty() && id == kAbsent) {
        return invalid(absl::StrCat("the node reads \"", input,
                                    "\", which no node, input or initializer makes"));
      }
      inputs.push_back(id);
    }
    while (!inputs.empty() && inputs.back() == kAbsent) inputs.pop_back();

    for (const ValueId id : inputs) {
      if (state_.sequences.count(id) != 0 && !ops::TakesSequences(node.op_type())) {
        return MakeError(absl::StatusCode::kUnimplemented, "a sequence of tensors as input",
                         {.node = name,
                          .op = node.op_type(),
                          .opset = absl::StrCat(version),
                          .mend = "Read the tensors from the sequence first (SequenceAt)"});
      }
    }
    const ops::OpRow* row = ops::FindOp(domain, node.op_type());
    const ::onnx::FunctionProto* function = functions_.Find(domain, node.op_type());
    if (function != nullptr && (row == nullptr || !domain.empty())) {
      return InlineFunction(node, *function, name, inputs, scope);
    }
    OpContext context(
        state_, node, name, version, inputs,
        [this, &scope, name](const ::onnx::GraphProto& graph, const std::vector<ValueId>& bound,
                             const std::string& suffix) {
          return RunSubgraph(graph, bound, absl::StrCat(name, "/", suffix, "/"), scope);
        });
    if (const auto* custom = custom_.Find(domain, node.op_type())) {
      PICOST_RETURN_IF_ERROR(ops::ImportCustom(context, *custom));
    } else if (row == nullptr || (row->until != 0 && version > row->until)) {
      PICOST_RETURN_IF_ERROR(TranslateUnknown(context));
    } else {
      if (version == 0) return invalid(absl::StrCat("no opset of the domain is imported"));
      if (version < row->since) {
        state_.Warn(absl::StrCat("operator ", context.OpName(), " is newer than the file's opset ",
                                 version, " (node ", name, ")"));
      } else if (const std::string violation = FindSchemaViolation(node, version);
                 !violation.empty()) {
        return invalid(violation);
      }
      PICOST_RETURN_IF_ERROR(CheckArity(context, *row));
      PICOST_RETURN_IF_ERROR(row->import(context));
    }
    for (int i = 0; i < node.output_size(); ++i) {
      if (node.output(i).empty()) continue;
      if (context.outputs()[i] == kAbsent) {
        return context.Unimplemented(absl::StrCat("output ", i, " of the operator"),
                                     "Export the model without it");
      }
      scope.names[node.output(i)] = context.outputs()[i];
    }
    return absl::OkStatus();
  }

  static absl::Status CheckArity(const OpContext& context, const ops::OpRow& row) {
    const int count = context.input_count();
    if (count < row.min_inputs || (row.max_inputs >= 0 && count > row.max_inputs)) {
      return context.Invalid(absl::StrCat("the node has ", count, " inputs"));
    }
    for (int i = 0; i < row.min_inputs; ++i) {
      if (!context.Has(i)) return context.Invalid(absl::StrCat("input ", i, " is missing"));
    }
    // Loop may leave out its trip count and condition.
    if (row.max_inputs >= 0 || row.min_inputs == 0) return absl::OkStatus();
    for (int i = 0; i < count; ++i) {
      if (!context.Has(i)) return context.Invalid(absl::StrCat("input ", i, " is missing"));
    }
    return absl::OkStatus();
  }

  absl::Status TranslateUnknown(OpContext& context) {
    const UnknownOperatorPolicy policy = state_.options.unknown;
    if (policy == UnknownOperatorPolicy::kError) {
      return context.Unimplemented(
          "unknown operator",
          "Export the model without it, describe it with a custom operator, or allow it with "
          "--unknown=upper-bound");
    }
    std::vector<TensorType> types;
    for (int i = 0; i < context.output_count(); ++i) {
      const auto declared = declared_.find(context.node().output(i));
      const auto type =
          declared == declared_.end() ? std::nullopt : binder_.TryBind(*declared->second);
      if (type) {
        types.push_back(*type);
      } else if (i == 0 && context.Has(0)) {
        types.push_back(context.Type(0));
        state_.Warn(absl::StrCat("the result of the unknown operator ", context.OpName(), " (node ",
                                 context.name(), ") is taken to have the shape of its input"));
      } else if (context.Wants(i)) {
        return context.Unimplemented(
            absl::StrCat("unknown operator whose output ", i, " has no shape in the file"),
            "Run the exporter's shape inference, or describe it with a custom operator");
      } else {
        types.push_back({});
      }
    }
    if (types.empty()) return absl::OkStatus();
    int64_t elements = 0;
    for (const TensorType& type : types) {
      PICOST_RETURN_IF_ERROR(context.Check(type));
      elements += type.ElementCount();
    }
    NodeAttributes attributes = View{};
    if (policy == UnknownOperatorPolicy::kUpperBound) {
      attributes = Compare{.elements = elements, .second = Operand::kPrivate};
    }
    std::vector<ValueId> inputs;
    for (int i = 0; i < context.input_count(); ++i) {
      if (context.Has(i)) inputs.push_back(context.In(i));
    }
    if (context.AnyPrivate()) {
      state_.draft.parts.notes.unknown.push_back(
          {.node = context.name(), .op = context.OpName(), .elements = elements});
    }
    return context.Emit(std::move(attributes), std::move(inputs), std::move(types));
  }

  absl::Status InlineFunction(const ::onnx::NodeProto& node, const ::onnx::FunctionProto& function,
                              const std::string& name, const std::vector<ValueId>& inputs,
                              Scope& scope) {
    PICOST_RETURN_IF_ERROR(CheckDepth(scope, name));
    const Opsets function_opsets = [&] {
      Opsets merged = *scope.opsets;
      for (const auto& [domain, version] : ReadOpsets(function.opset_import())) {
        merged[domain] = version;
      }
      return merged;
    }();
    Scope body{
        .prefix = absl::StrCat(name, "/"), .opsets = &function_opsets, .depth = scope.depth + 1};
    for (int i = 0; i < function.input_size(); ++i) {
      if (i < static_cast<int>(inputs.size()) && inputs[i] != kAbsent) {
        body.names.emplace(function.input(i), inputs[i]);
      }
    }
    const Nodes bound = BindAttributes(function, node);
    // An input that the caller leaves out stays a name that means "absent".
    Nodes nodes = bound;
    for (auto& inner : nodes) {
      for (auto& input : *inner.mutable_input()) {
        for (int i = 0; i < function.input_size(); ++i) {
          if (input == function.input(i) && !body.names.contains(input)) input.clear();
        }
      }
    }
    PICOST_RETURN_IF_ERROR(TranslateNodes(nodes, body));
    for (int i = 0; i < node.output_size() && i < function.output_size(); ++i) {
      if (node.output(i).empty()) continue;
      const ValueId id = body.Find(function.output(i));
      if (id == kAbsent) {
        return MakeError(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("function \"", function.name(),
                                      "\" does not make its output ", function.output(i)),
                         {.node = name, .op = node.op_type(), .mend = "Export the model again"});
      }
      scope.names[node.output(i)] = id;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<ValueId>> RunSubgraph(const ::onnx::GraphProto& graph,
                                                   const std::vector<ValueId>& bound,
                                                   const std::string& prefix, const Scope& outer) {
    PICOST_RETURN_IF_ERROR(CheckDepth(outer, prefix));
    Scope scope{
        .parent = &outer, .prefix = prefix, .opsets = outer.opsets, .depth = outer.depth + 1};
    PICOST_RETURN_IF_ERROR(AddInitializers(graph, scope));
    for (size_t i = 0; i < bound.size() && static_cast<int>(i) < graph.input_size(); ++i) {
      scope.names[graph.input(static_cast<int>(i)).name()] = bound[i];
    }
    PICOST_RETURN_IF_ERROR(TranslateNodes(graph.node(), scope));
    return FindOutputs(graph, scope);
  }

  absl::Status CheckDepth(const Scope& scope, const std::string& name) const {
    const int64_t limit = state_.options.limits.max_subgraph_depth;
    if (scope.depth < limit) return absl::OkStatus();
    return MakeError(absl::StatusCode::kResourceExhausted,
                     absl::StrCat("functions or subgraphs are nested deeper than the limit "
                                  "max_subgraph_depth = ",
                                  limit),
                     {.node = name, .mend = "Inline them before sending the model"});
  }

  const ::onnx::ModelProto& model_;
  DimensionBinder binder_;
  FunctionTable functions_;
  ops::CustomOps custom_;
  ops::ImportState state_;
  Opsets opsets_;
  absl::flat_hash_map<std::string, const ::onnx::ValueInfoProto*> declared_;
};

}  // namespace

absl::StatusOr<Draft> TranslateModel(const ::onnx::ModelProto& model,
                                     const ImportOptions& options) {
  return Translator(model, options).Run();
}

}  // namespace picost::graph
