// The static type of a tensor: element type and dimensions, all known.
#ifndef PICOST_ESTIMATOR_GRAPH_TENSOR_TYPE_H_
#define PICOST_ESTIMATOR_GRAPH_TENSOR_TYPE_H_

#include <cstdint>
#include <vector>

namespace picost::graph {

enum class ElementType {
  kFloat,    // any floating-point or fixed-point element: computed under the protocol
  kInteger,  // indices, shapes, token ids
  kBool,
  kString,
};

// dims is empty for a scalar. Every dimension is >= 0, and the product fits
// int64 and the import limits (checked where graphs are built).
struct TensorType {
  ElementType element_type = ElementType::kFloat;
  std::vector<int64_t> dims;
  // Width of one element where the file quantizes it: 2, 4, 8, 16, or 32 for sums
  // of products. 0: not quantized. Weights keep the width they are stored in.
  int bits = 0;

  int64_t rank() const { return static_cast<int64_t>(dims.size()); }
  int64_t ElementCount() const {
    int64_t count = 1;
    for (int64_t dim : dims) count *= dim;
    return count;
  }
  friend bool operator==(const TensorType&, const TensorType&) = default;
};

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_TENSOR_TYPE_H_
