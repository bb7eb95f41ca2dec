#include "estimator/graph/onnx_ops/broadcast.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace picost::graph::ops {

absl::StatusOr<Dims> Broadcast(const OpContext& op, const Dims& a, const Dims& b) {
  Dims result(std::max(a.size(), b.size()), 1);
  for (size_t i = 0; i < result.size(); ++i) {
    const int64_t left = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t right = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (left != right && left != 1 && right != 1) {
      return op.Invalid(absl::StrCat("shapes [", absl::StrJoin(a, ","), "] and [",
                                     absl::StrJoin(b, ","), "] do not broadcast"));
    }
    result[result.size() - 1 - i] = left == 1 ? right : left;
  }
  return result;
}

std::vector<int64_t> Strides(const Dims& dims) {
  std::vector<int64_t> strides(dims.size(), 1);
  for (size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}

std::vector<int64_t> BroadcastIndices(const Dims& from, const Dims& to) {
  const std::vector<int64_t> from_strides = Strides(from);
  const std::vector<int64_t> to_strides = Strides(to);
  const size_t shift = to.size() - from.size();
  const int64_t count = Product(to);
  std::vector<int64_t> indices(static_cast<size_t>(count), 0);
  for (int64_t i = 0; i < count; ++i) {
    int64_t index = 0;
    for (size_t axis = 0; axis < from.size(); ++axis) {
      if (from[axis] == 1) continue;
      index += i / to_strides[axis + shift] % to[axis + shift] * from_strides[axis];
    }
    indices[i] = index;
  }
  return indices;
}

ConstantData Pick(const ConstantData& data, const std::vector<int64_t>& indices) {
  if (const auto* ints = std::get_if<std::vector<int64_t>>(&data)) {
    std::vector<int64_t> picked;
    picked.reserve(indices.size());
    for (int64_t index : indices) picked.push_back((*ints)[index]);
    return picked;
  }
  if (const auto* doubles = std::get_if<std::vector<double>>(&data)) {
    std::vector<double> picked;
    picked.reserve(indices.size());
    for (int64_t index : indices) picked.push_back((*doubles)[index]);
    return picked;
  }
  return {};
}

}  // namespace picost::graph::ops
