// What a canonical node computes: one struct per kind, together a variant.
//
// Kinds say what private inference has to pay for; they are fewer than ONNX
// operators. Shapes are resolved: a struct holds what follows from them, so that
// counting and planning never look at ONNX. Visits are exhaustive (no default
// branch): a new kind does not compile until every visitor says what it is.
#ifndef PICOST_ESTIMATOR_GRAPH_NODE_ATTRIBUTES_H_
#define PICOST_ESTIMATOR_GRAPH_NODE_ATTRIBUTES_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace picost::graph {

// Convolution of an activation with the server's weights. Spatial vectors have
// one entry per spatial dimension (1 to 3). Weight: [out, in/groups, kernel...]
// ([in, out/groups, kernel...] where transposed).
struct Conv {
  bool transposed = false;
  int64_t batch = 1;
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  int64_t groups = 1;
  std::vector<int64_t> input_size;  // unpadded
  std::vector<int64_t> output_size;
  std::vector<int64_t> kernel;
  std::vector<int64_t> strides;
  std::vector<int64_t> dilations;
  std::vector<int64_t> pads_begin;
  std::vector<int64_t> pads_end;
  bool has_bias = false;
  friend bool operator==(const Conv&, const Conv&) = default;
};

// rows independent vectors of in_features times the server's [in, out] weights.
struct Linear {
  int64_t rows = 0;
  int64_t in_features = 0;
  int64_t out_features = 0;
  bool has_bias = false;
  friend bool operator==(const Linear&, const Linear&) = default;
};

// batch products of [rows, inner] by [inner, columns]; both operands are private
// activations.
struct PrivateMatMul {
  int64_t batch = 1;
  int64_t rows = 0;
  int64_t inner = 0;
  int64_t columns = 0;
  friend bool operator==(const PrivateMatMul&, const PrivateMatMul&) = default;
};

enum class ActivationKind {
  kRelu,
  kRelu6,  // clip to [0, 6]: the garbled circuit of DELPHI
  kClip,   // any other pair of finite bounds
  kLeakyRelu,
  kPRelu,  // slopes are the server's weights
  kThresholdedRelu,
  kElu,
  kCelu,
  kSelu,
  kSigmoid,
  kHardSigmoid,
  kHardSwish,
  kSilu,
  kTanh,
  kErf,
  kGelu,
  kGeluTanh,  // the tanh approximation, counted under gelu
  kSoftplus,
  kSoftsign,
  kMish,
  kPolynomial,  // degree >= 2, public coefficients
};

// One function of one variable applied to every element.
struct Activation {
  ActivationKind kind = ActivationKind::kRelu;
  int64_t elements = 0;
  double low = 0;  // kClip: bounds
  double high = 0;
  double alpha = 0;    // slope or scale, by kind
  int64_t degree = 0;  // kPolynomial
  std::string scheme;  // kPolynomial: how it is evaluated; empty: the protocol's default
  // Linearization (SNL, SENet): of `elements`, how many still compute the
  // activation; the others are the identity. -1: all of them.
  int64_t kept_elements = -1;
  friend bool operator==(const Activation&, const Activation&) = default;
};

enum class PoolKind { kMax, kAverage, kLp };

// Pooling over `window` elements per output (the kernel's volume; padding counts).
struct Pool {
  PoolKind kind = PoolKind::kMax;
  int64_t channels = 0;  // batch x channels
  std::vector<int64_t> input_size;
  std::vector<int64_t> output_size;
  std::vector<int64_t> kernel;
  std::vector<int64_t> strides;
  std::vector<int64_t> pads_begin;
  std::vector<int64_t> pads_end;
  int64_t window = 0;
  int64_t outputs = 0;
  friend bool operator==(const Pool&, const Pool&) = default;
};

enum class NormalizationKind { kBatch, kLayer, kGroup, kInstance, kRms, kLp, kLocalResponse };

// kBatch at inference is a private per-channel scale and shift; it stays a node
// only where it could not be folded into a neighbouring Conv or Linear. The
// others compute statistics over `width` elements of each of `rows` rows.
struct Normalization {
  NormalizationKind kind = NormalizationKind::kBatch;
  int64_t elements = 0;
  int64_t rows = 0;
  int64_t width = 0;
  int64_t channels = 0;          // kBatch: number of scales
  std::vector<int64_t> spatial;  // kBatch: spatial size of a channel
  bool has_scale = true;         // private scale and shift after the statistics
  friend bool operator==(const Normalization&, const Normalization&) = default;
};

struct Softmax {
  int64_t rows = 0;
  int64_t width = 0;
  bool log = false;
  friend bool operator==(const Softmax&, const Softmax&) = default;
};

enum class ReduceKind { kSum, kMean, kMax, kMin, kProd, kL1, kL2, kSumSquare, kLogSum, kLogSumExp };

// outputs results, each over width elements.
struct Reduce {
  ReduceKind kind = ReduceKind::kSum;
  int64_t outputs = 0;
  int64_t width = 0;
  friend bool operator==(const Reduce&, const Reduce&) = default;
};

enum class ElementwiseKind {
  kAdd,
  kSub,
  kNeg,
  kMul,
  kDiv,
  kPow,
  kMin,
  kMax,
  kAbs,
  kSign,
  kSqrt,
  kReciprocal,
  kExp,
  kLog,
  kFloor,
  kRound,
  kSin,
  kCos,
  kMod,
};

// Who knows the second operand. Products with public constants are local.
enum class Operand { kNone, kPrivate, kWeight, kPublic };

struct Elementwise {
  ElementwiseKind kind = ElementwiseKind::kAdd;
  int64_t elements = 0;  // of the result
  Operand second = Operand::kPrivate;
  bool same_operands = false;  // x * x: a square
  double exponent = 0;         // kPow with a public exponent
  friend bool operator==(const Elementwise&, const Elementwise&) = default;
};

enum class CompareKind {
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
  kNot,
  kAnd,
  kOr,
  kXor
};

struct Compare {
  CompareKind kind = CompareKind::kLess;
  int64_t elements = 0;
  Operand second = Operand::kPrivate;
  friend bool operator==(const Compare&, const Compare&) = default;
};

// Choice between two tensors by a condition; free where the condition is public.
struct Select {
  int64_t elements = 0;
  Operand condition = Operand::kPrivate;
  friend bool operator==(const Select&, const Select&) = default;
};

// The k largest of `width` in each of `rows` rows; k = 1 with indices is ArgMax.
struct TopK {
  int64_t rows = 0;
  int64_t width = 0;
  int64_t k = 1;
  bool indices = true;
  friend bool operator==(const TopK&, const TopK&) = default;
};

// Rows of a table of the server's weights chosen by indices.
struct Embedding {
  int64_t lookups = 0;
  int64_t table_rows = 0;
  int64_t row_elements = 0;
  bool private_indices = false;
  friend bool operator==(const Embedding&, const Embedding&) = default;
};

// Moves or repeats shares without computing: reshape, transpose, concat, slice,
// pad, nearest resize. Free under every protocol.
struct View {
  friend bool operator==(const View&, const View&) = default;
};

// A public linear map of shares (linear interpolation, cumulative sum): local,
// but `multiplications` by public constants change the fixed-point scale.
struct PublicLinear {
  int64_t multiplications = 0;
  friend bool operator==(const PublicLinear&, const PublicLinear&) = default;
};

using NodeAttributes =
    std::variant<Conv, Linear, PrivateMatMul, Activation, Pool, Normalization, Softmax, Reduce,
                 Elementwise, Compare, Select, TopK, Embedding, View, PublicLinear>;

// "conv", "linear", "relu", "maxpool", ...: one lower-case word per kind, with
// activations, pools and the like under their own names. Used in answers.
std::string KindName(const NodeAttributes& attributes);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_NODE_ATTRIBUTES_H_
