#include "estimator/graph/macs.h"

#include <initializer_list>
#include <variant>
#include <vector>

#include "estimator/base/checked_math.h"

namespace picost::graph {
namespace {

std::optional<int64_t> CheckedProduct(std::initializer_list<int64_t> factors,
                                      const std::vector<int64_t>& more = {},
                                      const std::vector<int64_t>& yet_more = {}) {
  std::optional<int64_t> product = 1;
  const auto multiply = [&product](int64_t factor) {
    if (product) product = CheckedMultiply(*product, factor);
  };
  for (int64_t factor : factors) multiply(factor);
  for (int64_t factor : more) multiply(factor);
  for (int64_t factor : yet_more) multiply(factor);
  return product;
}

}  // namespace

std::optional<int64_t> CheckedMacs(const NodeAttributes& attributes) {
  if (const auto* conv = std::get_if<Conv>(&attributes)) {
    if (conv->transposed) {
      return CheckedProduct({conv->batch, conv->in_channels, conv->out_channels / conv->groups},
                            conv->kernel, conv->input_size);
    }
    return CheckedProduct({conv->batch, conv->out_channels, conv->in_channels / conv->groups},
                          conv->kernel, conv->output_size);
  }
  if (const auto* linear = std::get_if<Linear>(&attributes)) {
    return CheckedProduct({linear->rows, linear->in_features, linear->out_features});
  }
  if (const auto* matmul = std::get_if<PrivateMatMul>(&attributes)) {
    return CheckedProduct({matmul->batch, matmul->rows, matmul->inner, matmul->columns});
  }
  return 0;
}

}  // namespace picost::graph
