// Random numbers and positions that depend on the data: where they are public
// they cost little or nothing, and where they are not no protocol here has them.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {

// Noise of a public distribution: any party may draw it.
absl::Status ImportRandom(OpContext& op) {
  TensorType type;
  if (op.Has(0)) {
    type.dims = op.Shape(0);  // RandomNormalLike, RandomUniformLike
  } else {
    type.dims = op.Ints("shape").value_or(Dims());
  }
  op.state().Warn(
      absl::StrCat("operator ", op.OpName(), " draws random numbers: counted as public noise"));
  PICOST_ASSIGN_OR_RETURN(const ValueId value, op.MakeConstant(type, {}));
  return op.Alias(0, value);
}

// Interpolation of a picture at the points of a grid.
absl::Status ImportGridSample(OpContext& op) {
  if (op.IsPrivate(1)) {
    return op.Unimplemented("sampling at positions that depend on the data",
                            "Cut the model before the sampling, or describe it with a custom "
                            "operator");
  }
  const Dims& x = op.Shape(0);
  const Dims& grid = op.Shape(1);
  if (x.size() < 3 || grid.size() != x.size() || grid[0] != x[0] ||
      grid.back() != static_cast<int64_t>(x.size()) - 2) {
    return op.Invalid("the grid does not fit the picture");
  }
  TensorType type = op.Type(0);
  std::copy(grid.begin() + 1, grid.end() - 1, type.dims.begin() + 2);
  PICOST_RETURN_IF_ERROR(op.Check(type));
  const std::string mode = op.String("mode", "linear");
  if (mode == "nearest") return op.Emit(View{}, {op.In(0), op.In(1)}, type);
  // All neighbours at once: 2 (linear) or 4 (cubic) along each axis.
  int64_t taps = 1;
  for (size_t axis = 2; axis < x.size(); ++axis)
    taps *= mode == "cubic" || mode == "bicubic" ? 4 : 2;
  return op.Emit(PublicLinear{.multiplications = type.ElementCount() * taps}, {op.In(0), op.In(1)},
                 type);
}

// How many boxes are left, and which, depends on the data.
absl::Status ImportDataDependent(OpContext& op) {
  if (!op.AnyPrivate()) {
    return op.Unimplemented("a result whose shape is known only at run time");
  }
  return op.Unimplemented(
      "a result whose shape depends on the data",
      "Cut the model before this node: what follows is done in the clear by the client, or by a "
      "protocol of its own");
}

}  // namespace picost::graph::ops
