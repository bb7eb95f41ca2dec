// Einsum of one or two operands: a matrix product over named axes.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

struct Equation {
  std::vector<std::string> inputs;  // one letter per axis
  std::string output;
};

// The axes that "..." hides get the letters 1, 2, ... (control characters) from
// the right, so that they align as broadcasting does.
std::string Expand(const std::string& term, int64_t rank) {
  const size_t dots = term.find("...");
  if (dots == std::string::npos) return term;
  const int64_t hidden = rank - static_cast<int64_t>(term.size() - 3);
  std::string letters;
  for (int64_t i = hidden; i > 0; --i) letters.push_back(static_cast<char>(i));
  return term.substr(0, dots) + letters + term.substr(dots + 3);
}

absl::StatusOr<Equation> Parse(const OpContext& op) {
  std::string text = op.String("equation", "");
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const size_t arrow = text.find("->");
  std::string left = text.substr(0, arrow);
  Equation equation;
  size_t begin = 0;
  int64_t hidden = 0;
  for (int i = 0; i < op.input_count(); ++i) {
    const size_t end = std::min(left.find(',', begin), left.size());
    if (begin > left.size()) return op.Invalid("the equation has too few terms");
    const std::string term = left.substr(begin, end - begin);
    const std::string expanded = Expand(term, op.Rank(i));
    if (static_cast<int64_t>(expanded.size()) != op.Rank(i)) {
      return op.Invalid(absl::StrCat("term \"", term, "\" does not fit rank ", op.Rank(i)));
    }
    if (term.find("...") != std::string::npos) {
      hidden = std::max(hidden, op.Rank(i) - static_cast<int64_t>(term.size() - 3));
    }
    equation.inputs.push_back(expanded);
    begin = end + 1;
  }
  if (begin <= left.size()) return op.Invalid("the equation has too many terms");
  if (arrow == std::string::npos) {
    // Implicit result: hidden axes, then letters that occur once, in order.
    std::map<char, int> uses;
    for (const std::string& term : equation.inputs) {
      for (char letter : term) ++uses[letter];
    }
    for (int64_t i = hidden; i > 0; --i) equation.output.push_back(static_cast<char>(i));
    for (const auto& [letter, count] : uses) {
      if (letter > 16 && count == 1) equation.output.push_back(letter);
    }
  } else {
    std::string right = text.substr(arrow + 2);
    const size_t explicit_rank =
        right.find("...") == std::string::npos ? right.size() : right.size() - 3;
    equation.output = Expand(right, hidden + static_cast<int64_t>(explicit_rank));
  }
  return equation;
}

bool Has(const std::string& term, char letter) { return term.find(letter) != std::string::npos; }

}  // namespace

absl::Status ImportEinsum(OpContext& op) {
  if (op.input_count() < 1 || op.input_count() > 2) {
    return op.Unimplemented("an Einsum of more than two operands",
                            "Write it as Einsums of two operands each");
  }
  PICOST_ASSIGN_OR_RETURN(const Equation equation, Parse(op));
  std::map<char, int64_t> sizes;
  for (int i = 0; i < op.input_count(); ++i) {
    for (size_t axis = 0; axis < equation.inputs[i].size(); ++axis) {
      int64_t& size = sizes.try_emplace(equation.inputs[i][axis], 1).first->second;
      const int64_t here = op.Shape(i)[axis];
      if (size != here && size != 1 && here != 1) {
        return op.Invalid(absl::StrCat("axis '", std::string(1, equation.inputs[i][axis]),
                                       "' has the sizes ", size, " and ", here));
      }
      if (here != 1) size = here;
    }
  }
  TensorType type{.element_type = op.Type(0).element_type};
  for (char letter : equation.output) {
    if (sizes.count(letter) == 0) return op.Invalid("the result has an axis of no operand");
    type.dims.push_back(sizes[letter]);
  }
  PICOST_RETURN_IF_ERROR(op.Check(type));
  const std::string& a = equation.inputs[0];
  if (op.input_count() == 1) {
    if (type.ElementCount() == op.Elements(0)) return op.EmitView(type);
    const int64_t outputs = type.ElementCount();
    return op.Emit(Reduce{.kind = ReduceKind::kSum,
                          .outputs = outputs,
                          .width = outputs == 0 ? 0 : op.Elements(0) / outputs},
                   {op.In(0)}, type);
  }
  const std::string& b = equation.inputs[1];
  int64_t batch = 1;    // in both and in the result
  int64_t inner = 1;    // in both or in one, summed over
  int64_t rows = 1;     // of the first operand
  int64_t columns = 1;  // of the second
  bool contracts = false;
  for (const auto& [letter, size] : sizes) {
    const bool kept = Has(equation.output, letter);
    if (!kept) {
      // The operands' sizes bound everything else; two summed axes of different
      // operands multiply to what no tensor has.
      const auto product = CheckedMultiply(inner, size);
      if (!product) return op.Exhausted("the sum of an Einsum has too many terms");
      inner = *product;
      contracts = contracts || size > 1;
    } else if (Has(a, letter) && Has(b, letter)) {
      batch *= size;
    } else {
      (Has(a, letter) ? rows : columns) *= size;
    }
  }
  const bool both = op.IsPrivate(0) && op.IsPrivate(1);
  const int weight = op.IsPrivate(0) ? 1 : 0;
  if (!contracts) {  // an element-wise or outer product
    return op.Emit(Elementwise{.kind = ElementwiseKind::kMul,
                               .elements = type.ElementCount(),
                               .second = both ? Operand::kPrivate : op.Knowledge(weight)},
                   {op.In(0), op.In(1)}, type);
  }
  if (both) {
    return op.Emit(PrivateMatMul{.batch = batch, .rows = rows, .inner = inner, .columns = columns},
                   {op.In(0), op.In(1)}, type);
  }
  return op.Emit(Linear{.rows = batch * (weight == 1 ? rows : columns),
                        .in_features = inner,
                        .out_features = weight == 1 ? columns : rows},
                 {op.In(0), op.In(1)}, type);
}

}  // namespace picost::graph::ops
