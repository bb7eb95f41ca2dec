#include "estimator/graph/onnx_ops/window.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"

namespace picost::graph::ops {
namespace {

// Attributes of windows stay far from overflow in the formulas below.
constexpr int64_t kMaxExtent = int64_t{1} << 30;

absl::StatusOr<Dims> ReadExtents(const OpContext& op, const char* attribute, size_t size,
                                 int64_t fallback, int64_t minimum) {
  Dims extents = op.Ints(attribute).value_or(Dims(size, fallback));
  if (extents.empty()) extents.assign(size, fallback);
  if (extents.size() != size) {
    return op.Invalid(absl::StrCat(attribute, " has ", extents.size(), " entries, not ", size));
  }
  for (int64_t extent : extents) {
    if (extent < minimum || extent > kMaxExtent) {
      return op.Invalid(absl::StrCat(attribute, " has the entry ", extent));
    }
  }
  return extents;
}

absl::StatusOr<Window> ReadCommon(const OpContext& op, Dims input, Dims kernel) {
  const size_t rank = input.size();
  if (rank == 0) return op.Invalid("the input has no spatial dimension");
  if (kernel.size() != rank) {
    return op.Invalid(absl::StrCat("the kernel has ", kernel.size(),
                                   " spatial dimensions, the input has ", rank));
  }
  for (size_t i = 0; i < rank; ++i) {
    if (kernel[i] < 1 || kernel[i] > kMaxExtent || input[i] > kMaxExtent) {
      return op.Invalid(absl::StrCat("kernel size ", kernel[i], " over ", input[i], " positions"));
    }
  }
  Window window{.input = std::move(input), .kernel = std::move(kernel)};
  PICOST_ASSIGN_OR_RETURN(window.strides, ReadExtents(op, "strides", rank, 1, 1));
  PICOST_ASSIGN_OR_RETURN(window.dilations, ReadExtents(op, "dilations", rank, 1, 1));
  // Negative pads crop; some exporters write them.
  PICOST_ASSIGN_OR_RETURN(const Dims pads, ReadExtents(op, "pads", 2 * rank, 0, -kMaxExtent));
  window.pads_begin.assign(pads.begin(), pads.begin() + static_cast<int64_t>(rank));
  window.pads_end.assign(pads.begin() + static_cast<int64_t>(rank), pads.end());
  window.output.resize(rank);
  return window;
}

}  // namespace

absl::StatusOr<Window> ReadWindow(const OpContext& op, Dims input, Dims kernel) {
  PICOST_ASSIGN_OR_RETURN(Window window, ReadCommon(op, std::move(input), std::move(kernel)));
  const std::string auto_pad = op.String("auto_pad", "NOTSET");
  const bool ceil_mode = op.Int("ceil_mode", 0) != 0;
  for (size_t i = 0; i < window.input.size(); ++i) {
    const int64_t extent = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const int64_t stride = window.strides[i];
    if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
      window.output[i] = CeilDiv(window.input[i], stride);
      const int64_t needed =
          std::max<int64_t>(0, (window.output[i] - 1) * stride + extent - window.input[i]);
      window.pads_begin[i] = auto_pad == "SAME_UPPER" ? needed / 2 : needed - needed / 2;
      window.pads_end[i] = needed - window.pads_begin[i];
      continue;
    }
    if (auto_pad == "VALID") window.pads_begin[i] = window.pads_end[i] = 0;
    const int64_t padded = window.input[i] + window.pads_begin[i] + window.pads_end[i];
    if (padded < extent) {
      return op.Invalid(
          absl::StrCat("a window of ", extent, " does not fit into ", padded, " padded positions"));
    }
    const int64_t room = padded - extent;
    window.output[i] = (ceil_mode ? CeilDiv(room, stride) : room / stride) + 1;
    // With ceil_mode a last window that would begin in the end padding is not
    // taken (ONNX opset 19 says so; the frameworks always did).
    if (ceil_mode && (window.output[i] - 1) * stride >= window.input[i] + window.pads_begin[i]) {
      --window.output[i];
    }
  }
  return window;
}

absl::StatusOr<Window> ReadTransposedWindow(const OpContext& op, Dims input, Dims kernel) {
  PICOST_ASSIGN_OR_RETURN(Window window, ReadCommon(op, std::move(input), std::move(kernel)));
  const size_t rank = window.input.size();
  PICOST_ASSIGN_OR_RETURN(const Dims extra, ReadExtents(op, "output_padding", rank, 0, 0));
  const std::string auto_pad = op.String("auto_pad", "NOTSET");
  Dims wanted = op.Ints("output_shape").value_or(Dims());
  if (wanted.size() == rank + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (!wanted.empty() && wanted.size() != rank) {
    return op.Invalid(absl::StrCat("output_shape has ", wanted.size(), " entries, not ", rank));
  }
  for (size_t i = 0; i < rank; ++i) {
    const int64_t extent = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const int64_t full =
        window.strides[i] * (window.input[i] - 1) + extra[i] + extent;  // without padding
    const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
    if (!wanted.empty() || same) {
      window.output[i] = wanted.empty() ? window.input[i] * window.strides[i] : wanted[i];
      const int64_t cut = std::max<int64_t>(0, full - window.output[i]);
      window.pads_begin[i] = auto_pad == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
      window.pads_end[i] = cut - window.pads_begin[i];
    } else {
      if (auto_pad == "VALID") window.pads_begin[i] = window.pads_end[i] = 0;
      window.output[i] = full - window.pads_begin[i] - window.pads_end[i];
    }
    if (window.output[i] < 0 || window.output[i] > kMaxExtent * 4) {
      return op.Invalid(absl::StrCat("the output would have ", window.output[i], " positions"));
    }
  }
  return window;
}

}  // namespace picost::graph::ops
