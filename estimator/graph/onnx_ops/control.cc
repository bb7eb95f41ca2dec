// If and Loop, where the condition or the trip count is known: then they are
// straight-line code, once per iteration.
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

// Unrolled iterations of one loop. More make graphs that nobody reads.
constexpr int64_t kMaxIterations = 10'000;

// A truth value that is known before the inference.
const int64_t* KnownCondition(const OpContext& op, ValueId value) {
  const auto* ints = std::get_if<std::vector<int64_t>>(&op.DataOf(value));
  return ints != nullptr && ints->size() == 1 ? ints->data() : nullptr;
}

absl::StatusOr<ValueId> MakeScalar(OpContext& op, ElementType type, int64_t value) {
  return op.MakeConstant({.element_type = type}, std::vector<int64_t>{value});
}

// The slices of every iteration, one behind the other along a new first axis.
absl::StatusOr<ValueId> Stack(OpContext& op, const std::string& part,
                              const std::vector<ValueId>& slices) {
  TensorType type = slices.empty() ? TensorType() : op.TypeOf(slices[0]);
  for (ValueId slice : slices) {
    if (op.TypeOf(slice) != type) {
      return op.Unimplemented("a scan output whose shape changes from iteration to iteration");
    }
  }
  type.dims.insert(type.dims.begin(), static_cast<int64_t>(slices.size()));
  return op.EmitPart(part, View{}, slices, std::move(type));
}

}  // namespace

absl::Status ImportIf(OpContext& op) {
  const int64_t* condition = KnownCondition(op, op.In(0));
  if (condition == nullptr) {
    return op.Unimplemented("a branch whose condition is not known before the inference",
                            "Export the branch that is meant, or bind the dimensions that decide "
                            "it");
  }
  const auto* branch = op.Attribute(*condition != 0 ? "then_branch" : "else_branch");
  if (branch == nullptr || !branch->has_g()) return op.Invalid("a branch is missing");
  PICOST_ASSIGN_OR_RETURN(const std::vector<ValueId> results,
                          op.RunSubgraph(branch->g(), {}, *condition != 0 ? "then" : "else"));
  for (int i = 0; i < op.output_count() && i < static_cast<int>(results.size()); ++i) {
    PICOST_RETURN_IF_ERROR(op.Alias(i, results[i]));
  }
  return absl::OkStatus();
}

absl::Status ImportLoop(OpContext& op) {
  const auto* body = op.Attribute("body");
  if (body == nullptr || !body->has_g()) return op.Invalid("the body is missing");
  int64_t trips = kMaxIterations + 1;  // until the condition says no
  if (op.Has(0)) {
    PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> count, op.RequireInts(0, "trip count"));
    if (count.size() != 1 || count[0] < 0) return op.Invalid("the trip count is not one number");
    trips = count[0];
  }
  bool goes_on = true;
  if (op.Has(1)) {
    const int64_t* condition = KnownCondition(op, op.In(1));
    if (condition == nullptr) {
      return op.Unimplemented("a loop whose condition is not known before the inference");
    }
    goes_on = *condition != 0;
  }
  std::vector<ValueId> carried;
  for (int i = 2; i < op.input_count(); ++i) {
    if (!op.Has(i)) return op.Invalid("a value that the loop carries is missing");
    carried.push_back(op.In(i));
  }
  std::vector<std::vector<ValueId>> scanned;
  for (int64_t trip = 0; goes_on && trip < trips; ++trip) {
    if (trip == kMaxIterations) {
      return op.Exhausted(
          absl::StrCat("a loop exceeds the limit of ", kMaxIterations, " iterations"));
    }
    PICOST_ASSIGN_OR_RETURN(const ValueId index, MakeScalar(op, ElementType::kInteger, trip));
    PICOST_ASSIGN_OR_RETURN(const ValueId yes, MakeScalar(op, ElementType::kBool, 1));
    std::vector<ValueId> inputs = {index, yes};
    inputs.insert(inputs.end(), carried.begin(), carried.end());
    PICOST_ASSIGN_OR_RETURN(const std::vector<ValueId> results,
                            op.RunSubgraph(body->g(), inputs, absl::StrCat("iteration", trip)));
    if (results.size() < 1 + carried.size()) return op.Invalid("the body has too few outputs");
    const int64_t* condition = KnownCondition(op, results[0]);
    if (condition == nullptr) {
      return op.Unimplemented("a loop whose condition is not known before the inference");
    }
    goes_on = *condition != 0;
    std::copy_n(results.begin() + 1, carried.size(), carried.begin());
    scanned.resize(results.size() - 1 - carried.size());
    for (size_t i = 0; i < scanned.size(); ++i) {
      scanned[i].push_back(results[1 + carried.size() + i]);
    }
  }
  for (size_t i = 0; i < carried.size(); ++i) {
    PICOST_RETURN_IF_ERROR(op.Alias(static_cast<int>(i), carried[i]));
  }
  for (size_t i = 0; i < scanned.size(); ++i) {
    const int output = static_cast<int>(carried.size() + i);
    if (!op.Wants(output)) continue;
    PICOST_ASSIGN_OR_RETURN(const ValueId value, Stack(op, absl::StrCat("scan", i), scanned[i]));
    PICOST_RETURN_IF_ERROR(op.Alias(output, value));
  }
  return absl::OkStatus();
}

}  // namespace picost::graph::ops
