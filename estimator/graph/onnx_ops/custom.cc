#include "estimator/graph/onnx_ops/custom.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/formula.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace picost::graph::ops {
namespace {

// Keeps the first complaint of the text parser.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (text.empty()) text = absl::StrCat("line ", line + 1, ", ", column + 1, ": ", message);
  }
  std::string text;
};

absl::Status Refuse(std::string what) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = "custom_operators",
                    .mend = "Mend the description; docs/adding_an_op.md has an example"});
}

absl::StatusOr<NodeAttributes> AttributesOf(const OpContext& op, const CustomStep& step,
                                            const std::vector<Dims>& outputs) {
  const auto value = [&](const std::string& formula) {
    return EvaluateFormula(op, formula, outputs);
  };
  switch (step.work_case()) {
    case CustomStep::kRelu: {
      PICOST_ASSIGN_OR_RETURN(const int64_t elements, value(step.relu()));
      return Activation{.kind = ActivationKind::kRelu, .elements = elements};
    }
    case CustomStep::kComparisons: {
      PICOST_ASSIGN_OR_RETURN(const int64_t elements, value(step.comparisons()));
      return Compare{.elements = elements};
    }
    case CustomStep::kMultiplications: {
      PICOST_ASSIGN_OR_RETURN(const int64_t elements, value(step.multiplications()));
      return Elementwise{.kind = ElementwiseKind::kMul, .elements = elements};
    }
    case CustomStep::kSquares: {
      PICOST_ASSIGN_OR_RETURN(const int64_t elements, value(step.squares()));
      return Elementwise{
          .kind = ElementwiseKind::kMul, .elements = elements, .same_operands = true};
    }
    case CustomStep::kExponentials: {
      PICOST_ASSIGN_OR_RETURN(const int64_t elements, value(step.exponentials()));
      return Elementwise{
          .kind = ElementwiseKind::kExp, .elements = elements, .second = Operand::kNone};
    }
    case CustomStep::kReciprocals: {
      PICOST_ASSIGN_OR_RETURN(const int64_t elements, value(step.reciprocals()));
      return Elementwise{
          .kind = ElementwiseKind::kReciprocal, .elements = elements, .second = Operand::kNone};
    }
    case CustomStep::kLinear: {
      Linear linear;
      PICOST_ASSIGN_OR_RETURN(linear.rows, value(step.linear().rows()));
      PICOST_ASSIGN_OR_RETURN(linear.in_features, value(step.linear().in()));
      PICOST_ASSIGN_OR_RETURN(linear.out_features, value(step.linear().out()));
      return linear;
    }
    case CustomStep::kMatmul: {
      PrivateMatMul matmul;
      if (!step.matmul().batch().empty()) {
        PICOST_ASSIGN_OR_RETURN(matmul.batch, value(step.matmul().batch()));
      }
      PICOST_ASSIGN_OR_RETURN(matmul.rows, value(step.matmul().rows()));
      PICOST_ASSIGN_OR_RETURN(matmul.inner, value(step.matmul().inner()));
      PICOST_ASSIGN_OR_RETURN(matmul.columns, value(step.matmul().columns()));
      return matmul;
    }
    case CustomStep::WORK_NOT_SET:
      break;
  }
  return op.Invalid("a step of the custom operator says no work",
                    "Give every step one of relu, comparisons, linear, ...");
}

// Elements that a step works on; bounded like the elements of a tensor.
int64_t ElementsOf(const NodeAttributes& attributes) {
  if (const auto* a = std::get_if<Activation>(&attributes)) return a->elements;
  if (const auto* a = std::get_if<Compare>(&attributes)) return a->elements;
  if (const auto* a = std::get_if<Elementwise>(&attributes)) return a->elements;
  return 0;
}

}  // namespace

absl::StatusOr<CustomOps> CustomOps::Parse(const std::string& textproto) {
  CustomOps ops;
  CustomOperators parsed;
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(16);
  if (!parser.ParseFromString(textproto, &parsed)) {
    return Refuse(absl::StrCat("the custom operators do not parse: ", error.text));
  }
  for (const CustomOperator& op : parsed.operator_()) {
    if (op.op_type().empty() || op.output().empty()) {
      return Refuse("a custom operator has no op_type or no output");
    }
    if (!ops.ops_.emplace(std::make_pair(op.domain(), op.op_type()), op).second) {
      return Refuse(absl::StrCat("the custom operator ", op.domain(), ".", op.op_type(),
                                 " is described twice"));
    }
  }
  return ops;
}

const CustomOperator* CustomOps::Find(const std::string& domain, const std::string& op) const {
  const auto found = ops_.find(std::make_pair(domain, op));
  return found == ops_.end() ? nullptr : &found->second;
}

absl::Status ImportCustom(OpContext& op, const CustomOperator& description) {
  std::vector<Dims> outputs;
  std::vector<TensorType> types;
  for (const CustomOutput& output : description.output()) {
    TensorType type;
    for (const std::string& formula : output.dims()) {
      PICOST_ASSIGN_OR_RETURN(const int64_t dim, EvaluateFormula(op, formula, outputs));
      type.dims.push_back(dim);
    }
    PICOST_RETURN_IF_ERROR(op.Check(type));
    outputs.push_back(type.dims);
    types.push_back(std::move(type));
  }
  std::vector<ValueId> inputs;
  for (int i = 0; i < op.input_count(); ++i) {
    if (op.Has(i)) inputs.push_back(op.In(i));
  }
  // A chain: each step reads what the one before made, the first one all inputs.
  for (int i = 0; i < description.step_size(); ++i) {
    const CustomStep& step = description.step(i);
    PICOST_ASSIGN_OR_RETURN(NodeAttributes attributes, AttributesOf(op, step, outputs));
    PICOST_RETURN_IF_ERROR(op.Check({.dims = {ElementsOf(attributes)}}));
    PICOST_ASSIGN_OR_RETURN(const ValueId made,
                            op.EmitPart(step.name().empty() ? absl::StrCat("step", i) : step.name(),
                                        std::move(attributes), inputs, types[0]));
    inputs = {made};
  }
  return op.Emit(View{}, std::move(inputs), std::move(types));
}

}  // namespace picost::graph::ops
