#include "estimator/protocols/share_backend.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/primitives/forms.h"

namespace picost::protocols {

void ShareBackend::Note(std::string_view text) {
  absl::StrAppend(&note_, note_.empty() ? "" : "; ", std::string(text));
}

void ShareBackend::Keep(int64_t bytes) {
  storage_.client = Bytes(primitives::Sum({storage_.client.value(), bytes}));
  storage_.server = Bytes(primitives::Sum({storage_.server.value(), bytes}));
}

absl::Status ShareBackend::AddPrivateMatMul(const graph::Node& node,
                                            const graph::PrivateMatMul& product) {
  PICOST_RETURN_IF_ERROR(AddLinear(node, product.inner, product.columns,
                                   primitives::Product({product.rows, product.batch})));
  Note("two cross terms of shares, each as a linear layer");
  return AddLinear(node, product.inner, product.rows,
                   primitives::Product({product.columns, product.batch}));
}

// e^x for x <= 0 as (1 + x / 2^t)^(2^t) with t = 6: one comparison clips the far
// tail, then t squares with their truncations (Iron, NeurIPS 2022; BumbleBee, NDSS
// 2025). Depth 14: comparison, multiplexer, 6 x (square, truncation).
void ShareBackend::AddExponential(int64_t n) {
  constexpr int kSquarings = 6;
  AddSign(n);
  AddMultiplex(n);
  for (int i = 0; i < kSquarings; ++i) AddTruncatedSquare(n);
}

// 1 / x: a first value from a table of 8 index bits (after normalising by the most
// significant bit, a second table), then two Goldschmidt iterations of two products
// (SIRNN, S&P 2021, section V). Depth 6: two tables, 2 x (products in one batch,
// truncation).
void ShareBackend::AddReciprocal(int64_t n) {
  AddLookup(8, n);
  AddLookup(8, n);
  for (int iteration = 0; iteration < 2; ++iteration) AddTruncatedProduct(2 * n);
}

// 1 / sqrt(x): the same two tables, then two Newton iterations of a square and two
// products (SIRNN, S&P 2021, section V). Depth 14: two tables, 2 x (square, truncation,
// product, truncation, product, truncation).
void ShareBackend::AddInverseSquareRoot(int64_t n) {
  AddLookup(8, n);
  AddLookup(8, n);
  for (int iteration = 0; iteration < 2; ++iteration) {
    AddTruncatedSquare(n);
    AddTruncatedProduct(n);
    AddTruncatedProduct(n);
  }
}

// 1 / (1 + e^-|x|), mirrored by the sign: sign, multiplexer, e^-|x| from two tables
// of 8 bits joined by a product, a reciprocal, a multiplexer (SIRNN, section IV).
// Depth 12: sign, multiplexer, tables, product, truncation, 6 of the reciprocal,
// multiplexer.
void ShareBackend::AddSigmoid(int64_t n) {
  AddSign(n);
  AddMultiplex(n);
  AddLookup(8, 2 * n);
  AddTruncatedProduct(n);
  AddReciprocal(n);
  AddMultiplex(n);
}

// Three comparisons in one batch choose among four intervals; a square, then the
// third and fourth power in one batch; the public coefficients cost one truncation;
// three multiplexers in one batch (BumbleBee, NDSS 2025, section on GELU and SiLU).
// Depth 7: comparisons, square, truncation, products, truncation, truncation,
// multiplexers.
void ShareBackend::AddPiecewisePolynomial(int64_t n) {
  AddSign(3 * n);
  AddTruncatedSquare(n);
  AddTruncatedProduct(2 * n);
  AddTruncation(2 * n, fraction_bits_);
  AddMultiplex(3 * n);
}

// Powers by doubling: level k makes x^(2^k + 1) .. x^(2^(k+1)), one of them a square;
// the public coefficients cost one truncation. Depth: ceil(log2 degree) levels of square,
// products and truncation, and that last truncation.
absl::Status ShareBackend::AddPolynomial(const graph::Node&, int64_t degree, std::string_view,
                                         int64_t n) {
  for (int64_t reached = 1; reached < degree; reached *= 2) {
    const int64_t next = degree < 2 * reached ? degree : 2 * reached;
    const int64_t made = next - reached;
    if (next == 2 * reached) {
      AddSquare(n);
      AddProduct((made - 1) * n);
    } else {
      AddProduct(made * n);
    }
    AddTruncation(made * n, fraction_bits_);
  }
  if (degree > 0) AddTruncation(n, fraction_bits_);
  return absl::OkStatus();
}

}  // namespace picost::protocols
