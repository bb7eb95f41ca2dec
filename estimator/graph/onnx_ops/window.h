// Sliding windows: what Conv and the pools share.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_WINDOW_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_WINDOW_H_

#include "absl/status/statusor.h"
#include "estimator/graph/onnx_ops/op_context.h"

namespace picost::graph::ops {

struct Window {
  Dims input;
  Dims output;
  Dims kernel;
  Dims strides;
  Dims dilations;
  Dims pads_begin;
  Dims pads_end;
};

// Reads strides, dilations, pads, auto_pad (and ceil_mode) of the node for an
// input whose spatial size is `input`, and resolves the output's size.
absl::StatusOr<Window> ReadWindow(const OpContext& op, Dims input, Dims kernel);

// The same for a transposed convolution.
absl::StatusOr<Window> ReadTransposedWindow(const OpContext& op, Dims input, Dims kernel);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_WINDOW_H_
