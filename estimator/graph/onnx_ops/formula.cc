#include "estimator/graph/onnx_ops/formula.h"

#include <cctype>
#include <optional>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"

namespace picost::graph::ops {
namespace {

// Recursive descent: sum = product {(+|-) product}, product = atom {(*|/) atom},
// atom = number | (sum) | -atom | inI[K] | inI.size | inI.rank | attr.NAME.
class Parser {
 public:
  Parser(const OpContext& op, const std::string& text, const std::vector<Dims>& outputs)
      : op_(op), text_(text), outputs_(outputs) {}

  absl::StatusOr<int64_t> Run() {
    PICOST_ASSIGN_OR_RETURN(const int64_t value, Sum(0));
    if (Peek() != '\0') return Fail("the end");
    if (value < 0) return Fail("a result that is not negative");
    return value;
  }

 private:
  static constexpr int kMaxDepth = 64;

  absl::Status Fail(const std::string& expected) const {
    return op_.Invalid(
        absl::StrCat("in the formula \"", text_, "\" at ", next_, ": expected ", expected),
        "Mend the custom operator's description");
  }

  char Peek() {
    while (next_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[next_]))) ++next_;
    return next_ < text_.size() ? text_[next_] : '\0';
  }
  bool Accept(char c) {
    if (Peek() != c) return false;
    ++next_;
    return true;
  }

  absl::StatusOr<int64_t> Sum(int depth) {
    PICOST_ASSIGN_OR_RETURN(int64_t sum, Term(depth));
    while (Peek() == '+' || Peek() == '-') {
      const bool plus = text_[next_++] == '+';
      PICOST_ASSIGN_OR_RETURN(const int64_t term, Term(depth));
      const auto next = CheckedMultiply(term, plus ? 1 : -1);
      const auto total = next ? CheckedAdd(sum, *next) : std::nullopt;
      if (!total) return Fail("a number below 2^63");
      sum = *total;
    }
    return sum;
  }

  absl::StatusOr<int64_t> Term(int depth) {
    PICOST_ASSIGN_OR_RETURN(int64_t product, Atom(depth));
    while (Peek() == '*' || Peek() == '/') {
      const bool times = text_[next_++] == '*';
      PICOST_ASSIGN_OR_RETURN(const int64_t factor, Atom(depth));
      if (times) {
        const auto next = CheckedMultiply(product, factor);
        if (!next) return Fail("a number below 2^63");
        product = *next;
      } else {
        if (factor <= 0 || product < 0) return Fail("a division of positive numbers");
        product /= factor;
      }
    }
    return product;
  }

  absl::StatusOr<int64_t> Atom(int depth) {
    if (depth > kMaxDepth) return Fail("fewer parentheses");
    if (Accept('(')) {
      PICOST_ASSIGN_OR_RETURN(const int64_t value, Sum(depth + 1));
      if (!Accept(')')) return Fail("a closing parenthesis");
      return value;
    }
    if (Accept('-')) {
      PICOST_ASSIGN_OR_RETURN(const int64_t value, Atom(depth + 1));
      return -value;
    }
    if (std::isdigit(static_cast<unsigned char>(Peek()))) return Number();
    const std::string word = Word();
    if (word == "attr") {
      if (!Accept('.')) return Fail("attr.NAME");
      const std::string name = Word();
      const auto* attribute = op_.Attribute(name);
      if (attribute == nullptr || !attribute->has_i()) {
        return Fail(absl::StrCat("an integer attribute, and the node has no \"", name, "\""));
      }
      return attribute->i();
    }
    if (word.rfind("in", 0) == 0) return OfTensor(word.substr(2), /*is_input=*/true);
    if (word.rfind("out", 0) == 0) return OfTensor(word.substr(3), /*is_input=*/false);
    return Fail("a number, inI, outI or attr.NAME");
  }

  absl::StatusOr<int64_t> OfTensor(const std::string& number, bool is_input) {
    if (number.empty() || number.size() > 3 ||
        number.find_first_not_of("0123456789") != std::string::npos) {
      return Fail("in0, in1, ... or out0, out1, ...");
    }
    const int index = std::stoi(number);
    const bool exists = is_input ? op_.Has(index) : index < static_cast<int>(outputs_.size());
    if (!exists) return Fail(absl::StrCat(is_input ? "an input " : "an output ", index));
    const Dims& dims = is_input ? op_.Shape(index) : outputs_[index];
    if (Accept('[')) {
      const bool from_end = Accept('-');
      PICOST_ASSIGN_OR_RETURN(int64_t axis, Number());
      if (!Accept(']')) return Fail("a closing bracket");
      const auto rank = static_cast<int64_t>(dims.size());
      if (from_end) axis = rank - axis;
      if (axis < 0 || axis >= rank) return Fail(absl::StrCat("an axis of rank ", rank));
      return dims[axis];
    }
    if (!Accept('.')) return Fail("[AXIS], .size or .rank");
    const std::string property = Word();
    if (property == "rank") return static_cast<int64_t>(dims.size());
    if (property == "size") return Product(dims);
    return Fail(".size or .rank");
  }

  absl::StatusOr<int64_t> Number() {
    if (!std::isdigit(static_cast<unsigned char>(Peek()))) return Fail("a number");
    std::optional<int64_t> value = 0;
    while (next_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[next_]))) {
      if (value) value = CheckedMultiply(*value, 10);
      if (value) value = CheckedAdd(*value, text_[next_] - '0');
      ++next_;
    }
    if (!value) return Fail("a number below 2^63");
    return *value;
  }

  std::string Word() {
    Peek();
    const size_t begin = next_;
    while (next_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[next_])) || text_[next_] == '_')) {
      ++next_;
    }
    return text_.substr(begin, next_ - begin);
  }

  const OpContext& op_;
  const std::string& text_;
  const std::vector<Dims>& outputs_;
  size_t next_ = 0;
};

}  // namespace

absl::StatusOr<int64_t> EvaluateFormula(const OpContext& op, const std::string& text,
                                        const std::vector<Dims>& outputs) {
  return Parser(op, text, outputs).Run();
}

}  // namespace picost::graph::ops
