// Resize and Upsample: public linear maps of the pixels.
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

struct Target {
  std::optional<std::vector<double>> scales;
  std::optional<std::vector<int64_t>> sizes;
};

absl::StatusOr<std::vector<double>> KnownScales(const OpContext& op, int input) {
  auto scales = op.KnownDoubles(input);
  if (scales) return *std::move(scales);
  return op.RequireInts(input, "scales").status();
}

// Upsample and Resize-10 have the scales second; Resize from 11 on has the
// region of interest there, then scales, then sizes.
absl::StatusOr<Target> ReadTarget(const OpContext& op) {
  Target target;
  if (const auto* attribute = op.Attribute("scales")) {
    target.scales.emplace(attribute->floats().begin(), attribute->floats().end());
    return target;
  }
  const bool early = op.node().op_type() == "Upsample" || op.opset() < 11;
  const int scales = early ? 1 : 2;
  if (!early && op.Has(3) && op.Elements(3) > 0) {
    PICOST_ASSIGN_OR_RETURN(target.sizes, op.RequireInts(3, "sizes"));
    return target;
  }
  if (!op.Has(scales) || op.Elements(scales) == 0) {
    return op.Invalid("neither scales nor sizes are given");
  }
  PICOST_ASSIGN_OR_RETURN(target.scales, KnownScales(op, scales));
  return target;
}

}  // namespace

absl::Status ImportResize(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const Target target, ReadTarget(op));
  std::vector<int64_t> axes;
  if (const auto attribute = op.Ints("axes")) {
    PICOST_ASSIGN_OR_RETURN(axes, op.Axes(*attribute, op.Rank(0)));
  } else {
    for (int64_t i = 0; i < op.Rank(0); ++i) axes.push_back(i);
  }
  const size_t count = target.sizes ? target.sizes->size() : target.scales->size();
  if (count != axes.size()) {
    return op.Invalid(absl::StrCat(count, " sizes or scales for ", axes.size(), " axes"));
  }
  if (op.String("keep_aspect_ratio_policy", "stretch") != "stretch") {
    return op.Unimplemented("a resize that keeps the aspect ratio", "Give the sizes to reach");
  }
  TensorType type = op.Type(0);
  int64_t resized = 0;  // axes whose size changes
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t& dim = type.dims[axes[i]];
    const int64_t before = dim;
    if (target.sizes) {
      dim = (*target.sizes)[i];
    } else {
      // As ONNX: floor(size x scale). The scale is a float: 3.0000002 for 3 has
      // been cut where it was stored, so the product is not nudged here.
      const double size = std::floor(static_cast<double>(dim) * (*target.scales)[i]);
      if (!(size >= 0 && size < 1e15)) {
        return op.Invalid(absl::StrCat("scale ", (*target.scales)[i]));
      }
      dim = static_cast<int64_t>(size);
    }
    if (dim != before) ++resized;
  }
  PICOST_RETURN_IF_ERROR(op.Check(type));
  const std::string mode = op.String("mode", "nearest");
  if (mode == "nearest" || resized == 0) return op.EmitView(std::move(type));
  // Separable interpolation: 2 (linear) or 4 (cubic) taps along each resized
  // axis, each a product with a public coefficient; a last pass over the result
  // is counted, the earlier and smaller passes are below it.
  const int64_t taps = mode == "cubic" ? 4 : 2;
  return op.Emit(PublicLinear{.multiplications = type.ElementCount() * taps * resized}, {op.In(0)},
                 type);
}

}  // namespace picost::graph::ops
