// Another number of channels, and what follows downstream.
//
// Each value has at most one resized axis: 1 behind a convolution, the last behind
// a linear layer. Nodes are visited in order; whose operands changed is computed
// again, and is refused where the network does not say what should follow.
#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/whatif/edit_structure.h"

namespace picost::whatif {
namespace {

using graph::Conv;
using graph::Graph;
using graph::Linear;
using graph::Node;
using graph::ValueId;
using graph::ValueSource;

constexpr int kUnchanged = -1;

class Resizer {
 public:
  explicit Resizer(const Graph& graph)
      : graph_(graph), parts_(graph.parts()), axis_(graph.values().size(), kUnchanged) {}

  absl::StatusOr<Graph> Run(const std::vector<Resize>& resizes) {
    std::vector<int64_t> channels(graph_.nodes().size(), 0);
    for (const Resize& resize : resizes) {
      const Node& node = graph_.node(resize.node);
      if (resize.channels < 1 || resize.channels > kMaxChannels) {
        return Refused(node, absl::StrCat(resize.channels, " channels"), "channels",
                       absl::StrCat("Give a number from 1 to ", kMaxChannels));
      }
      channels[resize.node] = resize.channels;
    }
    for (size_t id = 0; id < parts_.nodes.size(); ++id) {
      Node& node = parts_.nodes[id];
      PICOST_RETURN_IF_ERROR(Follow(node));
      if (channels[id] > 0) PICOST_RETURN_IF_ERROR(Start(node, channels[id]));
    }
    return Graph::Create(std::move(parts_));
  }

 private:
  static absl::Status Refused(const Node& node, std::string what, std::string field,
                              std::string mend) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("cannot resize: ", std::move(what)),
                     {.field = std::move(field),
                      .node = node.name,
                      .op = node.onnx_op,
                      .mend = std::move(mend)});
  }
  absl::Status NotFollowed(const Node& node) const {
    return Refused(node,
                   absl::StrCat("what a ", graph::KindName(node.attributes),
                                " makes of the changed channels is not known"),
                   "node", "Resize a layer whose channels end in another linear layer");
  }

  std::vector<int64_t>& dims(ValueId id) { return parts_.values[id].type.dims; }
  int64_t elements(ValueId id) const { return parts_.values[id].type.ElementCount(); }
  int64_t OldExtent(ValueId id) const { return graph_.value(id).type.dims[axis_[id]]; }
  int64_t NewExtent(ValueId id) { return dims(id)[axis_[id]]; }

  // Gives the value `extent` along the axis.
  void SetAxis(ValueId id, int axis, int64_t extent) {
    if (dims(id)[axis] == extent) return;
    dims(id)[axis] = extent;
    axis_[id] = axis;
  }

  absl::Status Start(Node& node, int64_t channels) {
    if (auto* conv = std::get_if<Conv>(&node.attributes)) {
      if (conv->groups == conv->in_channels && conv->groups > 1) {
        return Refused(node, "a depthwise convolution has as many channels as its input", "node",
                       "Resize the layer before it");
      }
      if (channels % conv->groups != 0) {
        return Refused(node, absl::StrCat(channels, " channels in ", conv->groups, " groups"),
                       "channels", "Give a multiple of the groups");
      }
      conv->out_channels = channels;
      SetAxis(node.outputs.front(), 1, channels);
      return absl::OkStatus();
    }
    if (auto* linear = std::get_if<Linear>(&node.attributes)) {
      linear->out_features = channels;
      const ValueId output = node.outputs.front();
      SetAxis(output, static_cast<int>(dims(output).size()) - 1, channels);
      return absl::OkStatus();
    }
    return Refused(node, absl::StrCat("a ", graph::KindName(node.attributes), " has no weights"),
                   "node", "Name a convolution or a linear layer");
  }

  absl::Status Follow(Node& node) {
    bool changed = false;
    for (ValueId id : node.inputs) changed = changed || axis_[id] != kUnchanged;
    if (!changed) return absl::OkStatus();
    return std::visit([&](auto& attributes) { return FollowKind(node, attributes); },
                      node.attributes);
  }

  absl::Status FollowKind(Node& node, Conv& conv) {
    const ValueId input = node.inputs.front();
    if (axis_[input] != 1) return NotFollowed(node);
    const int64_t channels = NewExtent(input);
    if (conv.groups == conv.in_channels && conv.groups > 1) {
      // Depthwise: a multiple of the input's channels comes out.
      conv.out_channels = conv.out_channels / conv.groups * channels;
      conv.groups = channels;
      SetAxis(node.outputs.front(), 1, conv.out_channels);
    } else if (channels % conv.groups != 0) {
      return Refused(node, absl::StrCat(channels, " channels in ", conv.groups, " groups"),
                     "channels", "Give a multiple of the groups");
    }
    conv.in_channels = channels;
    return absl::OkStatus();
  }

  absl::Status FollowKind(Node& node, Linear& linear) {
    const ValueId input = node.inputs.front();
    if (axis_[input] != static_cast<int>(dims(input).size()) - 1) return NotFollowed(node);
    linear.in_features = NewExtent(input);
    return absl::OkStatus();
  }

  absl::Status FollowKind(Node& node, graph::Activation& activation) {
    PassOn(node);
    const int64_t count = elements(node.outputs.front());
    if (activation.kept_elements > 0) {
      activation.kept_elements = static_cast<int64_t>(
          static_cast<__int128>(count) * activation.kept_elements / activation.elements);
    }
    activation.elements = count;
    return absl::OkStatus();
  }

  absl::Status FollowKind(Node& node, graph::Pool& pool) {
    if (axis_[node.inputs.front()] != 1) return NotFollowed(node);
    PassOn(node);
    const int64_t count = elements(node.outputs.front());
    pool.channels = pool.outputs == 0 ? 0 : pool.channels * count / pool.outputs;
    pool.outputs = count;
    return absl::OkStatus();
  }

  absl::Status FollowKind(Node& node, graph::Normalization& normalization) {
    const ValueId input = node.inputs.front();
    const bool last = axis_[input] == static_cast<int>(dims(input).size()) - 1;
    const bool by_channel = normalization.kind == graph::NormalizationKind::kBatch;
    const bool by_row = normalization.kind == graph::NormalizationKind::kLayer ||
                        normalization.kind == graph::NormalizationKind::kRms;
    if (!by_channel && !(by_row && last)) return NotFollowed(node);
    PassOn(node);
    normalization.elements = elements(node.outputs.front());
    if (by_channel) normalization.channels = NewExtent(input);
    if (by_row) normalization.width = normalization.elements / normalization.rows;
    return absl::OkStatus();
  }

  absl::Status FollowKind(Node& node, graph::Reduce& reduce) {
    const ValueId input = node.inputs.front();
    const ValueId output = node.outputs.front();
    const int axis = axis_[input];
    // The channels must stand in the result at the same place.
    if (static_cast<int>(dims(output).size()) <= axis || dims(output)[axis] != OldExtent(input) ||
        axis == static_cast<int>(dims(input).size()) - 1) {
      return NotFollowed(node);
    }
    SetAxis(output, axis, NewExtent(input));
    reduce.outputs = elements(output);
    return absl::OkStatus();
  }

  absl::Status FollowKind(Node& node, graph::Elementwise& elementwise) {
    PICOST_RETURN_IF_ERROR(PassOnOperands(node));
    elementwise.elements = elements(node.outputs.front());
    return absl::OkStatus();
  }
  absl::Status FollowKind(Node& node, graph::Compare& compare) {
    PICOST_RETURN_IF_ERROR(PassOnOperands(node));
    compare.elements = elements(node.outputs.front());
    return absl::OkStatus();
  }
  absl::Status FollowKind(Node& node, graph::Select& select) {
    PICOST_RETURN_IF_ERROR(PassOnOperands(node));
    select.elements = elements(node.outputs.front());
    return absl::OkStatus();
  }

  absl::Status FollowKind(Node& node, graph::View&) {
    const ValueId output = node.outputs.front();
    if (node.outputs.size() != 1 || dims(output).size() < 2) return NotFollowed(node);
    // Concatenation of channels: the extents of the operands add up.
    int64_t old_sum = 0;
    int64_t new_sum = 0;
    int operands = 0;
    for (ValueId id : node.inputs) {
      const graph::Value& value = graph_.value(id);
      if (value.source != ValueSource::kNode && value.source != ValueSource::kInput) continue;
      if (value.type.rank() < 2) return NotFollowed(node);
      if (axis_[id] != kUnchanged && axis_[id] != 1) return NotFollowed(node);
      old_sum += value.type.dims[1];
      new_sum += dims(id)[1];
      ++operands;
    }
    if (dims(output)[1] == old_sum) {
      SetAxis(output, 1, new_sum);
      return absl::OkStatus();
    }
    // Flattening: channel by channel, everything behind axis 1.
    const ValueId input = node.inputs.front();
    if (operands == 1 && dims(output).size() == 2 && dims(output)[1] % old_sum == 0 &&
        graph_.value(input).type.ElementCount() == graph_.value(output).type.ElementCount()) {
      SetAxis(output, 1, dims(output)[1] / old_sum * new_sum);
      return absl::OkStatus();
    }
    return NotFollowed(node);
  }

  absl::Status FollowKind(Node& node, graph::PrivateMatMul&) { return NotFollowed(node); }
  absl::Status FollowKind(Node& node, graph::Softmax&) { return NotFollowed(node); }
  absl::Status FollowKind(Node& node, graph::TopK&) { return NotFollowed(node); }
  absl::Status FollowKind(Node& node, graph::Embedding&) { return NotFollowed(node); }
  absl::Status FollowKind(Node& node, graph::PublicLinear&) { return NotFollowed(node); }

  // The result is changed as the first operand is.
  void PassOn(Node& node) {
    const ValueId input = node.inputs.front();
    SetAxis(node.outputs.front(), axis_[input], NewExtent(input));
  }

  // The result of operands that are broadcast to each other: those that the parties
  // share must agree, the server's own are whatever fits.
  absl::Status PassOnOperands(Node& node) {
    const ValueId output = node.outputs.front();
    const int rank = static_cast<int>(dims(output).size());
    int axis = kUnchanged;
    int64_t extent = 0;
    for (ValueId id : node.inputs) {
      if (axis_[id] == kUnchanged) continue;
      axis = axis_[id] + rank - static_cast<int>(dims(id).size());
      extent = NewExtent(id);
    }
    for (ValueId id : node.inputs) {
      const graph::Value& value = parts_.values[id];
      const int own_axis = axis - rank + static_cast<int>(value.type.dims.size());
      if (own_axis < 0) continue;
      const int64_t own = value.type.dims[own_axis];
      if (own == extent || own == 1) continue;
      if (value.source == ValueSource::kNode || value.source == ValueSource::kInput) {
        return Refused(node,
                       absl::StrCat("its operands would have ", extent, " and ", own, " channels"),
                       "node",
                       value.producer == graph::kNoNode
                           ? "Keep the channels of the input"
                           : absl::StrCat("Resize what '", parts_.nodes[value.producer].name,
                                          "' reads in the same edit, next to this operation"));
      }
      dims(id)[own_axis] = extent;
    }
    SetAxis(output, axis, extent);
    return absl::OkStatus();
  }

  const Graph& graph_;
  Graph::Parts parts_;
  std::vector<int> axis_;  // by ValueId: the axis whose extent changed
};

}  // namespace

absl::StatusOr<Graph> ResizeAll(const Graph& graph, const std::vector<Resize>& resizes) {
  return Resizer(graph).Run(resizes);
}

}  // namespace picost::whatif
