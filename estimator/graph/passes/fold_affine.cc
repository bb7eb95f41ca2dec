#include "estimator/graph/passes/fold_affine.h"

#include <variant>

#include "estimator/graph/passes/rewriter.h"

namespace picost::graph {
namespace {

struct Channels {
  int64_t count = 0;
  size_t axis = 0;  // of the output
};

// Where a linear layer's output channels are; count 0 for other kinds.
Channels OutputChannels(const Node& node, const TensorType& output) {
  if (const auto* conv = std::get_if<Conv>(&node.attributes)) return {conv->out_channels, 1};
  if (const auto* linear = std::get_if<Linear>(&node.attributes)) {
    // A product with the weights on the left has its features elsewhere.
    if (output.dims.empty() || output.dims.back() != linear->out_features) return {};
    return {linear->out_features, output.dims.size() - 1};
  }
  return {};
}

// Whether `shape`, broadcast to `output`, varies along the channel axis only.
bool IsPerChannel(const TensorType& shape, const TensorType& output, const Channels& channels) {
  if (shape.dims.size() > output.dims.size()) return false;
  const size_t shift = output.dims.size() - shape.dims.size();
  for (size_t i = 0; i < shape.dims.size(); ++i) {
    if (shape.dims[i] != 1 && i + shift != channels.axis) return false;
  }
  return true;
}

bool& HasBias(Node& node) {
  if (auto* conv = std::get_if<Conv>(&node.attributes)) return conv->has_bias;
  return std::get<Linear>(node.attributes).has_bias;
}

// The bias that `reader` adds to the channels of its only input, if that is all
// that it does; -1 if not.
ValueId FoldedBias(const Rewriter& rewriter, const Node& reader, const TensorType& output,
                   const Channels& channels) {
  if (const auto* norm = std::get_if<Normalization>(&reader.attributes)) {
    const bool fits = norm->kind == NormalizationKind::kBatch && channels.axis == 1 &&
                      norm->channels == channels.count && reader.inputs.size() >= 3;
    return fits ? reader.inputs[2] : -1;  // the shift
  }
  if (const auto* sum = std::get_if<Elementwise>(&reader.attributes)) {
    const bool known = sum->second == Operand::kWeight || sum->second == Operand::kPublic;
    if (sum->kind != ElementwiseKind::kAdd || !known || reader.inputs.size() != 2) return -1;
    const bool fits = IsPerChannel(rewriter.value(reader.inputs[1]).type, output, channels) &&
                      rewriter.value(reader.outputs[0]).type.dims == output.dims;
    return fits ? reader.inputs[1] : -1;
  }
  return -1;
}

}  // namespace

void FoldAffine(Draft& draft) {
  Rewriter rewriter(draft);
  for (NodeId n = 0; n < rewriter.node_count(); ++n) {
    while (rewriter.IsAlive(n)) {
      const ValueId made = rewriter.node(n).outputs[0];
      const TensorType& output = rewriter.value(made).type;
      const Channels channels = OutputChannels(rewriter.node(n), output);
      if (channels.count == 0) break;
      const NodeId reader = rewriter.OnlyReader(made);
      if (reader == kNoNode) break;
      const ValueId bias = FoldedBias(rewriter, rewriter.node(reader), output, channels);
      if (bias < 0) break;
      bool& has_bias = HasBias(rewriter.node(n));
      if (!has_bias) rewriter.AddInput(n, bias);
      has_bias = true;
      rewriter.Absorb(n, reader);
    }
  }
  rewriter.Finish();
}

}  // namespace picost::graph
