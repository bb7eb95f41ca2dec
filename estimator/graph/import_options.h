// What a request may say about reading a model.
#ifndef PICOST_ESTIMATOR_GRAPH_IMPORT_OPTIONS_H_
#define PICOST_ESTIMATOR_GRAPH_IMPORT_OPTIONS_H_

#include <cstdint>
#include <map>
#include <string>

namespace picost::graph {

enum class UnknownOperatorPolicy {
  kError,       // refuse, naming node, operator and opset
  kUpperBound,  // count as if every output element were a comparison; shown as coverage
  kZero,        // count nothing; shown as coverage
};

// Limits on what a stranger may send. A refusal names the limit.
struct ImportLimits {
  int64_t max_bytes = int64_t{4} << 30;             // of the file, payloads included
  int64_t max_structure_bytes = int64_t{64} << 20;  // without initializer payloads
  int64_t max_nodes = 100'000;
  int64_t max_rank = 16;
  int64_t max_elements = int64_t{1} << 40;  // of one tensor
  // Over all nodes: keeps every count, and its product with a protocol's bytes
  // per element, inside int64.
  int64_t max_total_elements = int64_t{1} << 44;
  int64_t max_macs = int64_t{1} << 56;
  int64_t max_name_bytes = 4096;
  int64_t max_subgraph_depth = 16;
};

struct ImportOptions {
  // Values for symbolic dimensions, by name: {"batch", 1}.
  std::map<std::string, int64_t> dimensions;
  UnknownOperatorPolicy unknown = UnknownOperatorPolicy::kError;
  // Operators of the caller's own, as a textproto (custom_op.proto).
  std::string custom_operators;
  // Iterations of loops whose trip count is not known from the file, by node.
  std::map<std::string, int64_t> trip_counts;
  ImportLimits limits;
  // false: what FoldAffine would take into linear layers stays as the file has it, to
  // see what folding saves.
  bool fold_affine = true;
};

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_IMPORT_OPTIONS_H_
