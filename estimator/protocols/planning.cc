#include "estimator/protocols/planning.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/error.h"
#include "estimator/primitives/forms.h"

namespace picost::protocols {

using primitives::PrimitiveCall;
using primitives::Product;
using primitives::Sum;

void CallList::Add(std::string_view primitive, primitives::Parameters parameters, int64_t count,
                   primitives::Phase phase, primitives::Executor executor) {
  if (!status_.ok() || count == 0) return;
  absl::StatusOr<PrimitiveCall> call =
      primitives::MakeCall(primitive, std::move(parameters), count, phase, executor);
  if (!call.ok()) {
    status_ = call.status();
    return;
  }
  calls_.push_back(*std::move(call));
}

absl::Status Refuse(std::string_view protocol, const graph::Node& node, std::string_view why,
                    std::string_view mend) {
  return MakeError(
      absl::StatusCode::kUnimplemented,
      absl::StrCat(std::string(protocol), " does not plan ", graph::KindName(node.attributes),
                   why.empty() ? "" : ": ", std::string(why)),
      {.node = node.name, .op = node.onnx_op, .mend = std::string(mend)});
}

absl::Status OfLayer(std::string_view protocol, const graph::Node& node,
                     const absl::Status& status) {
  if (status.code() != absl::StatusCode::kInvalidArgument) return status;
  return Refuse(protocol, node, std::string(status.message()), "Use a smaller layer");
}

bool ReadsClientPlaintext(const graph::Graph& graph, const graph::Node& node) {
  if (node.inputs.empty()) return false;
  graph::ValueId id = node.inputs.front();
  while (graph.value(id).source == graph::ValueSource::kNode) {
    const graph::Node& producer = graph.node(graph.value(id).producer);
    // A view of several operands (concatenation) is followed only where it has one.
    if (!std::holds_alternative<graph::View>(producer.attributes) || producer.inputs.empty()) {
      return false;
    }
    for (size_t i = 1; i < producer.inputs.size(); ++i) {
      if (graph.value(producer.inputs[i]).source == graph::ValueSource::kNode) return false;
    }
    id = producer.inputs.front();
  }
  return graph.value(id).source == graph::ValueSource::kInput;
}

KeptElements Kept(const graph::Activation& activation) {
  if (activation.kept_elements < 0) return {activation.elements, 0};
  const int64_t kept = std::min(activation.kept_elements, activation.elements);
  return {kept, activation.elements - kept};
}

void AddGather(int64_t kept, CallList& calls) {
  calls.Add("shares.gather", {}, kept, primitives::Phase::kOnline, primitives::Executor::kJoint);
}
void AddScatter(int64_t kept, CallList& calls) {
  calls.Add("shares.scatter", {}, kept, primitives::Phase::kOnline, primitives::Executor::kJoint);
}

PlainConvolution ToPlainConvolution(const graph::Conv& conv) {
  PlainConvolution plain;
  const size_t rank = conv.kernel.size();
  // The last two dimensions; a missing first one is 1.
  const auto at = [rank](const std::vector<int64_t>& values, size_t axis, int64_t missing) {
    const size_t from_end = 2 - axis;
    return from_end > rank ? missing : values[rank - from_end];
  };
  plain.convolutions = Product({conv.batch, conv.groups});
  plain.in_channels = conv.in_channels / conv.groups;
  plain.out_channels = conv.out_channels / conv.groups;
  for (size_t axis = 0; axis + 2 < rank; ++axis) {
    plain.convolutions = Product({plain.convolutions, conv.output_size[axis]});
    // Of a transposed convolution a position reads only every stride-th of them.
    const int64_t read =
        conv.transposed ? CeilDiv(conv.kernel[axis], conv.strides[axis]) : conv.kernel[axis];
    plain.in_channels = Product({plain.in_channels, read});
  }
  plain.taps = Product({at(conv.kernel, 0, 1), at(conv.kernel, 1, 1)});
  int64_t size[2], kernel[2], stride[2], begin[2], end[2];
  for (size_t axis = 0; axis < 2; ++axis) {
    size[axis] = at(conv.input_size, axis, 1);
    kernel[axis] = Sum({Product({at(conv.kernel, axis, 1) - 1, at(conv.dilations, axis, 1)}), 1});
    stride[axis] = at(conv.strides, axis, 1);
    begin[axis] = at(conv.pads_begin, axis, 0);
    end[axis] = at(conv.pads_end, axis, 0);
    if (conv.transposed) {
      size[axis] = Sum({Product({std::max<int64_t>(0, size[axis] - 1), stride[axis]}), 1});
      stride[axis] = 1;
      // output = stretched + begin + end - (kernel - 1), with the padding turned round;
      // the output padding of ONNX is what is missing at the end.
      begin[axis] = std::max<int64_t>(0, kernel[axis] - 1 - begin[axis]);
      end[axis] = std::max<int64_t>(
          0, at(conv.output_size, axis, 1) + kernel[axis] - 1 - size[axis] - begin[axis]);
    }
  }
  plain.height = size[0];
  plain.width = size[1];
  plain.kernel_height = kernel[0];
  plain.kernel_width = kernel[1];
  plain.stride_height = stride[0];
  plain.stride_width = stride[1];
  plain.pad_top = begin[0];
  plain.pad_bottom = end[0];
  plain.pad_left = begin[1];
  plain.pad_right = end[1];
  return plain;
}

primitives::Parameters ShapeParameters(const PlainConvolution& conv) {
  return {{"in_channels", conv.in_channels},
          {"out_channels", conv.out_channels},
          {"height", conv.height},
          {"width", conv.width},
          {"kernel_height", conv.kernel_height},
          {"kernel_width", conv.kernel_width},
          {"stride_height", conv.stride_height},
          {"stride_width", conv.stride_width},
          {"pad_top", conv.pad_top},
          {"pad_bottom", conv.pad_bottom},
          {"pad_left", conv.pad_left},
          {"pad_right", conv.pad_right}};
}

int64_t OutputPixels(const PlainConvolution& conv) {
  const int64_t rows =
      (conv.height + conv.pad_top + conv.pad_bottom - conv.kernel_height) / conv.stride_height + 1;
  const int64_t columns =
      (conv.width + conv.pad_left + conv.pad_right - conv.kernel_width) / conv.stride_width + 1;
  return Product({rows, columns});
}

std::string_view UnrolledNote(const graph::Conv& conv) {
  return conv.kernel.size() > 2 ? "one 2-D convolution for each slice of the result: derived" : "";
}

Refill FilledOnce(std::string pool, std::string primitive, int64_t times) {
  constexpr int64_t kNever = int64_t{1} << 60;  // twice it fits, too
  return {.pool = std::move(pool),
          .yield = kNever,
          .primitive = std::move(primitive),
          .drawn_before = kNever - 1,
          .times = times};
}

absl::Status RefillPools(const std::vector<Refill>& refills, ProtocolPlan& plan) {
  for (const Refill& refill : refills) {
    int64_t drawn = refill.drawn_before;
    for (LayerPlan& layer : plan.layers) {
      const int64_t before = drawn / refill.yield;
      for (const PrimitiveCall& call : layer.calls) {
        for (const primitives::PoolUse& use : call.pools) {
          if (use.pool == refill.pool) drawn += use.amount;
        }
      }
      CallList added;
      added.Add(refill.primitive, refill.parameters,
                Product({drawn / refill.yield - before, refill.times}), refill.phase,
                primitives::Executor::kJoint);
      if (!added.status().ok()) return added.status();
      for (PrimitiveCall& call : std::move(added).Take()) {
        layer.calls.push_back(std::move(call));
        ++layer.refill_calls;
      }
    }
    plan.refills.push_back(refill);
  }
  return absl::OkStatus();
}

}  // namespace picost::protocols
