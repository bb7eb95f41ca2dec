// The inputs of a model: their types, with symbolic dimensions bound.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_INPUTS_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_INPUTS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/graph/import_options.h"
#include "estimator/graph/tensor_type.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {

// Resolves types against the request's bindings and remembers what was used and
// what is missing, so that one error can list everything.
class DimensionBinder {
 public:
  explicit DimensionBinder(const ImportOptions& options) : options_(options) {}

  // Unbound dimensions are remembered, and 1 in the result.
  absl::StatusOr<TensorType> Bind(const ::onnx::ValueInfoProto& value);

  // The type, where every dimension of it is known; for values inside the graph.
  std::optional<TensorType> TryBind(const ::onnx::ValueInfoProto& value) const;

  // An error with a ready-to-paste binding for every unbound dimension.
  absl::Status CheckAllBound() const;
  std::vector<std::string> UnusedBindings() const;

 private:
  const ImportOptions& options_;
  std::set<std::string> used_;
  struct Unbound {
    std::string name;
    std::string size;  // to propose
  };
  std::vector<Unbound> unbound_;  // in the order of the file
};

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_INPUTS_H_
