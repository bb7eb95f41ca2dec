// The canonical graph: what stands between ONNX and everything that counts,
// plans or edits.
//
// A Graph is immutable. Nodes are in topological order; every value has a static
// type. Weights are values without data. Constants that change the cost (clip
// bounds, axes, shapes) have become attributes. Graphs are made by the importer,
// by passes and by edits, all through Graph::Create, which checks the invariants.
#ifndef PICOST_ESTIMATOR_GRAPH_GRAPH_H_
#define PICOST_ESTIMATOR_GRAPH_GRAPH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/graph/tensor_type.h"

namespace picost::graph {

using ValueId = int32_t;
using NodeId = int32_t;
inline constexpr NodeId kNoNode = -1;

enum class ValueSource {
  kInput,     // the client's input
  kWeight,    // the server's: private, never looked at
  kConstant,  // public, known from the architecture
  kNode,      // output of a node: shared between the parties
};

struct Value {
  std::string name;  // as in the caller's file; may be empty for made-up values
  TensorType type;
  ValueSource source = ValueSource::kNode;
  NodeId producer = kNoNode;  // for kNode
};

struct Node {
  std::string name;     // unique; as in the caller's file, else made from its first output
  std::string onnx_op;  // what it was in the file ("Conv", "Gemm", "pattern:gelu"); for people
  NodeAttributes attributes;
  std::vector<ValueId> inputs;  // activations first, weights and constants after
  std::vector<ValueId> outputs;
};

// A tensor of the server's weights, as the file stores it.
struct ParameterTensor {
  std::string name;
  std::vector<int64_t> dims;
  std::string data_type;  // "float32", "int4"
  int64_t elements = 0;
  int64_t bytes = 0;  // of the values, packed
};

// What an answer must say about how the graph was read.
struct ImportNotes {
  int64_t ir_version = 0;
  int64_t opset = 0;  // of the default domain
  std::string producer;
  std::vector<std::string> warnings;
  // Operators the request allowed to be unknown: see ImportOptions::unknown.
  struct UnknownOperator {
    std::string node;
    std::string op;
    int64_t elements = 0;
  };
  std::vector<UnknownOperator> unknown;
  int64_t parameter_elements = 0;  // over all weights of the file
  // One by one, in the order of the file; null where there was no file. Shared,
  // because every edit of the graph copies the notes.
  std::shared_ptr<const std::vector<ParameterTensor>> parameters;
};

class Graph {
 public:
  struct Parts {
    std::string name;
    std::vector<Value> values;
    std::vector<Node> nodes;
    std::vector<ValueId> inputs;
    std::vector<ValueId> outputs;
    ImportNotes notes;
  };

  // Checks: ids in range, nodes topologically ordered, each value made once,
  // node names unique and not empty, dimensions >= 0 with products in int64,
  // inputs and outputs exist. kInternal where a check fails: parts are made by
  // our own code, which refuses the caller's mistakes before.
  static absl::StatusOr<Graph> Create(Parts parts);

  const std::string& name() const { return parts_.name; }
  const std::vector<Value>& values() const { return parts_.values; }
  const std::vector<Node>& nodes() const { return parts_.nodes; }
  const std::vector<ValueId>& inputs() const { return parts_.inputs; }
  const std::vector<ValueId>& outputs() const { return parts_.outputs; }
  const ImportNotes& notes() const { return parts_.notes; }
  const Parts& parts() const { return parts_; }

  const Value& value(ValueId id) const { return parts_.values[id]; }
  const Node& node(NodeId id) const { return parts_.nodes[id]; }

  // Nodes that read the value, in order.
  const std::vector<NodeId>& consumers(ValueId id) const { return consumers_[id]; }

  // Digest with node names and folded constants: the model's resource name.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  Graph() = default;

  Parts parts_;
  std::vector<std::vector<NodeId>> consumers_;
  std::string fingerprint_;
};

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_GRAPH_H_
