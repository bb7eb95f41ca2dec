// Einsum: matrix products over named axes, two operands at a time.
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

// A value with a letter for each of its axes.
struct Term {
  std::string letters;
  ValueId value = kAbsent;
};

using Sizes = std::map<char, int64_t>;

absl::StatusOr<Sizes> SizesOf(const OpContext& op, const Equation& equation) {
  Sizes sizes;
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
  return sizes;
}

absl::StatusOr<TensorType> TypeOfResult(const OpContext& op, const std::string& letters,
                                        const Sizes& sizes) {
  TensorType type{.element_type = op.Type(0).element_type};
  for (char letter : letters) {
    const auto size = sizes.find(letter);
    if (size == sizes.end()) return op.Invalid("the result has an axis of no operand");
    type.dims.push_back(size->second);
  }
  PICOST_RETURN_IF_ERROR(op.Check(type));
  return type;
}

// Emits the product of two terms; `part` names it where it is not the node's result.
absl::StatusOr<ValueId> Contract(OpContext& op, const std::string& part, const Term& a,
                                 const Term& b, const std::string& result, const Sizes& sizes) {
  PICOST_ASSIGN_OR_RETURN(const TensorType type, TypeOfResult(op, result, sizes));
  int64_t batch = 1;    // in both and in the result
  int64_t inner = 1;    // in both or in one, summed over
  int64_t rows = 1;     // of the first operand
  int64_t columns = 1;  // of the second
  bool contracts = false;
  for (const auto& [letter, size] : sizes) {
    const bool in_a = Has(a.letters, letter);
    const bool in_b = Has(b.letters, letter);
    if (!in_a && !in_b) continue;
    if (!Has(result, letter)) {
      // The operands' sizes bound everything else; two summed axes of different
      // operands multiply to what no tensor has.
      const auto product = CheckedMultiply(inner, size);
      if (!product) return op.Exhausted("the sum of an Einsum has too many terms");
      inner = *product;
      contracts = contracts || size > 1;
    } else if (in_a && in_b) {
      batch *= size;
    } else {
      (in_a ? rows : columns) *= size;
    }
  }
  const bool a_private = op.KnowledgeOf(a.value) == Operand::kPrivate;
  const bool both = a_private && op.KnowledgeOf(b.value) == Operand::kPrivate;
  const ValueId weight = a_private ? b.value : a.value;
  NodeAttributes product = Linear{.rows = batch * (a_private ? rows : columns),
                                  .in_features = inner,
                                  .out_features = a_private ? columns : rows};
  if (!contracts) {  // an element-wise or outer product
    product = Elementwise{.kind = ElementwiseKind::kMul,
                          .elements = type.ElementCount(),
                          .second = both ? Operand::kPrivate : op.KnowledgeOf(weight)};
  } else if (both) {
    product = PrivateMatMul{.batch = batch, .rows = rows, .inner = inner, .columns = columns};
  }
  if (!part.empty()) return op.EmitPart(part, std::move(product), {a.value, b.value}, type);
  PICOST_RETURN_IF_ERROR(op.Emit(std::move(product), {a.value, b.value}, type));
  return op.output_count() > 0 ? op.outputs()[0] : a.value;
}

}  // namespace

absl::Status ImportEinsum(OpContext& op) {
  PICOST_ASSIGN_OR_RETURN(const Equation equation, Parse(op));
  PICOST_ASSIGN_OR_RETURN(const Sizes sizes, SizesOf(op, equation));
  PICOST_ASSIGN_OR_RETURN(const TensorType type, TypeOfResult(op, equation.output, sizes));
  if (op.input_count() == 1) {
    if (type.ElementCount() == op.Elements(0)) return op.EmitView(type);
    const int64_t outputs = type.ElementCount();
    return op.Emit(Reduce{.kind = ReduceKind::kSum,
                          .outputs = outputs,
                          .width = outputs == 0 ? 0 : op.Elements(0) / outputs},
                   {op.In(0)}, type);
  }
  // From left to right, as it is written; what nobody needs further is summed at once.
  Term term{.letters = equation.inputs[0], .value = op.In(0)};
  const auto count = static_cast<size_t>(op.input_count());
  for (size_t i = 1; i < count; ++i) {
    const Term next{.letters = equation.inputs[i], .value = op.In(static_cast<int>(i))};
    std::string result = equation.output;
    if (i + 1 < count) {
      std::string later = equation.output;
      for (size_t k = i + 1; k < count; ++k) later += equation.inputs[k];
      result.clear();
      for (const char letter : term.letters + next.letters) {
        if (Has(later, letter) && !Has(result, letter)) result.push_back(letter);
      }
    }
    const std::string part = i + 1 < count ? absl::StrCat("product", i) : "";
    PICOST_ASSIGN_OR_RETURN(term.value, Contract(op, part, term, next, result, sizes));
    term.letters = result;
  }
  return absl::OkStatus();
}

}  // namespace picost::graph::ops
