// Convolutions. A weight on the second input is the rule; two private operands
// (dynamic convolution) are the matrix product that im2col makes of them.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"
#include "estimator/graph/onnx_ops/window.h"

namespace picost::graph::ops {
namespace {

std::string Text(const Dims& dims) { return absl::StrCat("[", absl::StrJoin(dims, ","), "]"); }

Dims Spatial(const Dims& dims) { return Dims(dims.begin() + 2, dims.end()); }

TensorType OutputType(const Conv& conv) {
  TensorType type{.dims = {conv.batch, conv.out_channels}};
  type.dims.insert(type.dims.end(), conv.output_size.begin(), conv.output_size.end());
  return type;
}

// Both operands private: for each image and group the [out/groups, in/groups x
// kernel] filters times the [in/groups x kernel, positions] patches. Of a
// transposed convolution every input position meets every tap of its filters.
PrivateMatMul AsMatMul(const Conv& conv) {
  const int64_t taps = Product(conv.kernel);
  if (conv.transposed) {
    return {.batch = conv.batch * conv.groups,
            .rows = conv.out_channels / conv.groups * taps,
            .inner = conv.in_channels / conv.groups,
            .columns = Product(conv.input_size)};
  }
  return {.batch = conv.batch * conv.groups,
          .rows = conv.out_channels / conv.groups,
          .inner = conv.in_channels / conv.groups * taps,
          .columns = Product(conv.output_size)};
}

absl::Status Finish(OpContext& op, const ConvInputs& in, Conv conv, Window window) {
  conv.input_size = std::move(window.input);
  conv.output_size = std::move(window.output);
  conv.kernel = std::move(window.kernel);
  conv.strides = std::move(window.strides);
  conv.dilations = std::move(window.dilations);
  conv.pads_begin = std::move(window.pads_begin);
  conv.pads_end = std::move(window.pads_end);
  conv.has_bias = op.Has(in.bias);
  if (conv.has_bias && op.Elements(in.bias) != conv.out_channels) {
    return op.Invalid(absl::StrCat("the bias has ", op.Elements(in.bias), " elements for ",
                                   conv.out_channels, " output channels"));
  }
  const TensorType type = OutputType(conv);
  PICOST_RETURN_IF_ERROR(op.Check(type));
  std::vector<ValueId> inputs = {op.In(in.x), op.In(in.weight)};
  if (op.Has(in.bias)) inputs.push_back(op.In(in.bias));
  if (op.IsPrivate(in.x) && op.IsPrivate(in.weight)) return op.Emit(AsMatMul(conv), inputs, type);
  if (op.IsPrivate(in.weight)) {
    return op.Unimplemented("a convolution of a known image with private filters",
                            "Swap the roles of the two inputs");
  }
  return op.Emit(std::move(conv), std::move(inputs), type);
}

absl::Status CheckRanks(const OpContext& op, const ConvInputs& in) {
  if (op.Rank(in.x) < 3 || op.Rank(in.x) > 5 || op.Rank(in.weight) != op.Rank(in.x)) {
    return op.Invalid(absl::StrCat("input ", Text(op.Shape(in.x)), " and weight ",
                                   Text(op.Shape(in.weight)),
                                   " are no convolution in 1 to 3 dimensions"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status EmitConv(OpContext& op, const ConvInputs& in) {
  PICOST_RETURN_IF_ERROR(CheckRanks(op, in));
  const Dims& x = op.Shape(in.x);
  const Dims& w = op.Shape(in.weight);
  Conv conv{.batch = x[0], .in_channels = x[1], .out_channels = w[0], .groups = op.Int("group", 1)};
  if (conv.groups < 1 || conv.in_channels % conv.groups != 0 ||
      conv.out_channels % conv.groups != 0 || w[1] != conv.in_channels / conv.groups) {
    return op.Invalid(absl::StrCat("weight ", Text(w), " does not fit input ", Text(x), " in ",
                                   conv.groups, " groups"));
  }
  PICOST_ASSIGN_OR_RETURN(Window window, ReadWindow(op, Spatial(x), Spatial(w)));
  return Finish(op, in, std::move(conv), std::move(window));
}

absl::Status ImportConv(OpContext& op) { return EmitConv(op, {}); }

absl::Status ImportConvTranspose(OpContext& op) {
  const ConvInputs in;
  PICOST_RETURN_IF_ERROR(CheckRanks(op, in));
  const Dims& x = op.Shape(in.x);
  const Dims& w = op.Shape(in.weight);
  Conv conv{.transposed = true, .batch = x[0], .in_channels = x[1], .groups = op.Int("group", 1)};
  if (conv.groups < 1 || conv.in_channels % conv.groups != 0 || w[0] != conv.in_channels) {
    return op.Invalid(absl::StrCat("weight ", Text(w), " does not fit input ", Text(x), " in ",
                                   conv.groups, " groups"));
  }
  if (w[1] > (int64_t{1} << 31) || conv.groups > (int64_t{1} << 31)) {
    return op.Invalid("too many channels");
  }
  conv.out_channels = w[1] * conv.groups;
  PICOST_ASSIGN_OR_RETURN(Window window, ReadTransposedWindow(op, Spatial(x), Spatial(w)));
  return Finish(op, in, std::move(conv), std::move(window));
}

}  // namespace picost::graph::ops
