// One operator of the file, as its importer sees it: typed inputs, attributes,
// and the ways to say what it computes.
//
// Importers are written once for all operands. Where no input is private
// (weights and constants only), nothing is computed under the protocol: Emit()
// then makes a derived weight or constant instead of a node. Importers that can
// compute the values of such results say so with Fold().
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_OP_CONTEXT_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_OP_CONTEXT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/graph/draft.h"
#include "estimator/graph/onnx_ops/import_state.h"
#include "onnx/onnx_pb.h"

namespace picost::graph::ops {

using Dims = std::vector<int64_t>;
inline constexpr ValueId kAbsent = -1;

class OpContext {
 public:
  // Translates a subgraph (a branch, a loop's body) in the scope of this node:
  // binds its inputs to the values and returns its outputs.
  using SubgraphRunner = std::function<absl::StatusOr<std::vector<ValueId>>(
      const ::onnx::GraphProto&, const std::vector<ValueId>& inputs, const std::string& suffix)>;

  OpContext(ImportState& state, const ::onnx::NodeProto& node, std::string name, int64_t opset,
            std::vector<ValueId> inputs, SubgraphRunner run_subgraph);

  // --- The node.
  const ::onnx::NodeProto& node() const { return node_; }
  const std::string& name() const { return name_; }
  int64_t opset() const { return opset_; }
  ImportState& state() const { return state_; }
  // "Conv", "com.microsoft.FusedConv".
  std::string OpName() const;

  // --- Inputs. Has() first for optional ones; the table has checked the others.
  int input_count() const { return static_cast<int>(inputs_.size()); }
  bool Has(int i) const { return i < input_count() && inputs_[i] != kAbsent; }
  ValueId In(int i) const { return inputs_[i]; }
  const TensorType& Type(int i) const { return input_types_[i]; }
  const Dims& Shape(int i) const { return Type(i).dims; }
  int64_t Rank(int i) const { return Type(i).rank(); }
  int64_t Elements(int i) const { return Type(i).ElementCount(); }
  bool IsPrivate(int i) const { return Has(i) && state_.draft.IsPrivate(inputs_[i]); }
  bool AnyPrivate() const;
  Operand Knowledge(int i) const { return KnowledgeOf(inputs_[i]); }

  // The reference is good until the next value is made.
  const TensorType& TypeOf(ValueId id) const { return state_.draft.parts.values[id].type; }
  Operand KnowledgeOf(ValueId id) const;
  const ConstantData& DataOf(ValueId id) const { return state_.draft.data[id]; }
  const ConstantData& Data(int i) const { return DataOf(inputs_[i]); }
  // Known integer values; null where they are not known.
  const std::vector<int64_t>* KnownInts(int i) const;
  // The same as an error that names the input's meaning.
  absl::StatusOr<std::vector<int64_t>> RequireInts(int i, const std::string& meaning) const;
  // Known values of any type as doubles.
  std::optional<std::vector<double>> KnownDoubles(int i) const;
  // A known single element.
  std::optional<double> KnownScalar(int i) const;

  // --- Attributes.
  const ::onnx::AttributeProto* Attribute(std::string_view name) const;
  bool HasAttribute(std::string_view name) const { return Attribute(name) != nullptr; }
  int64_t Int(std::string_view name, int64_t fallback) const;
  double Float(std::string_view name, double fallback) const;
  std::string String(std::string_view name, std::string_view fallback) const;
  std::optional<std::vector<int64_t>> Ints(std::string_view name) const;
  // An axis in [-rank, rank) made non-negative.
  absl::StatusOr<int64_t> Axis(int64_t axis, int64_t rank) const;
  absl::StatusOr<std::vector<int64_t>> Axes(std::vector<int64_t> axes, int64_t rank) const;
  // Axes from input `input` (newer opsets), else from attribute "axes".
  absl::StatusOr<std::optional<std::vector<int64_t>>> AxesFrom(int input) const;

  // --- Results. Each output of the node is set once.
  int output_count() const { return node_.output_size(); }
  // Whether the file reads output i.
  bool Wants(int i) const { return i < output_count() && !node_.output(i).empty(); }
  // One canonical node under this node's own name. Inputs are reordered:
  // private ones first.
  absl::Status Emit(NodeAttributes attributes, std::vector<ValueId> inputs, TensorType output);
  absl::Status Emit(NodeAttributes attributes, std::vector<ValueId> inputs,
                    std::vector<TensorType> outputs);
  // A node that is a part of this one, named "NAME/part"; returns its value.
  absl::StatusOr<ValueId> EmitPart(const std::string& part, NodeAttributes attributes,
                                   std::vector<ValueId> inputs, TensorType output);
  // A view of the first input with another shape; folds known data when `data` is given.
  absl::Status EmitView(TensorType output, ConstantData data = {});
  // The width of a quantized value.
  void SetBits(ValueId value, int bits) { state_.draft.parts.values[value].type.bits = bits; }
  // Output i is this value.
  absl::Status Alias(int i, ValueId value);
  // Output i is a public constant (or weight, if an input is) with known values.
  absl::Status Fold(int i, TensorType type, ConstantData data);
  // The output is a weight of the server's.
  absl::Status SetWeight(TensorType type, ConstantData data);
  // A weight in the form in which it is used, made of these values before the
  // inference (unpacked, dequantized).
  absl::StatusOr<ValueId> MakeWeight(TensorType type, ValueId stored);
  // A made-up public constant.
  absl::StatusOr<ValueId> MakeConstant(TensorType type, ConstantData data);
  const std::vector<ValueId>& outputs() const { return outputs_; }

  absl::StatusOr<std::vector<ValueId>> RunSubgraph(const ::onnx::GraphProto& graph,
                                                   const std::vector<ValueId>& inputs,
                                                   const std::string& suffix) const {
    return run_subgraph_(graph, inputs, suffix);
  }

  // Whether a tensor of this type is within the limits. Importers that multiply
  // dimensions of a result check it first; then no product of them overflows.
  absl::Status Check(const TensorType& type) const;

  // --- Errors, with this node as their site.
  absl::Status Invalid(std::string what, std::string mend = "") const;
  absl::Status Unimplemented(std::string what, std::string mend = "") const;
  absl::Status Exhausted(std::string what) const;

 private:
  absl::Status AddWork(const NodeAttributes& attributes, const std::vector<TensorType>& types);
  absl::StatusOr<ValueId> AddDerived(std::string name, TensorType type, ConstantData data,
                                     const std::vector<ValueId>& inputs);
  absl::StatusOr<std::vector<ValueId>> AddNode(std::string node_name, NodeAttributes attributes,
                                               std::vector<ValueId> inputs,
                                               std::vector<TensorType> types,
                                               const std::vector<std::string>& value_names);

  ImportState& state_;
  const ::onnx::NodeProto& node_;
  std::string name_;
  int64_t opset_;
  std::vector<ValueId> inputs_;
  std::vector<TensorType> input_types_;  // copies: making values moves the others
  std::vector<ValueId> outputs_;
  SubgraphRunner run_subgraph_;
};

// The element type of an ONNX type number, or an error that names it.
absl::StatusOr<ElementType> ElementTypeOf(const OpContext& op, int64_t data_type);

// Adds a tensor of weights to the list of parameters.
void NoteParameter(ImportState& state, const std::string& name, const Dims& dims,
                   const ::onnx::TensorProto& tensor);

// Product of dims that an importer has from checked types.
int64_t Product(const Dims& dims);
int64_t Product(const Dims& dims, size_t begin, size_t end);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_OP_CONTEXT_H_
