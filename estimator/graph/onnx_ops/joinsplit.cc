// Views that join, split, cut, repeat or surround tensors.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/broadcast.h"
#include "estimator/graph/onnx_ops/fold.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

std::vector<ValueId> AllInputs(const OpContext& op) {
  std::vector<ValueId> inputs;
  for (int i = 0; i < op.input_count(); ++i) {
    if (op.Has(i)) inputs.push_back(op.In(i));
  }
  return inputs;
}

// Indices into a tensor of `dims` of the box that begins at `begin` and takes
// every step-th element, `size` of them, along each axis.
std::vector<int64_t> BoxIndices(const Dims& dims, const Dims& begin, const Dims& step,
                                const Dims& size) {
  const std::vector<int64_t> from = Strides(dims);
  const std::vector<int64_t> to = Strides(size);
  std::vector<int64_t> indices(static_cast<size_t>(Product(size)), 0);
  for (size_t i = 0; i < indices.size(); ++i) {
    for (size_t axis = 0; axis < dims.size(); ++axis) {
      const int64_t position = static_cast<int64_t>(i) / to[axis] % size[axis];
      indices[i] += (begin[axis] + position * step[axis]) * from[axis];
    }
  }
  return indices;
}

ConstantData FoldConcat(const OpContext& op, const TensorType& type, int64_t axis) {
  if (!IsFoldable(type.dims)) return {};
  bool any_double = false;
  for (int i = 0; i < op.input_count(); ++i) {
    if (op.Data(i).index() == 0) return {};
    any_double = any_double || op.Data(i).index() == 2;
  }
  const int64_t outer = Product(type.dims, 0, static_cast<size_t>(axis));
  std::vector<double> doubles;
  std::vector<int64_t> ints;
  for (int64_t row = 0; row < outer; ++row) {
    for (int i = 0; i < op.input_count(); ++i) {
      const int64_t inner = outer == 0 ? 0 : op.Elements(i) / outer;
      for (int64_t k = row * inner; k < (row + 1) * inner; ++k) {
        if (const auto* known = op.KnownInts(i); known != nullptr && !any_double) {
          ints.push_back((*known)[k]);
        } else {
          doubles.push_back((*op.KnownDoubles(i))[k]);
        }
      }
    }
  }
  if (any_double) return doubles;
  return ints;
}

}  // namespace

absl::Status ImportConcat(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", 1), op.Rank(0)));
  TensorType type = op.Type(0);
  for (int i = 1; i < op.input_count(); ++i) {
    Dims expected = op.Shape(i);
    if (expected.size() != type.dims.size()) {
      return op.Invalid("tensors of different ranks are joined");
    }
    const auto sum = CheckedAdd(type.dims[axis], expected[axis]);
    if (!sum) return op.Invalid("the result is too large");
    expected[axis] = type.dims[axis];
    if (expected != type.dims) {
      return op.Invalid(absl::StrCat("[", absl::StrJoin(op.Shape(i), ","), "] does not join [",
                                     absl::StrJoin(op.Shape(0), ","), "] along axis ", axis));
    }
    type.dims[axis] = *sum;
  }
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (!op.AnyPrivate()) return op.Fold(0, type, FoldConcat(op, type, axis));
  if (op.input_count() == 1) return op.Alias(0, op.In(0));
  return op.Emit(View{}, AllInputs(op), type);
}

absl::Status ImportSplit(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", 0), op.Rank(0)));
  const int64_t size = op.Shape(0)[axis];
  const int64_t parts = op.output_count();
  std::vector<int64_t> sizes;
  if (op.Has(1)) {
    PICOST_ASSIGN_OR_RETURN(sizes, op.RequireInts(1, "sizes of the split"));
  } else if (const auto attribute = op.Ints("split")) {
    sizes = *attribute;
  } else {
    // Equal chunks; from opset 18 on the last one may be smaller.
    const int64_t chunk = CeilDiv(size, std::max<int64_t>(1, op.Int("num_outputs", parts)));
    for (int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::clamp<int64_t>(size - i * chunk, 0, chunk));
    }
  }
  int64_t total = 0;
  for (int64_t part : sizes) {
    if (part < 0 || part > size) return op.Invalid(absl::StrCat("a part of size ", part));
    total += part;
  }
  if (total != size || static_cast<int64_t>(sizes.size()) != parts) {
    return op.Invalid(absl::StrCat("sizes [", absl::StrJoin(sizes, ","), "] do not split ", size,
                                   " into ", parts));
  }
  std::vector<TensorType> types;
  for (int64_t part : sizes) {
    types.push_back(op.Type(0));
    types.back().dims[axis] = part;
  }
  if (op.IsPrivate(0)) return op.Emit(View{}, {op.In(0)}, std::move(types));
  Dims begin(op.Shape(0).size(), 0);
  const Dims step(begin.size(), 1);
  for (int64_t i = 0; i < parts; ++i) {
    ConstantData data;
    if (op.Data(0).index() != 0 && IsFoldable(types[i].dims)) {
      data = Pick(op.Data(0), BoxIndices(op.Shape(0), begin, step, types[i].dims));
    }
    PICOST_RETURN_IF_ERROR(op.Fold(static_cast<int>(i), types[i], std::move(data)));
    begin[axis] += sizes[i];
  }
  return absl::OkStatus();
}

absl::Status ImportSlice(OpContext& op) {
  const int64_t rank = op.Rank(0);
  std::vector<int64_t> starts;
  std::vector<int64_t> ends;
  std::optional<std::vector<int64_t>> axes;
  std::vector<int64_t> steps;
  if (op.opset() < 10) {
    starts = op.Ints("starts").value_or(starts);
    ends = op.Ints("ends").value_or(ends);
    axes = op.Ints("axes");
  } else {
    PICOST_ASSIGN_OR_RETURN(starts, op.RequireInts(1, "starts of the slice"));
    PICOST_ASSIGN_OR_RETURN(ends, op.RequireInts(2, "ends of the slice"));
    if (op.Has(3)) {
      PICOST_ASSIGN_OR_RETURN(axes, op.RequireInts(3, "axes of the slice"));
    }
    if (op.Has(4)) {
      PICOST_ASSIGN_OR_RETURN(steps, op.RequireInts(4, "steps of the slice"));
    }
  }
  if (!axes) {
    axes.emplace();
    for (size_t i = 0; i < starts.size(); ++i) axes->push_back(static_cast<int64_t>(i));
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> resolved, op.Axes(*axes, rank));
  if (starts.size() != ends.size() || starts.size() != resolved.size() ||
      starts.size() != steps.size()) {
    return op.Invalid("starts, ends, axes and steps have different lengths");
  }
  TensorType type = op.Type(0);
  Dims begin(type.dims.size(), 0);
  Dims step(type.dims.size(), 1);
  for (size_t i = 0; i < starts.size(); ++i) {
    const int64_t size = op.Shape(0)[resolved[i]];
    if (steps[i] == 0 || steps[i] == INT64_MIN) return op.Invalid("a step of the slice is 0");
    const bool forward = steps[i] > 0;
    const auto clamp = [&](int64_t position) {
      if (position < 0) position = position < -size ? -size - 1 : position;
      if (position < 0) position += size;
      return forward ? std::clamp<int64_t>(position, 0, size)
                     : std::clamp<int64_t>(position, -1, size - 1);
    };
    const int64_t first = clamp(starts[i]);
    const int64_t last = clamp(ends[i]);
    const int64_t span = forward ? last - first : first - last;
    const int64_t stride = forward ? steps[i] : -steps[i];
    type.dims[resolved[i]] = span <= 0 ? 0 : CeilDiv(span, stride);
    begin[resolved[i]] = first;
    step[resolved[i]] = steps[i];
  }
  ConstantData data;
  if (op.Data(0).index() != 0 && IsFoldable(type.dims)) {
    data = Pick(op.Data(0), BoxIndices(op.Shape(0), begin, step, type.dims));
  }
  const bool reversed = std::any_of(steps.begin(), steps.end(), [](int64_t s) { return s < 0; });
  if (reversed && op.IsPrivate(0)) return op.Emit(View{}, {op.In(0)}, type);
  return op.EmitView(std::move(type), std::move(data));
}

absl::Status ImportTile(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> repeats, op.RequireInts(1, "repeats"));
  if (repeats.size() != op.Shape(0).size()) return op.Invalid("one repeat per axis is needed");
  TensorType type = op.Type(0);
  for (size_t i = 0; i < repeats.size(); ++i) {
    const auto product = CheckedMultiply(type.dims[i], repeats[i]);
    if (!product || repeats[i] < 0) return op.Invalid(absl::StrCat("repeats ", repeats[i]));
    type.dims[i] = *product;
  }
  PICOST_RETURN_IF_ERROR(op.Check(type));
  ConstantData data;
  if (op.Data(0).index() != 0 && IsFoldable(type.dims)) {
    const std::vector<int64_t> from = Strides(op.Shape(0));
    const std::vector<int64_t> to = Strides(type.dims);
    std::vector<int64_t> indices(static_cast<size_t>(type.ElementCount()), 0);
    for (size_t i = 0; i < indices.size(); ++i) {
      for (size_t axis = 0; axis < from.size(); ++axis) {
        const int64_t position = static_cast<int64_t>(i) / to[axis] % type.dims[axis];
        indices[i] += position % op.Shape(0)[axis] * from[axis];
      }
    }
    data = Pick(op.Data(0), indices);
  }
  return op.EmitView(std::move(type), std::move(data));
}

absl::Status ImportPad(OpContext& op) {
  std::vector<int64_t> pads;
  if (op.opset() < 11) {
    pads = op.Ints("pads").value_or(op.Ints("paddings").value_or(pads));
  } else {
    PICOST_ASSIGN_OR_RETURN(pads, op.RequireInts(1, "pads"));
  }
  std::vector<int64_t> axes;
  if (op.Has(3)) {
    PICOST_ASSIGN_OR_RETURN(axes, op.RequireInts(3, "axes of the padding"));
    PICOST_ASSIGN_OR_RETURN(axes, op.Axes(std::move(axes), op.Rank(0)));
  } else {
    for (int64_t i = 0; i < op.Rank(0); ++i) axes.push_back(i);
  }
  if (pads.size() != 2 * axes.size()) {
    return op.Invalid(absl::StrCat(pads.size(), " pads for ", axes.size(), " axes"));
  }
  TensorType type = op.Type(0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto both = CheckedAdd(pads[i], pads[i + axes.size()]);
    const auto sum = both ? CheckedAdd(type.dims[axes[i]], *both) : std::nullopt;
    if (!sum || *sum < 0) return op.Invalid("the pads cut more than there is");
    type.dims[axes[i]] = *sum;
  }
  return op.EmitView(std::move(type));
}

// By known lengths a permutation, as of flipped sequences in both directions.
absl::Status ImportReverseSequence(OpContext& op) {
  if (op.IsPrivate(1)) {
    return op.Unimplemented("lengths of sequences that depend on the data",
                            "Export the model with sequences of one length");
  }
  return op.Emit(View{}, {op.In(0), op.In(1)}, op.Type(0));
}

absl::Status ImportTrilu(OpContext& op) {
  if (op.Rank(0) < 2) return op.Invalid("a triangle of less than a matrix");
  if (op.IsPrivate(0)) return op.Emit(View{}, {op.In(0)}, op.Type(0));
  return op.Fold(0, op.Type(0), {});
}

}  // namespace picost::graph::ops
