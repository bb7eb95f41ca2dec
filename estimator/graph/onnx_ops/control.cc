// If, Loop and Scan, where the condition or the trip count is known: then they are
// straight-line code, once per iteration.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
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

// One pass through a body. Its weights are the file's once.
absl::StatusOr<std::vector<ValueId>> RunIteration(OpContext& op, const ::onnx::GraphProto& body,
                                                  const std::vector<ValueId>& inputs,
                                                  int64_t trip) {
  if (static_cast<int>(inputs.size()) != body.input_size()) {
    return op.Invalid(
        absl::StrCat("the body takes ", body.input_size(), " values, not ", inputs.size()));
  }
  const bool listed = op.state().lists_parameters;
  op.state().lists_parameters = listed && trip == 0;
  auto results = op.RunSubgraph(body, inputs, absl::StrCat("iteration", trip));
  op.state().lists_parameters = listed;
  return results;
}

// A word that a shell takes as it is.
std::string ShellWord(const std::string& name) {
  const bool plain = name.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") ==
                     std::string::npos;
  return plain ? name : absl::StrCat("'", name, "'");
}

// The slices of every iteration, one behind the other along a new axis.
absl::StatusOr<ValueId> Stack(OpContext& op, const std::string& part,
                              const std::vector<ValueId>& slices, int64_t axis) {
  TensorType type = slices.empty() ? TensorType() : op.TypeOf(slices[0]);
  for (ValueId slice : slices) {
    if (op.TypeOf(slice) != type) {
      return op.Unimplemented("a scan output whose shape changes from iteration to iteration");
    }
    if (op.state().sequences.count(slice) != 0) {
      return op.Unimplemented("a scan output that is a sequence");
    }
  }
  PICOST_ASSIGN_OR_RETURN(axis, op.Axis(axis, type.rank() + 1));
  type.dims.insert(type.dims.begin() + axis, static_cast<int64_t>(slices.size()));
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

namespace {

// How often a loop runs: what the file says, or the request where it cannot.
struct Trips {
  int64_t most = kMaxIterations + 1;  // until the condition says no
  bool by_request = false;            // the condition is then not asked
};

// A loop within a loop has another name in every iteration of the outer one: a
// request speaks of all of them by the name in the file.
std::string NameForRequests(const OpContext& op) {
  const bool repeated = op.name().find("/iteration") != std::string::npos;
  return repeated && !op.node().name().empty() ? op.node().name() : op.name();
}

absl::Status NotKnown(const OpContext& op, const std::string& what) {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("a loop's ", what, " is not known before the inference"),
                   {.field = "trip_counts",
                    .node = op.name(),
                    .op = op.OpName(),
                    .opset = absl::StrCat(op.opset()),
                    .mend = absl::StrCat("Give the number of iterations, as you mean it: "
                                         "--trip-count ",
                                         ShellWord(NameForRequests(op)), "=1")});
}

absl::StatusOr<Trips> FindTrips(OpContext& op) {
  Trips trips;
  std::optional<int64_t> in_file;
  if (op.Has(0)) {
    if (const auto* count = op.KnownInts(0)) {
      if (count->size() != 1 || (*count)[0] < 0) {
        return op.Invalid("the trip count is not one number");
      }
      in_file = (*count)[0];
    }
  }
  const auto& requested = op.state().options.trip_counts;
  auto found = requested.find(op.name());
  if (found == requested.end()) found = requested.find(NameForRequests(op));
  if (found != requested.end()) {
    op.state().loops_bound.insert(found->first);
    if (found->second < 0 || (in_file && found->second > *in_file)) {
      return MakeError(
          absl::StatusCode::kInvalidArgument,
          absl::StrCat("the trip count ", found->first, "=", found->second,
                       in_file ? absl::StrCat(" is above the ", *in_file, " that the file says")
                               : std::string(" is negative")),
          {.field = "trip_counts", .node = op.name(), .op = op.OpName(), .mend = "Give it less"});
    }
    trips = {.most = found->second, .by_request = true};
  } else if (in_file) {
    trips.most = *in_file;
  } else if (op.Has(0)) {
    return NotKnown(op, "trip count");
  }
  return trips;
}

// Whether another iteration follows a condition.
absl::StatusOr<bool> GoesOn(const OpContext& op, const Trips& trips, ValueId value) {
  if (trips.by_request) return true;
  const int64_t* condition = KnownCondition(op, value);
  if (condition == nullptr) return NotKnown(op, "condition");
  return *condition != 0;
}

}  // namespace

absl::Status ImportLoop(OpContext& op) {
  const auto* body = op.Attribute("body");
  if (body == nullptr || !body->has_g()) return op.Invalid("the body is missing");
  PICOST_ASSIGN_OR_RETURN(const Trips trips, FindTrips(op));
  bool goes_on = true;
  if (op.Has(1)) {
    PICOST_ASSIGN_OR_RETURN(goes_on, GoesOn(op, trips, op.In(1)));
  }
  std::vector<ValueId> carried;
  for (int i = 2; i < op.input_count(); ++i) {
    if (!op.Has(i)) return op.Invalid("a value that the loop carries is missing");
    carried.push_back(op.In(i));
  }
  const size_t results_of_body = static_cast<size_t>(body->g().output_size());
  if (results_of_body < 1 + carried.size()) return op.Invalid("the body has too few outputs");
  std::vector<std::vector<ValueId>> scanned(results_of_body - 1 - carried.size());
  for (int64_t trip = 0; goes_on && trip < trips.most; ++trip) {
    if (trip == kMaxIterations) {
      return op.Exhausted(
          absl::StrCat("a loop exceeds the limit of ", kMaxIterations, " iterations"));
    }
    PICOST_ASSIGN_OR_RETURN(const ValueId index, MakeScalar(op, ElementType::kInteger, trip));
    PICOST_ASSIGN_OR_RETURN(const ValueId yes, MakeScalar(op, ElementType::kBool, 1));
    std::vector<ValueId> inputs = {index, yes};
    inputs.insert(inputs.end(), carried.begin(), carried.end());
    PICOST_ASSIGN_OR_RETURN(const std::vector<ValueId> results,
                            RunIteration(op, body->g(), inputs, trip));
    PICOST_ASSIGN_OR_RETURN(goes_on, GoesOn(op, trips, results[0]));
    std::copy_n(results.begin() + 1, carried.size(), carried.begin());
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
    PICOST_ASSIGN_OR_RETURN(const ValueId value,
                            Stack(op, absl::StrCat("scan", i), scanned[i], /*axis=*/0));
    PICOST_RETURN_IF_ERROR(op.Alias(output, value));
  }
  return absl::OkStatus();
}

// Opset 9 on: the trip count is the scanned axis of the inputs.
absl::Status ImportScan(OpContext& op) {
  if (op.opset() < 9) {
    return op.Unimplemented("Scan of opset 8, with a batch axis", "Export with a newer opset");
  }
  const auto* body = op.Attribute("body");
  if (body == nullptr || !body->has_g()) return op.Invalid("the body is missing");
  const int64_t scan_inputs = op.Int("num_scan_inputs", 0);
  if (scan_inputs < 1 || scan_inputs > op.input_count()) {
    return op.Invalid(absl::StrCat(scan_inputs, " of ", op.input_count(), " inputs are scanned"));
  }
  const int states = op.input_count() - static_cast<int>(scan_inputs);
  const std::vector<int64_t> axes = op.Ints("scan_input_axes").value_or(Dims());
  std::vector<ValueId> carried;
  for (int i = 0; i < states; ++i) carried.push_back(op.In(i));
  int64_t trips = -1;
  std::vector<TensorType> slices;
  for (int i = states; i < op.input_count(); ++i) {
    const size_t at = static_cast<size_t>(i - states);
    TensorType slice = op.Type(i);
    PICOST_ASSIGN_OR_RETURN(const int64_t axis,
                            op.Axis(at < axes.size() ? axes[at] : 0, slice.rank()));
    if (trips >= 0 && trips != slice.dims[axis]) {
      return op.Invalid("the scanned inputs have different lengths");
    }
    trips = slice.dims[axis];
    slice.dims.erase(slice.dims.begin() + axis);
    slices.push_back(std::move(slice));
  }
  if (trips > kMaxIterations) {
    return op.Exhausted(
        absl::StrCat("a scan exceeds the limit of ", kMaxIterations, " iterations"));
  }
  if (body->g().output_size() < states) return op.Invalid("the body has too few outputs");
  const size_t outputs = static_cast<size_t>(body->g().output_size() - states);
  std::vector<std::vector<ValueId>> scanned(outputs);
  for (int64_t trip = 0; trip < trips; ++trip) {
    std::vector<ValueId> inputs = carried;
    for (size_t i = 0; i < slices.size(); ++i) {
      PICOST_ASSIGN_OR_RETURN(const ValueId slice,
                              op.EmitPart(absl::StrCat("slice", i, ".", trip), View{},
                                          {op.In(states + static_cast<int>(i))}, slices[i]));
      inputs.push_back(slice);
    }
    PICOST_ASSIGN_OR_RETURN(const std::vector<ValueId> results,
                            RunIteration(op, body->g(), inputs, trip));
    std::copy_n(results.begin(), carried.size(), carried.begin());
    for (size_t i = 0; i < outputs; ++i) scanned[i].push_back(results[carried.size() + i]);
  }
  for (int i = 0; i < states; ++i) PICOST_RETURN_IF_ERROR(op.Alias(i, carried[i]));
  const std::vector<int64_t> output_axes = op.Ints("scan_output_axes").value_or(Dims());
  for (size_t i = 0; i < outputs; ++i) {
    const int output = states + static_cast<int>(i);
    if (!op.Wants(output)) continue;
    PICOST_ASSIGN_OR_RETURN(const ValueId value,
                            Stack(op, absl::StrCat("scan", i), scanned[i],
                                  i < output_axes.size() ? output_axes[i] : 0));
    PICOST_RETURN_IF_ERROR(op.Alias(output, value));
  }
  return absl::OkStatus();
}

}  // namespace picost::graph::ops
