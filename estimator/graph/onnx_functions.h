// Model-local functions: operators that a file defines by graphs of others.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_FUNCTIONS_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_FUNCTIONS_H_

#include <map>
#include <string>
#include <utility>

#include "google/protobuf/repeated_ptr_field.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {

class FunctionTable {
 public:
  // `model` outlives the table.
  explicit FunctionTable(const ::onnx::ModelProto& model);

  // Null where the file defines no such operator.
  const ::onnx::FunctionProto* Find(const std::string& domain, const std::string& name) const;

 private:
  std::map<std::pair<std::string, std::string>, const ::onnx::FunctionProto*> functions_;
};

// The body of a function as `call` uses it: attributes of the body that refer to
// attributes of the call are replaced by these, and left out (they then have
// their defaults) where the call gives none.
google::protobuf::RepeatedPtrField<::onnx::NodeProto> BindAttributes(
    const ::onnx::FunctionProto& function, const ::onnx::NodeProto& call);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_FUNCTIONS_H_
