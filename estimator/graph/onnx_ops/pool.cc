// Pooling over windows and over everything.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"
#include "estimator/graph/onnx_ops/window.h"

namespace picost::graph::ops {
namespace {

PoolKind KindOf(const OpContext& op) {
  const std::string& name = op.node().op_type();
  if (absl::StrContains(name, "Max")) return PoolKind::kMax;
  if (absl::StrContains(name, "Lp")) return PoolKind::kLp;
  return PoolKind::kAverage;
}

absl::Status CheckRank(const OpContext& op) {
  if (op.Rank(0) >= 3) return absl::OkStatus();
  return op.Invalid(absl::StrCat("an input of rank ", op.Rank(0), " has nothing to pool over"));
}

absl::Status Finish(OpContext& op, Window window) {
  const Dims& x = op.Shape(0);
  TensorType type{
      .element_type = op.Type(0).element_type, .dims = {x[0], x[1]}, .bits = op.Type(0).bits};
  type.dims.insert(type.dims.end(), window.output.begin(), window.output.end());
  PICOST_RETURN_IF_ERROR(op.Check(type));
  PICOST_RETURN_IF_ERROR(op.Check({.dims = window.kernel}));
  Pool pool{.kind = KindOf(op),
            .channels = x[0] * x[1],
            .input_size = std::move(window.input),
            .output_size = std::move(window.output),
            .kernel = std::move(window.kernel),
            .strides = std::move(window.strides),
            .pads_begin = std::move(window.pads_begin),
            .pads_end = std::move(window.pads_end)};
  pool.window = Product(pool.kernel);
  // Adaptive pooling to the size that is there already.
  if (pool.window == 1 && pool.output_size == pool.input_size && pool.kind != PoolKind::kLp &&
      !op.Wants(1)) {
    return op.Alias(0, op.In(0));
  }
  pool.outputs = type.ElementCount();
  const TensorType indices{.element_type = ElementType::kInteger, .dims = type.dims};
  return op.Emit(std::move(pool), {op.In(0)}, {type, indices});
}

}  // namespace

absl::Status ImportPool(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckRank(op));
  const auto kernel = op.Ints("kernel_shape");
  if (!kernel) return op.Invalid("the attribute kernel_shape is missing");
  PICOST_ASSIGN_OR_RETURN(
      Window window, ReadWindow(op, Dims(op.Shape(0).begin() + 2, op.Shape(0).end()), *kernel));
  return Finish(op, std::move(window));
}

absl::Status ImportGlobalPool(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckRank(op));
  const Dims spatial(op.Shape(0).begin() + 2, op.Shape(0).end());
  const size_t rank = spatial.size();
  return Finish(op, Window{.input = spatial,
                           .output = Dims(rank, 1),
                           .kernel = spatial,
                           .strides = Dims(rank, 1),
                           .dilations = Dims(rank, 1),
                           .pads_begin = Dims(rank, 0),
                           .pads_end = Dims(rank, 0)});
}

}  // namespace picost::graph::ops
