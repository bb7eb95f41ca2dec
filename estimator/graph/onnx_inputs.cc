#include "estimator/graph/onnx_inputs.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/error.h"
#include "estimator/graph/onnx_ops/tensor_data.h"

namespace picost::graph {
namespace {

absl::Status Refuse(const ::onnx::ValueInfoProto& value, const std::string& what,
                    absl::StatusCode code, const std::string& mend) {
  return MakeError(code, absl::StrCat("the model's input \"", value.name(), "\" ", what),
                   {.field = "onnx", .mend = mend});
}

constexpr char kSomeSize[] = "SIZE";

// A size to propose for an open axis: one sample, a usual image, else a word that no
// command takes for a number.
std::string Proposal(int axis, int rank) {
  if (axis == 0) return "1";
  return rank == 4 && axis >= 2 ? "224" : kSomeSize;
}

}  // namespace

absl::StatusOr<TensorType> DimensionBinder::Bind(const ::onnx::ValueInfoProto& value) {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  if (!value.type().has_tensor_type()) {
    return Refuse(value, "is no dense tensor", absl::StatusCode::kUnimplemented,
                  "Give the model tensors as inputs");
  }
  const auto& tensor = value.type().tensor_type();
  const auto element_type = ops::ElementTypeOfNumber(tensor.elem_type());
  if (!element_type) {
    return Refuse(value, absl::StrCat("has the element type number ", tensor.elem_type()), invalid,
                  "Use floating-point, integer or boolean tensors");
  }
  if (!tensor.has_shape()) {
    return Refuse(value, "has no shape", invalid, "Export the model with the shapes of its inputs");
  }
  TensorType type{.element_type = *element_type, .bits = ops::QuantizedBits(tensor.elem_type())};
  for (int i = 0; i < tensor.shape().dim_size(); ++i) {
    const auto& dim = tensor.shape().dim(i);
    if (dim.has_dim_value() && dim.dim_value() > 0) {
      type.dims.push_back(dim.dim_value());
      continue;
    }
    // A dimension without a name is bound as INPUT.AXIS. Exporters of Paddle write "?" for
    // all that is open, which must not bind height and width to the same number.
    const bool named = dim.has_dim_param() && !dim.dim_param().empty() && dim.dim_param() != "?";
    const std::string name = named ? dim.dim_param() : absl::StrCat(value.name(), ".", i);
    const auto bound = options_.dimensions.find(name);
    if (bound == options_.dimensions.end()) {
      const bool known = std::any_of(unbound_.begin(), unbound_.end(),
                                     [&name](const Unbound& one) { return one.name == name; });
      if (!known) unbound_.push_back({name, Proposal(i, tensor.shape().dim_size())});
      type.dims.push_back(1);
      continue;
    }
    if (bound->second < 1) {
      return MakeError(
          invalid, absl::StrCat("the binding ", name, "=", bound->second, " is not positive"),
          {.field = "dimensions", .mend = absl::StrCat("Bind ", name, " to 1 or more")});
    }
    used_.insert(name);
    type.dims.push_back(bound->second);
  }
  int64_t count = 1;
  for (int64_t dim : type.dims) {
    const auto product = CheckedMultiply(count, dim);
    if (!product || *product > options_.limits.max_elements ||
        type.rank() > options_.limits.max_rank) {
      return Refuse(
          value,
          absl::StrCat("of shape [", absl::StrJoin(type.dims, ","),
                       "] exceeds the limit max_elements = ", options_.limits.max_elements,
                       " or max_rank = ", options_.limits.max_rank),
          absl::StatusCode::kResourceExhausted, "Bind smaller dimensions");
    }
    count = *product;
  }
  return type;
}

std::optional<TensorType> DimensionBinder::TryBind(const ::onnx::ValueInfoProto& value) const {
  const auto& tensor = value.type().tensor_type();
  const auto element_type = ops::ElementTypeOfNumber(tensor.elem_type());
  if (!value.type().has_tensor_type() || !element_type || !tensor.has_shape()) return std::nullopt;
  TensorType type{.element_type = *element_type, .bits = ops::QuantizedBits(tensor.elem_type())};
  for (const auto& dim : tensor.shape().dim()) {
    if (dim.has_dim_value() && dim.dim_value() >= 0) {
      type.dims.push_back(dim.dim_value());
    } else {
      const auto bound = options_.dimensions.find(dim.dim_param());
      if (bound == options_.dimensions.end()) return std::nullopt;
      type.dims.push_back(bound->second);
    }
  }
  return type;
}

absl::Status DimensionBinder::CheckAllBound() const {
  if (unbound_.empty()) return absl::OkStatus();
  const auto example = [](std::string* out, const Unbound& one) {
    const std::string& name = one.name;
    const bool plain = name.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789_.-") == std::string::npos;
    absl::StrAppend(out, "--dim ", plain ? name : absl::StrCat("'", name, "'"), "=", one.size);
  };
  const bool has_word = std::any_of(unbound_.begin(), unbound_.end(),
                                    [](const Unbound& one) { return one.size == kSomeSize; });
  const auto name_of = [](std::string* out, const Unbound& one) { out->append(one.name); };
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat("the model has unbound dimensions: ", absl::StrJoin(unbound_, ", ", name_of)),
      {.field = "dimensions",
       .mend = absl::StrCat("Bind them, with the sizes you mean, for example: ",
                            absl::StrJoin(unbound_, " ", example),
                            has_word ? "; SIZE stands for a number" : "")});
}

std::vector<std::string> DimensionBinder::UnusedBindings() const {
  std::vector<std::string> unused;
  for (const auto& [name, value] : options_.dimensions) {
    if (used_.count(name) == 0) unused.push_back(absl::StrCat(name, "=", value));
  }
  return unused;
}

}  // namespace picost::graph
