#include "estimator/graph/onnx_ops/op_context.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/macs.h"
#include "estimator/graph/onnx_ops/tensor_data.h"

namespace picost::graph::ops {

int64_t Product(const Dims& dims) { return Product(dims, 0, dims.size()); }

int64_t Product(const Dims& dims, size_t begin, size_t end) {
  int64_t product = 1;
  for (size_t i = begin; i < end && i < dims.size(); ++i) product *= dims[i];
  return product;
}

absl::StatusOr<ElementType> ElementTypeOf(const OpContext& op, int64_t data_type) {
  const auto type = ElementTypeOfNumber(data_type);
  if (type) return *type;
  return op.Unimplemented(absl::StrCat("element type number ", data_type),
                          "Use floating-point, integer or boolean tensors");
}

void NoteParameter(ImportState& state, const std::string& name, const Dims& dims,
                   const ::onnx::TensorProto& tensor) {
  if (!state.lists_parameters) return;
  const int64_t elements = Product(dims);  // checked against max_elements
  const auto sum = CheckedAdd(state.draft.parts.notes.parameter_elements, elements);
  state.draft.parts.notes.parameter_elements = sum.value_or(INT64_MAX);
  // Of one bit or more each; below 2^40 elements of at most 128 bits.
  const int64_t bytes = (elements * DataTypeBits(tensor.data_type()) + 7) / 8;
  state.parameters.push_back({.name = name,
                              .dims = dims,
                              .data_type = std::string(DataTypeName(tensor.data_type())),
                              .elements = elements,
                              .bytes = bytes});
}

OpContext::OpContext(ImportState& state, const ::onnx::NodeProto& node, std::string name,
                     int64_t opset, std::vector<ValueId> inputs, SubgraphRunner run_subgraph)
    : state_(state),
      node_(node),
      name_(std::move(name)),
      opset_(opset),
      inputs_(std::move(inputs)),
      outputs_(static_cast<size_t>(node.output_size()), kAbsent),
      run_subgraph_(std::move(run_subgraph)) {
  input_types_.reserve(inputs_.size());
  for (const ValueId id : inputs_) {
    input_types_.push_back(id == kAbsent ? TensorType() : TypeOf(id));
  }
}

std::string OpContext::OpName() const {
  return node_.domain().empty() || node_.domain() == "ai.onnx"
             ? node_.op_type()
             : absl::StrCat(node_.domain(), ".", node_.op_type());
}

bool OpContext::AnyPrivate() const {
  return std::any_of(inputs_.begin(), inputs_.end(),
                     [this](ValueId id) { return id != kAbsent && state_.draft.IsPrivate(id); });
}

Operand OpContext::KnowledgeOf(ValueId id) const {
  switch (state_.draft.parts.values[id].source) {
    case ValueSource::kInput:
    case ValueSource::kNode:
      return Operand::kPrivate;
    case ValueSource::kWeight:
      return Operand::kWeight;
    case ValueSource::kConstant:
      return Operand::kPublic;
  }
  return Operand::kPrivate;
}

const std::vector<int64_t>* OpContext::KnownInts(int i) const {
  return Has(i) ? std::get_if<std::vector<int64_t>>(&Data(i)) : nullptr;
}

absl::StatusOr<std::vector<int64_t>> OpContext::RequireInts(int i,
                                                            const std::string& meaning) const {
  if (const auto* ints = KnownInts(i)) return *ints;
  if (!Has(i)) return Invalid(absl::StrCat("the input with the ", meaning, " is missing"));
  if (IsPrivate(i)) {
    return Unimplemented(
        absl::StrCat("the ", meaning, " (\"", state_.draft.parts.values[In(i)].name,
                     "\") depends on the data, so the shapes are not known before the inference"),
        "Export the model with fixed shapes, or bind the symbolic dimensions");
  }
  return Unimplemented(
      absl::StrCat("the values of the ", meaning, " (\"", state_.draft.parts.values[In(i)].name,
                   "\") are not in the file"),
      absl::StrCat("Keep the values of tensors of up to ", kMaxFoldedElements,
                   " elements when weights are removed, or simplify the model's shape arithmetic"));
}

std::optional<std::vector<double>> OpContext::KnownDoubles(int i) const {
  if (!Has(i)) return std::nullopt;
  if (const auto* doubles = std::get_if<std::vector<double>>(&Data(i))) return *doubles;
  if (const auto* ints = KnownInts(i)) return std::vector<double>(ints->begin(), ints->end());
  return std::nullopt;
}

std::optional<double> OpContext::KnownScalar(int i) const {
  if (!Has(i) || Elements(i) != 1) return std::nullopt;
  const auto values = KnownDoubles(i);
  if (!values || values->size() != 1) return std::nullopt;
  return values->front();
}

const ::onnx::AttributeProto* OpContext::Attribute(std::string_view name) const {
  for (const auto& attribute : node_.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

int64_t OpContext::Int(std::string_view name, int64_t fallback) const {
  const auto* attribute = Attribute(name);
  return attribute != nullptr && attribute->has_i() ? attribute->i() : fallback;
}

double OpContext::Float(std::string_view name, double fallback) const {
  const auto* attribute = Attribute(name);
  return attribute != nullptr && attribute->has_f() ? double{attribute->f()} : fallback;
}

std::string OpContext::String(std::string_view name, std::string_view fallback) const {
  const auto* attribute = Attribute(name);
  return attribute != nullptr && attribute->has_s() ? attribute->s() : std::string(fallback);
}

std::optional<std::vector<int64_t>> OpContext::Ints(std::string_view name) const {
  const auto* attribute = Attribute(name);
  if (attribute == nullptr) return std::nullopt;
  return std::vector<int64_t>(attribute->ints().begin(), attribute->ints().end());
}

absl::StatusOr<int64_t> OpContext::Axis(int64_t axis, int64_t rank) const {
  if (axis < -rank || axis >= rank) {
    return Invalid(absl::StrCat("axis ", axis, " is outside a tensor of rank ", rank));
  }
  return axis < 0 ? axis + rank : axis;
}

absl::StatusOr<std::vector<int64_t>> OpContext::Axes(std::vector<int64_t> axes,
                                                     int64_t rank) const {
  for (int64_t& axis : axes) {
    PICOST_ASSIGN_OR_RETURN(axis, Axis(axis, rank));
  }
  std::vector<int64_t> sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return Invalid("an axis is named twice");
  }
  return axes;
}

absl::StatusOr<std::optional<std::vector<int64_t>>> OpContext::AxesFrom(int input) const {
  if (Has(input)) {
    PICOST_ASSIGN_OR_RETURN(std::vector<int64_t> axes, RequireInts(input, "axes"));
    return std::make_optional(std::move(axes));
  }
  return Ints("axes");
}

absl::Status OpContext::Check(const TensorType& type) const {
  const ImportLimits& limits = state_.options.limits;
  if (type.rank() > limits.max_rank) {
    return Exhausted(absl::StrCat("a tensor of rank ", type.rank(),
                                  " exceeds the limit max_rank = ", limits.max_rank));
  }
  int64_t count = 1;
  for (int64_t dim : type.dims) {
    if (dim < 0) return Invalid(absl::StrCat("the result would have the dimension ", dim));
    // An empty tensor's other dimensions count, too: they enter products.
    const auto product = CheckedMultiply(count, std::max<int64_t>(dim, 1));
    if (!product || *product > limits.max_elements) {
      return Exhausted(absl::StrCat("a tensor of shape [", absl::StrJoin(type.dims, ","),
                                    "] exceeds the limit max_elements = ", limits.max_elements));
    }
    count = *product;
  }
  return absl::OkStatus();
}

absl::StatusOr<ValueId> OpContext::AddDerived(std::string name, TensorType type, ConstantData data,
                                              const std::vector<ValueId>& inputs) {
  PICOST_RETURN_IF_ERROR(Check(type));
  ValueSource source = ValueSource::kConstant;
  for (ValueId id : inputs) {
    if (id != kAbsent && state_.draft.parts.values[id].source == ValueSource::kWeight) {
      source = ValueSource::kWeight;
    }
  }
  const int64_t count = type.ElementCount();
  if (data.index() != 0) {
    const bool fits =
        count <= kMaxFoldedElements && state_.folded_elements + count <= kFoldedElementsBudget;
    if (fits) {
      state_.folded_elements += count;
    } else {
      data = {};
    }
  }
  return state_.draft.AddValue({.name = std::move(name), .type = std::move(type), .source = source},
                               std::move(data));
}

absl::Status OpContext::AddWork(const NodeAttributes& attributes,
                                const std::vector<TensorType>& types) {
  const ImportLimits& limits = state_.options.limits;
  const auto macs = CheckedMacs(attributes);
  const auto total = macs ? CheckedAdd(state_.macs, *macs) : std::nullopt;
  if (!total || *total > limits.max_macs) {
    return Exhausted(absl::StrCat("the model exceeds the limit max_macs = ", limits.max_macs));
  }
  state_.macs = *total;
  for (const TensorType& type : types) {
    PICOST_RETURN_IF_ERROR(Check(type));
    state_.elements += type.ElementCount();  // each below max_elements
  }
  if (const auto* pool = std::get_if<Pool>(&attributes)) {
    const auto visits = CheckedMultiply(pool->outputs, pool->window);
    if (!visits || *visits > limits.max_total_elements) state_.elements = limits.max_total_elements;
    state_.elements += visits.value_or(1);
  }
  if (state_.elements > limits.max_total_elements) {
    return Exhausted(
        absl::StrCat("the results of all operators together exceed the limit "
                     "max_total_elements = ",
                     limits.max_total_elements));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ValueId>> OpContext::AddNode(
    std::string node_name, NodeAttributes attributes, std::vector<ValueId> inputs,
    std::vector<TensorType> types, const std::vector<std::string>& value_names) {
  inputs.erase(std::remove(inputs.begin(), inputs.end(), kAbsent), inputs.end());
  std::stable_partition(inputs.begin(), inputs.end(),
                        [this](ValueId id) { return state_.draft.IsPrivate(id); });
  std::vector<ValueId> made;
  if (inputs.empty() || !state_.draft.IsPrivate(inputs.front())) {
    for (size_t i = 0; i < types.size(); ++i) {
      PICOST_ASSIGN_OR_RETURN(const ValueId id,
                              AddDerived(value_names[i], std::move(types[i]), {}, inputs));
      made.push_back(id);
    }
    return made;
  }
  PICOST_RETURN_IF_ERROR(AddWork(attributes, types));
  for (int copy = 2; !state_.node_names.insert(node_name).second; ++copy) {
    const size_t hash = node_name.rfind('#');
    node_name = absl::StrCat(copy == 2 ? node_name : node_name.substr(0, hash), "#", copy);
  }
  const NodeId node_id = static_cast<NodeId>(state_.draft.parts.nodes.size());
  for (size_t i = 0; i < types.size(); ++i) {
    made.push_back(state_.draft.AddValue({.name = value_names[i],
                                          .type = std::move(types[i]),
                                          .source = ValueSource::kNode,
                                          .producer = node_id}));
  }
  state_.draft.parts.nodes.push_back({.name = std::move(node_name),
                                      .onnx_op = OpName(),
                                      .attributes = std::move(attributes),
                                      .inputs = std::move(inputs),
                                      .outputs = made});
  if (static_cast<int64_t>(state_.draft.parts.nodes.size()) > state_.options.limits.max_nodes) {
    return Exhausted(
        absl::StrCat("the model exceeds the limit max_nodes = ", state_.options.limits.max_nodes));
  }
  return made;
}

absl::Status OpContext::Emit(NodeAttributes attributes, std::vector<ValueId> inputs,
                             TensorType output) {
  std::vector<TensorType> outputs;
  outputs.push_back(std::move(output));
  return Emit(std::move(attributes), std::move(inputs), std::move(outputs));
}

absl::Status OpContext::Emit(NodeAttributes attributes, std::vector<ValueId> inputs,
                             std::vector<TensorType> outputs) {
  // Trailing results that the file does not name are not made.
  while (outputs.size() > 1 && !Wants(static_cast<int>(outputs.size()) - 1)) outputs.pop_back();
  std::vector<std::string> names;
  for (size_t i = 0; i < outputs.size(); ++i) {
    names.push_back(static_cast<int>(i) < output_count() ? node_.output(static_cast<int>(i)) : "");
  }
  PICOST_ASSIGN_OR_RETURN(
      const std::vector<ValueId> made,
      AddNode(name_, std::move(attributes), std::move(inputs), std::move(outputs), names));
  for (size_t i = 0; i < made.size() && i < outputs_.size(); ++i) outputs_[i] = made[i];
  return absl::OkStatus();
}

absl::StatusOr<ValueId> OpContext::EmitPart(const std::string& part, NodeAttributes attributes,
                                            std::vector<ValueId> inputs, TensorType output) {
  std::vector<TensorType> outputs;
  outputs.push_back(std::move(output));
  PICOST_ASSIGN_OR_RETURN(const std::vector<ValueId> made,
                          AddNode(absl::StrCat(name_, "/", part), std::move(attributes),
                                  std::move(inputs), std::move(outputs), {""}));
  return made.front();
}

absl::Status OpContext::EmitView(TensorType output, ConstantData data) {
  if (!IsPrivate(0) && data.index() != 0) return Fold(0, std::move(output), std::move(data));
  // A view that changes nothing is no node.
  if (output == Type(0) && node_.op_type() != "Transpose") return Alias(0, In(0));
  return Emit(View{}, {In(0)}, std::move(output));
}

absl::Status OpContext::Alias(int i, ValueId value) {
  if (i < output_count()) outputs_[i] = value;
  return absl::OkStatus();
}

absl::Status OpContext::Fold(int i, TensorType type, ConstantData data) {
  if (i >= output_count()) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(outputs_[i],
                          AddDerived(node_.output(i), std::move(type), std::move(data), inputs_));
  return absl::OkStatus();
}

absl::StatusOr<ValueId> OpContext::MakeConstant(TensorType type, ConstantData data) {
  return AddDerived("", std::move(type), std::move(data), {});
}

absl::Status OpContext::SetWeight(TensorType type, ConstantData data) {
  PICOST_RETURN_IF_ERROR(Fold(0, std::move(type), std::move(data)));
  if (!outputs_.empty()) state_.draft.parts.values[outputs_[0]].source = ValueSource::kWeight;
  return absl::OkStatus();
}

absl::StatusOr<ValueId> OpContext::MakeWeight(TensorType type, ValueId stored) {
  return AddDerived("", std::move(type), {}, {stored});
}

absl::Status OpContext::Invalid(std::string what, std::string mend) const {
  if (mend.empty()) mend = "Check the model with the ONNX checker and export it again";
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.node = name_, .op = OpName(), .opset = absl::StrCat(opset_), .mend = mend});
}

absl::Status OpContext::Unimplemented(std::string what, std::string mend) const {
  return MakeError(absl::StatusCode::kUnimplemented, std::move(what),
                   {.node = name_, .op = OpName(), .opset = absl::StrCat(opset_), .mend = mend});
}

absl::Status OpContext::Exhausted(std::string what) const {
  return MakeError(absl::StatusCode::kResourceExhausted, std::move(what),
                   {.node = name_,
                    .op = OpName(),
                    .opset = absl::StrCat(opset_),
                    .mend = "Send a smaller model, or raise the limit where the service is "
                            "configured"});
}

}  // namespace picost::graph::ops
