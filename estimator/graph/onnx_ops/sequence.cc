// Sequences of tensors, as raw exports of split() and chunk() hold them. Which
// tensor is where is known before the inference, so that a sequence is a list of
// values here and costs nothing.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/fold.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

absl::StatusOr<std::vector<ValueId>> MembersOf(const OpContext& op, int input) {
  const auto found = op.state().sequences.find(op.In(input));
  if (found == op.state().sequences.end()) {
    return op.Invalid(absl::StrCat("input ", input, " is no sequence"));
  }
  return found->second;
}

absl::Status SetSequence(OpContext& op, std::vector<ValueId> members) {
  if (static_cast<int64_t>(members.size()) > op.state().options.limits.max_nodes) {
    return op.Exhausted(absl::StrCat(
        "a sequence of ", members.size(),
        " tensors exceeds the limit max_nodes = ", op.state().options.limits.max_nodes));
  }
  PICOST_ASSIGN_OR_RETURN(const ValueId value,
                          op.MakeConstant({.element_type = ElementType::kString}, {}));
  op.state().sequences[value] = std::move(members);
  return op.Alias(0, value);
}

// A known position, with negative ones from the end; `end` is allowed where a
// tensor is inserted.
absl::StatusOr<size_t> Position(const OpContext& op, int input, size_t size, bool end_allowed) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<int64_t> known,
                          op.RequireInts(input, "position in the sequence"));
  const auto count = static_cast<int64_t>(size);
  const int64_t last = end_allowed ? count : count - 1;
  if (known.size() != 1 || known[0] < -count || known[0] > last) {
    return op.Invalid(absl::StrCat("no position in a sequence of ", count, " tensors"));
  }
  return static_cast<size_t>(known[0] < 0 ? known[0] + count : known[0]);
}

}  // namespace

bool TakesSequences(std::string_view op) {
  for (const std::string_view name :
       {"SequenceAt", "SequenceInsert", "SequenceErase", "SequenceLength", "ConcatFromSequence",
        "Identity", "If", "Loop"}) {
    if (op == name) return true;
  }
  return false;
}

absl::Status ImportSequenceConstruct(OpContext& op) {
  std::vector<ValueId> members;
  for (int i = 0; i < op.input_count(); ++i) members.push_back(op.In(i));
  return SetSequence(op, std::move(members));
}

absl::Status ImportSplitToSequence(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const int64_t axis, op.Axis(op.Int("axis", 0), op.Rank(0)));
  const int64_t size = op.Shape(0)[axis];
  std::vector<int64_t> parts;
  bool keeps_axis = true;
  if (op.Has(1)) {
    PICOST_ASSIGN_OR_RETURN(parts, op.RequireInts(1, "sizes of the parts"));
    if (op.Rank(1) == 0) {  // parts of this size; the last one is the rest
      const int64_t each = parts.empty() ? 0 : parts[0];
      if (each < 1) return op.Invalid("the parts are empty");
      parts.clear();
      if (CeilDiv(size, each) > op.state().options.limits.max_nodes) {
        return op.Exhausted(absl::StrCat("a split exceeds the limit max_nodes = ",
                                         op.state().options.limits.max_nodes));
      }
      for (int64_t begin = 0; begin < size; begin += each) {
        parts.push_back(std::min(each, size - begin));
      }
    }
  } else {
    if (size > op.state().options.limits.max_nodes) {
      return op.Exhausted(absl::StrCat("a split exceeds the limit max_nodes = ",
                                       op.state().options.limits.max_nodes));
    }
    parts.assign(static_cast<size_t>(size), 1);
    keeps_axis = op.Int("keepdims", 1) != 0;
  }
  int64_t rest = size;
  std::vector<ValueId> members;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] < 0 || parts[i] > rest) return op.Invalid("the parts are more than the whole");
    rest -= parts[i];
    TensorType type = op.Type(0);
    type.dims[axis] = parts[i];
    if (!keeps_axis) type.dims.erase(type.dims.begin() + axis);
    PICOST_ASSIGN_OR_RETURN(const ValueId part, op.EmitPart(absl::StrCat("part", i), View{},
                                                            {op.In(0)}, std::move(type)));
    members.push_back(part);
  }
  if (rest != 0) return op.Invalid("the parts are less than the whole");
  return SetSequence(op, std::move(members));
}

absl::Status ImportSequenceAt(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<ValueId> members, MembersOf(op, 0));
  PICOST_ASSIGN_OR_RETURN(const size_t at, Position(op, 1, members.size(), false));
  return op.Alias(0, members[at]);
}

absl::Status ImportSequenceInsert(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(std::vector<ValueId> members, MembersOf(op, 0));
  size_t at = members.size();
  if (op.Has(2)) {
    PICOST_ASSIGN_OR_RETURN(at, Position(op, 2, members.size(), true));
  }
  members.insert(members.begin() + static_cast<int64_t>(at), op.In(1));
  return SetSequence(op, std::move(members));
}

absl::Status ImportSequenceErase(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(std::vector<ValueId> members, MembersOf(op, 0));
  if (members.empty()) return op.Invalid("the sequence is empty");
  size_t at = members.size() - 1;
  if (op.Has(1)) {
    PICOST_ASSIGN_OR_RETURN(at, Position(op, 1, members.size(), false));
  }
  members.erase(members.begin() + static_cast<int64_t>(at));
  return SetSequence(op, std::move(members));
}

absl::Status ImportSequenceLength(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<ValueId> members, MembersOf(op, 0));
  PICOST_ASSIGN_OR_RETURN(
      const ValueId length,
      op.MakeConstant({.element_type = ElementType::kInteger},
                      std::vector<int64_t>{static_cast<int64_t>(members.size())}));
  return op.Alias(0, length);
}

absl::Status ImportConcatFromSequence(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<ValueId> members, MembersOf(op, 0));
  if (members.empty()) return op.Invalid("the sequence is empty");
  TensorType type = op.TypeOf(members[0]);
  const bool stacks = op.Int("new_axis", 0) != 0;
  PICOST_ASSIGN_OR_RETURN(const int64_t axis,
                          op.Axis(op.Int("axis", 0), type.rank() + (stacks ? 1 : 0)));
  int64_t length = 0;
  for (const ValueId member : members) {
    TensorType other = op.TypeOf(member);
    if (other.rank() != type.rank()) return op.Invalid("the tensors have different ranks");
    length += stacks ? 1 : other.dims[axis];  // checked dims, at most max_nodes of them
    if (!stacks) other.dims[axis] = type.dims[axis];
    if (other.dims != type.dims) return op.Invalid("the tensors do not fit each other");
  }
  if (stacks) {
    type.dims.insert(type.dims.begin() + axis, length);
  } else {
    type.dims[axis] = length;
  }
  PICOST_RETURN_IF_ERROR(op.Check(type));
  return op.Emit(View{}, members, std::move(type));
}

}  // namespace picost::graph::ops
