// Types and small values out of TensorProto messages.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_TENSOR_DATA_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_TENSOR_DATA_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "estimator/graph/draft.h"
#include "onnx/onnx_pb.h"

namespace picost::graph::ops {

// By number, because files may use types newer than the installed onnx.proto
// (float8, int4, ...). Nothing for numbers nobody knows and for UNDEFINED.
std::optional<ElementType> ElementTypeOfNumber(int64_t data_type);

// Eight bits or less, or floating point: what weights are stored in. Wider
// integers and booleans are indices, shapes and masks.
bool IsWeightType(int64_t data_type);

// "float32", "int8", "uint4"; "unknown" for numbers nobody knows.
std::string_view DataTypeName(int64_t data_type);

// Bits of one stored element; 0 for strings and numbers nobody knows.
int DataTypeBits(int64_t data_type);

// Bits of a type that only quantized tensors have (eight or less), else 0.
int QuantizedBits(int64_t data_type);

// The values, where the file has all of them and they are numbers.
ConstantData ReadTensorData(const ::onnx::TensorProto& tensor, int64_t element_count);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_TENSOR_DATA_H_
