// Views that keep every element: other shapes and orders, broadcasts.
#include <algorithm>
#include <numeric>
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

absl::Status Reshaped(OpContext& op, Dims dims) {
  TensorType type{.element_type = op.Type(0).element_type, .dims = std::move(dims)};
  PICOST_RETURN_IF_ERROR(op.Check(type));
  if (type.ElementCount() != op.Elements(0)) {
    return op.Invalid(absl::StrCat("[", absl::StrJoin(op.Shape(0), ","), "] does not reshape to [",
                                   absl::StrJoin(type.dims, ","), "]"));
  }
  return op.EmitView(std::move(type), op.Data(0));
}

}  // namespace

absl::Status ImportReshape(OpContext& op) {
  Dims dims;
  if (op.Has(1)) {
    PICOST_ASSIGN_OR_RETURN(dims, op.RequireInts(1, "new shape"));
  } else if (const auto attribute = op.Ints("shape")) {
    dims = *attribute;
  } else {
    return op.Invalid("the new shape is missing");
  }
  const bool zero_is_zero = op.Int("allowzero", 0) != 0;
  int64_t known = 1;
  int64_t unknown = -1;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == -1) {
      if (unknown >= 0) return op.Invalid("two dimensions of the new shape are -1");
      unknown = static_cast<int64_t>(i);
      continue;
    }
    if (dims[i] == 0 && !zero_is_zero) {
      if (i >= op.Shape(0).size()) return op.Invalid("a 0 of the new shape copies no dimension");
      dims[i] = op.Shape(0)[i];
    }
    const auto product = CheckedMultiply(known, dims[i]);
    if (!product || *product < 0) return op.Invalid("the new shape is not a shape");
    known = *product;
  }
  if (unknown >= 0) {
    if (known == 0 || op.Elements(0) % known != 0) {
      return op.Invalid(absl::StrCat("[", absl::StrJoin(op.Shape(0), ","),
                                     "] does not reshape to [", absl::StrJoin(dims, ","), "]"));
    }
    dims[unknown] = op.Elements(0) / known;
  }
  return Reshaped(op, std::move(dims));
}

absl::Status ImportFlatten(OpContext& op) {
  const int64_t rank = op.Rank(0);
  int64_t axis = op.Int("axis", 1);
  if (axis < -rank || axis > rank) return op.Invalid(absl::StrCat("axis ", axis));
  if (axis < 0) axis += rank;
  const Dims& dims = op.Shape(0);
  return Reshaped(op, {Product(dims, 0, static_cast<size_t>(axis)),
                       Product(dims, static_cast<size_t>(axis), dims.size())});
}

absl::Status ImportSqueeze(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const auto axes, op.AxesFrom(1));
  std::vector<bool> drop(static_cast<size_t>(op.Rank(0)), false);
  if (!axes) {
    for (size_t i = 0; i < drop.size(); ++i) drop[i] = op.Shape(0)[i] == 1;
  } else {
    PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> resolved, op.Axes(*axes, op.Rank(0)));
    for (int64_t axis : resolved) {
      if (op.Shape(0)[axis] != 1) {
        return op.Invalid(
            absl::StrCat("axis ", axis, " of size ", op.Shape(0)[axis], " cannot be squeezed"));
      }
      drop[axis] = true;
    }
  }
  Dims dims;
  for (size_t i = 0; i < drop.size(); ++i) {
    if (!drop[i]) dims.push_back(op.Shape(0)[i]);
  }
  return Reshaped(op, std::move(dims));
}

absl::Status ImportUnsqueeze(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const auto axes, op.AxesFrom(1));
  if (!axes) return op.Invalid("the axes are missing");
  const int64_t rank = op.Rank(0) + static_cast<int64_t>(axes->size());
  PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> resolved, op.Axes(*axes, rank));
  std::vector<bool> added(static_cast<size_t>(rank), false);
  for (int64_t axis : resolved) added[axis] = true;
  Dims dims;
  size_t next = 0;
  for (bool is_new : added) dims.push_back(is_new ? 1 : op.Shape(0)[next++]);
  return Reshaped(op, std::move(dims));
}

absl::Status ImportExpand(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> wanted, op.RequireInts(1, "new shape"));
  PICOST_ASSIGN_OR_RETURN(Dims shape, Broadcast(op, op.Shape(0), wanted));
  TensorType type{.element_type = op.Type(0).element_type, .dims = std::move(shape)};
  PICOST_RETURN_IF_ERROR(op.Check(type));
  ConstantData data;
  if (op.Data(0).index() != 0 && IsFoldable(type.dims)) {
    data = Pick(op.Data(0), BroadcastIndices(op.Shape(0), type.dims));
  }
  return op.EmitView(std::move(type), std::move(data));
}

absl::Status ImportTranspose(OpContext& op) {
  const Dims& dims = op.Shape(0);
  std::vector<int64_t> order(dims.size());
  std::iota(order.rbegin(), order.rend(), 0);
  if (const auto attribute = op.Ints("perm")) {
    PICOST_ASSIGN_OR_RETURN(order, op.Axes(*attribute, op.Rank(0)));
    if (order.size() != dims.size()) return op.Invalid("perm does not name every axis");
  }
  TensorType type{.element_type = op.Type(0).element_type};
  for (int64_t axis : order) type.dims.push_back(dims[axis]);
  ConstantData data;
  if (op.Data(0).index() != 0 && IsFoldable(dims)) {
    const std::vector<int64_t> from = Strides(dims);
    const std::vector<int64_t> to = Strides(type.dims);
    std::vector<int64_t> indices(static_cast<size_t>(type.ElementCount()), 0);
    for (size_t i = 0; i < indices.size(); ++i) {
      for (size_t axis = 0; axis < order.size(); ++axis) {
        indices[i] += static_cast<int64_t>(i) / to[axis] % type.dims[axis] * from[order[axis]];
      }
    }
    data = Pick(op.Data(0), indices);
  }
  return op.EmitView(std::move(type), std::move(data));
}

absl::Status ImportDepthToSpace(OpContext& op) {
  const int64_t block = op.Int("blocksize", 0);
  const Dims& x = op.Shape(0);
  if (op.Rank(0) != 4 || block < 1 || block > (int64_t{1} << 20) || x[1] % (block * block) != 0) {
    return op.Invalid(absl::StrCat("blocks of ", block, " do not fit the channels"));
  }
  return Reshaped(op, {x[0], x[1] / (block * block), x[2] * block, x[3] * block});
}

absl::Status ImportSpaceToDepth(OpContext& op) {
  const int64_t block = op.Int("blocksize", 0);
  const Dims& x = op.Shape(0);
  if (op.Rank(0) != 4 || block < 1 || x[2] % block != 0 || x[3] % block != 0) {
    return op.Invalid(absl::StrCat("blocks of ", block, " do not fit the image"));
  }
  return Reshaped(
      op, {x[0], op.Elements(0) == 0 ? 0 : x[1] * block * block, x[2] / block, x[3] / block});
}

}  // namespace picost::graph::ops
