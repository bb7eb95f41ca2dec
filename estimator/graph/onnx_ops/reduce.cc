// Reductions over axes, extremes with their positions, running sums.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/broadcast.h"
#include "estimator/graph/onnx_ops/fold.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

struct Row {
  std::string_view op;
  ReduceKind kind;
};

constexpr std::array kRows = {
    Row{"ReduceSum", ReduceKind::kSum},       Row{"ReduceMean", ReduceKind::kMean},
    Row{"ReduceMax", ReduceKind::kMax},       Row{"ReduceMin", ReduceKind::kMin},
    Row{"ReduceProd", ReduceKind::kProd},     Row{"ReduceL1", ReduceKind::kL1},
    Row{"ReduceL2", ReduceKind::kL2},         Row{"ReduceSumSquare", ReduceKind::kSumSquare},
    Row{"ReduceLogSum", ReduceKind::kLogSum}, Row{"ReduceLogSumExp", ReduceKind::kLogSumExp},
};

TensorType Reduced(const OpContext& op, const std::vector<bool>& reduced, bool keep) {
  TensorType type{.element_type = op.Type(0).element_type};
  for (size_t i = 0; i < reduced.size(); ++i) {
    if (!reduced[i]) {
      type.dims.push_back(op.Shape(0)[i]);
    } else if (keep) {
      type.dims.push_back(1);
    }
  }
  return type;
}

// Sums and products of known integers: sizes that exporters compute.
ConstantData FoldReduce(const OpContext& op, ReduceKind kind, const TensorType& type,
                        const std::vector<bool>& reduced) {
  const auto* ints = op.KnownInts(0);
  if (ints == nullptr || ints->empty()) return {};
  if (kind != ReduceKind::kSum && kind != ReduceKind::kProd && kind != ReduceKind::kMax &&
      kind != ReduceKind::kMin) {
    return {};
  }
  const Dims& dims = op.Shape(0);
  const std::vector<int64_t> strides = Strides(dims);
  Dims kept = dims;
  for (size_t i = 0; i < kept.size(); ++i) kept[i] = reduced[i] ? 1 : dims[i];
  const std::vector<int64_t> target = BroadcastIndices(kept, dims);
  std::vector<int64_t> result(static_cast<size_t>(type.ElementCount()), 0);
  std::vector<bool> begun(result.size(), false);
  for (size_t i = 0; i < ints->size(); ++i) {
    int64_t& sum = result[target[i]];
    const int64_t value = (*ints)[i];
    if (!begun[target[i]]) {
      sum = value;
      begun[target[i]] = true;
    } else if (kind == ReduceKind::kSum) {
      if (__builtin_add_overflow(sum, value, &sum)) return {};
    } else if (kind == ReduceKind::kProd) {
      if (__builtin_mul_overflow(sum, value, &sum)) return {};
    } else {
      sum = kind == ReduceKind::kMax ? std::max(sum, value) : std::min(sum, value);
    }
  }
  return result;
}

}  // namespace

absl::Status ImportReduce(OpContext& op) {
  const Row* row = nullptr;
  for (const Row& candidate : kRows) {
    if (candidate.op == op.node().op_type()) row = &candidate;
  }
  if (row == nullptr) return op.Unimplemented("no such reduction");
  PICOST_ASSIGN_OR_RETURN(const auto axes, op.AxesFrom(1));
  const bool all = !axes || axes->empty();
  if (all && op.Int("noop_with_empty_axes", 0) != 0) return op.Alias(0, op.In(0));
  std::vector<bool> reduced(static_cast<size_t>(op.Rank(0)), all);
  if (!all) {
    PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> resolved, op.Axes(*axes, op.Rank(0)));
    for (int64_t axis : resolved) reduced[axis] = true;
  }
  const TensorType type = Reduced(op, reduced, op.Int("keepdims", 1) != 0);
  if (!op.AnyPrivate()) {
    ConstantData folded = FoldReduce(op, row->kind, type, reduced);
    if (folded.index() != 0) return op.Fold(0, type, std::move(folded));
  }
  const int64_t outputs = type.ElementCount();
  const int64_t width = outputs == 0 ? 0 : op.Elements(0) / outputs;
  if (width == 1 && row->kind != ReduceKind::kL1 && row->kind != ReduceKind::kL2 &&
      row->kind != ReduceKind::kSumSquare && row->kind != ReduceKind::kLogSum &&
      row->kind != ReduceKind::kLogSumExp) {
    return op.EmitView(type);  // of one element: itself
  }
  return op.Emit(Reduce{.kind = row->kind, .outputs = outputs, .width = width}, {op.In(0)}, type);
}

absl::Status ImportArgExtreme(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", 0), op.Rank(0)));
  std::vector<bool> reduced(static_cast<size_t>(op.Rank(0)), false);
  reduced[axis] = true;
  TensorType type = Reduced(op, reduced, op.Int("keepdims", 1) != 0);
  type.element_type = ElementType::kInteger;
  return op.Emit(TopK{.rows = type.ElementCount(), .width = op.Shape(0)[axis], .k = 1}, {op.In(0)},
                 type);
}

absl::Status ImportTopK(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", -1), op.Rank(0)));
  int64_t k = op.Int("k", -1);
  if (op.Has(1)) {
    PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> known, op.RequireInts(1, "number k"));
    if (known.size() != 1) return op.Invalid("k is not one number");
    k = known[0];
  }
  const int64_t width = op.Shape(0)[axis];
  if (k < 0 || k > width) return op.Invalid(absl::StrCat("the ", k, " largest of ", width));
  TensorType values = op.Type(0);
  values.dims[axis] = k;
  TensorType indices{.element_type = ElementType::kInteger, .dims = values.dims};
  return op.Emit(TopK{.rows = width == 0 ? 0 : op.Elements(0) / width,
                      .width = width,
                      .k = k,
                      .indices = op.Wants(1)},
                 {op.In(0)}, {values, indices});
}

absl::Status ImportCumSum(OpContext& op) {
  return op.Emit(PublicLinear{.multiplications = 0}, {op.In(0)}, op.Type(0));
}

}  // namespace picost::graph::ops
