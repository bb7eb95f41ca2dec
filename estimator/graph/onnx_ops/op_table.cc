#include "estimator/graph/onnx_ops/op_table.h"

#include <map>
#include <utility>

namespace picost::graph::ops {
namespace {

constexpr int kAnyNumber = -1;

// What operators count as, where several count alike.
constexpr std::string_view kMacs = "MACs of a linear layer; truncations, one per result";
constexpr std::string_view kProduct =
    "MACs: of a linear layer with a weight on one side, else of a private matrix product; "
    "truncations";
constexpr std::string_view kOwnKind = "elements under the activation's own kind";
constexpr std::string_view kSoftmax =
    "comparisons (width - 1 per row), exponentials, reciprocals and multiplications";
constexpr std::string_view kPool =
    "max: comparisons (window - 1 per output); average: truncations; Lp: squares";
constexpr std::string_view kNorm =
    "squares, reciprocals (one per row), multiplications; weight products of the scale";
constexpr std::string_view kAdds = "nothing: sums of shares are local";
constexpr std::string_view kMoves = "nothing: moves shares";
constexpr std::string_view kKnown = "nothing: known before the inference";
constexpr std::string_view kMultiplies =
    "multiplications; squares of a value with itself; weight products with a weight; truncations";
constexpr std::string_view kCompares = "comparisons, one per element";
constexpr std::string_view kRunning = "comparisons: width - 1 per result";
constexpr std::string_view kReciprocals = "reciprocals, one per element";
constexpr std::string_view kLookup =
    "nothing where the indices are public; elements of embedding where they are private";
constexpr std::string_view kAttention = "MACs of private matrix products; softmax between them";
constexpr std::string_view kRotation = "truncations: products with public numbers";
constexpr std::string_view kRefused = "refused: the shape of the result depends on the data";
constexpr std::string_view kRescale = "truncations; nothing for weights";

// Opset numbers and arities from the ONNX operator list (docs/Operators.md of
// ONNX 1.18, and Changelog.md for removed operators).
std::vector<OpRow> MakeTable() {
  return {
      // Linear layers.
      {"", "Conv", 1, 0, 2, 3, ImportConv, kMacs},
      {"", "ConvTranspose", 1, 0, 2, 3, ImportConvTranspose, kMacs},
      {"", "Gemm", 1, 0, 2, 3, ImportGemm, kProduct},
      {"", "MatMul", 1, 0, 2, 2, ImportMatMul, kProduct},
      {"", "Einsum", 12, 0, 1, kAnyNumber, ImportEinsum, kProduct},
      // Activations.
      {"", "Relu", 1, 0, 1, 1, ImportActivation, "ReLU elements and one ReLU call"},
      {"", "LeakyRelu", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "ThresholdedRelu", 10, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Elu", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Celu", 12, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Selu", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Sigmoid", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "HardSigmoid", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "HardSwish", 14, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Swish", 24, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Tanh", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Erf", 9, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Gelu", 20, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Softplus", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Softsign", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "Mish", 18, 0, 1, 1, ImportActivation, kOwnKind},
      {"", "PRelu", 1, 0, 2, 2, ImportPRelu, kOwnKind},
      {"", "Clip", 1, 0, 1, 3, ImportClip,
       "ReLU elements where it is of ReLU6 type (0 to a finite bound) or Max with 0; else elements "
       "of clip"},
      {"", "Softmax", 1, 0, 1, 1, ImportSoftmax, kSoftmax},
      {"", "LogSoftmax", 1, 0, 1, 1, ImportSoftmax, kSoftmax},
      {"", "Hardmax", 1, 0, 1, 1, ImportHardmax,
       "comparisons: width - 1 per row, then one per element"},
      // Pooling.
      {"", "MaxPool", 1, 0, 1, 1, ImportPool, kPool},
      {"", "AveragePool", 1, 0, 1, 1, ImportPool, kPool},
      {"", "LpPool", 1, 0, 1, 1, ImportPool, kPool},
      {"", "GlobalMaxPool", 1, 0, 1, 1, ImportGlobalPool, kPool},
      {"", "GlobalAveragePool", 1, 0, 1, 1, ImportGlobalPool, kPool},
      {"", "GlobalLpPool", 1, 0, 1, 1, ImportGlobalPool, kPool},
      // Normalizations.
      {"", "BatchNormalization", 1, 0, 5, 5, ImportBatchNormalization,
       "nothing where it folds into the linear layer before it; else weight products and "
       "truncations"},
      {"", "InstanceNormalization", 1, 0, 3, 3, ImportInstanceNormalization, kNorm},
      {"", "LayerNormalization", 17, 0, 2, 3, ImportLayerNormalization, kNorm},
      {"", "RMSNormalization", 23, 0, 2, 2, ImportLayerNormalization, kNorm},
      {"", "GroupNormalization", 18, 0, 3, 3, ImportGroupNormalization, kNorm},
      {"", "LpNormalization", 1, 0, 1, 1, ImportLpNormalization, kNorm},
      {"", "LRN", 1, 0, 1, 1, ImportLrn,
       "squares, reciprocals and multiplications, one each per element"},
      {"", "MeanVarianceNormalization", 9, 0, 1, 1, ImportMeanVarianceNormalization, kNorm},
      // Element-wise.
      {"", "Add", 1, 0, 2, 2, ImportArithmetic, kAdds},
      {"", "Sub", 1, 0, 2, 2, ImportArithmetic, kAdds},
      {"", "Mul", 1, 0, 2, 2, ImportArithmetic, kMultiplies},
      {"", "Div", 1, 0, 2, 2, ImportArithmetic, "reciprocals of private divisors; then as Mul"},
      {"", "Pow", 1, 0, 2, 2, ImportArithmetic,
       "squares and multiplications of square-and-multiply; fractions by exp and log"},
      {"", "Mod", 10, 0, 2, 2, ImportArithmetic, "comparisons and elements of mod"},
      {"", "Sum", 1, 0, 1, kAnyNumber, ImportVariadic, kAdds},
      {"", "Mean", 1, 0, 1, kAnyNumber, ImportVariadic, "truncations"},
      {"", "Min", 1, 0, 1, kAnyNumber, ImportVariadic, kCompares},
      {"", "Max", 1, 0, 1, kAnyNumber, ImportVariadic,
       "comparisons; ReLU elements where the other operand is 0"},
      {"", "Neg", 1, 0, 1, 1, ImportUnary, kAdds},
      {"", "Abs", 1, 0, 1, 1, ImportUnary, kCompares},
      {"", "Sign", 9, 0, 1, 1, ImportUnary, kCompares},
      {"", "Sqrt", 1, 0, 1, 1, ImportUnary, kReciprocals},
      {"", "Reciprocal", 1, 0, 1, 1, ImportUnary, kReciprocals},
      {"", "Exp", 1, 0, 1, 1, ImportUnary, "exponentials, one per element"},
      {"", "Log", 1, 0, 1, 1, ImportUnary, "elements of log"},
      {"", "Floor", 1, 0, 1, 1, ImportUnary, "comparisons and elements of floor"},
      {"", "Ceil", 1, 0, 1, 1, ImportUnary, "comparisons and elements of floor"},
      {"", "Round", 11, 0, 1, 1, ImportUnary, "comparisons and elements of floor"},
      {"", "Sin", 7, 0, 1, 1, ImportUnary, "elements of sin"},
      {"", "Cos", 7, 0, 1, 1, ImportUnary, "elements of sin"},
      {"", "Not", 1, 0, 1, 1, ImportUnary, kMoves},
      {"", "IsNaN", 9, 0, 1, 1, ImportUnary, kMoves},
      {"", "IsInf", 10, 0, 1, 1, ImportUnary, kMoves},
      {"", "Less", 1, 0, 2, 2, ImportCompare,
       "comparisons, one per element; And, Or and Xor are comparisons of bits"},
      {"", "LessOrEqual", 12, 0, 2, 2, ImportCompare,
       "comparisons, one per element; And, Or and Xor are comparisons of bits"},
      {"", "Greater", 1, 0, 2, 2, ImportCompare,
       "comparisons, one per element; And, Or and Xor are comparisons of bits"},
      {"", "GreaterOrEqual", 12, 0, 2, 2, ImportCompare,
       "comparisons, one per element; And, Or and Xor are comparisons of bits"},
      {"", "Equal", 1, 0, 2, 2, ImportCompare,
       "comparisons, one per element; And, Or and Xor are comparisons of bits"},
      {"", "And", 1, 0, 2, 2, ImportCompare,
       "comparisons, one per element; And, Or and Xor are comparisons of bits"},
      {"", "Or", 1, 0, 2, 2, ImportCompare,
       "comparisons, one per element; And, Or and Xor are comparisons of bits"},
      {"", "Xor", 1, 0, 2, 2, ImportCompare,
       "comparisons, one per element; And, Or and Xor are comparisons of bits"},
      {"", "Where", 9, 0, 3, 3, ImportWhere,
       "multiplications where the condition is private; else nothing"},
      {"", "Cast", 1, 0, 1, 1, ImportCast, kMoves},
      {"", "CastLike", 15, 0, 2, 2, ImportCast, kMoves},
      // Reductions.
      {"", "ReduceSum", 1, 0, 1, 2, ImportReduce, kAdds},
      {"", "ReduceMean", 1, 0, 1, 2, ImportReduce, "truncations, one per result"},
      {"", "ReduceMax", 1, 0, 1, 2, ImportReduce, kRunning},
      {"", "ReduceMin", 1, 0, 1, 2, ImportReduce, kRunning},
      {"", "ReduceProd", 1, 0, 1, 2, ImportReduce, "multiplications: width - 1 per result"},
      {"", "ReduceL1", 1, 0, 1, 2, ImportReduce, kCompares},
      {"", "ReduceL2", 1, 0, 1, 2, ImportReduce,
       "squares, one per element; reciprocals, one per result"},
      {"", "ReduceSumSquare", 1, 0, 1, 2, ImportReduce, "squares, one per element"},
      {"", "ReduceLogSum", 1, 0, 1, 2, ImportReduce, "elements of log"},
      {"", "ReduceLogSumExp", 1, 0, 1, 2, ImportReduce,
       "comparisons, exponentials, elements of log"},
      {"", "ArgMax", 1, 0, 1, 1, ImportArgExtreme, "comparisons: width - 1 per result"},
      {"", "ArgMin", 1, 0, 1, 1, ImportArgExtreme, "comparisons: width - 1 per result"},
      {"", "TopK", 1, 0, 1, 2, ImportTopK, "comparisons of k passes of a running maximum"},
      {"", "CumSum", 11, 0, 2, 2, ImportCumSum, kMoves},
      // Constants and identities.
      {"", "Constant", 1, 0, 0, 0, ImportConstant, kKnown},
      {"", "ConstantOfShape", 9, 0, 1, 1, ImportConstantOfShape, kKnown},
      {"", "Range", 11, 0, 3, 3, ImportRange, kKnown},
      {"", "Shape", 1, 0, 1, 1, ImportShape, kKnown},
      {"", "Size", 1, 0, 1, 1, ImportSize, kKnown},
      {"", "EyeLike", 9, 0, 1, 1, ImportEyeLike, kKnown},
      {"", "Identity", 1, 0, 1, 1, ImportIdentity, kMoves},
      {"", "Dropout", 1, 0, 1, 3, ImportDropout, kMoves},
      // Views.
      {"", "Reshape", 1, 0, 1, 2, ImportReshape, kMoves},
      {"", "Flatten", 1, 0, 1, 1, ImportFlatten, kMoves},
      {"", "Squeeze", 1, 0, 1, 2, ImportSqueeze, kMoves},
      {"", "Unsqueeze", 1, 0, 1, 2, ImportUnsqueeze, kMoves},
      {"", "Expand", 8, 0, 2, 2, ImportExpand, kMoves},
      {"", "Transpose", 1, 0, 1, 1, ImportTranspose, kMoves},
      {"", "DepthToSpace", 1, 0, 1, 1, ImportDepthToSpace, kMoves},
      {"", "SpaceToDepth", 1, 0, 1, 1, ImportSpaceToDepth, kMoves},
      {"", "Concat", 1, 0, 1, kAnyNumber, ImportConcat, kMoves},
      {"", "Split", 1, 0, 1, 2, ImportSplit, kMoves},
      {"", "Slice", 1, 0, 1, 5, ImportSlice, kMoves},
      {"", "Tile", 6, 0, 2, 2, ImportTile, kMoves},
      {"", "Pad", 1, 0, 1, 4, ImportPad, kMoves},
      {"", "ReverseSequence", 10, 0, 2, 2, ImportReverseSequence, kMoves},
      {"", "Trilu", 14, 0, 1, 2, ImportTrilu, kMoves},
      {"", "Gather", 1, 0, 2, 2, ImportGather, kLookup},
      {"", "GatherElements", 11, 0, 2, 2, ImportGatherElements, kLookup},
      {"", "GatherND", 11, 0, 2, 2, ImportGatherND, kLookup},
      {"", "Scatter", 9, 10, 3, 3, ImportScatter,
       "nothing; with a reduction, what the reduction is"},
      {"", "ScatterElements", 11, 0, 3, 3, ImportScatter,
       "nothing; with a reduction, what the reduction is"},
      {"", "ScatterND", 11, 0, 3, 3, ImportScatter,
       "nothing; with a reduction, what the reduction is"},
      {"", "OneHot", 9, 0, 3, 3, ImportOneHot, "comparisons: one per index and class"},
      {"", "NonZero", 9, 0, 1, 1, ImportNonZero, kKnown},
      {"", "Resize", 10, 0, 1, 4, ImportResize,
       "nothing for nearest; else truncations of a public linear map"},
      {"", "Upsample", 7, 9, 1, 2, ImportResize,
       "nothing for nearest; else truncations of a public linear map"},
      // Control flow with known conditions, and recurrent layers.
      {"", "SequenceConstruct", 11, 0, 1, kAnyNumber, ImportSequenceConstruct, kMoves},
      {"", "SequenceEmpty", 11, 0, 0, 0, ImportSequenceConstruct, kMoves},
      {"", "SplitToSequence", 11, 0, 1, 2, ImportSplitToSequence, kMoves},
      {"", "SequenceAt", 11, 0, 2, 2, ImportSequenceAt, kMoves},
      {"", "SequenceInsert", 11, 0, 2, 3, ImportSequenceInsert, kMoves},
      {"", "SequenceErase", 11, 0, 1, 2, ImportSequenceErase, kMoves},
      {"", "SequenceLength", 11, 0, 1, 1, ImportSequenceLength, kKnown},
      {"", "ConcatFromSequence", 11, 0, 1, 1, ImportConcatFromSequence, kMoves},
      {"", "If", 1, 0, 1, 1, ImportIf, "the branch that the known condition chooses"},
      {"", "Loop", 1, 0, 0, kAnyNumber, ImportLoop, "its body, once per iteration"},
      {"", "Scan", 8, 0, 1, kAnyNumber, ImportScan,
       "its body, once per element of the scanned axis"},
      {"", "LSTM", 1, 0, 3, 8, ImportRecurrent,
       "MACs of both products, elements of sigmoid and tanh, multiplications of the gates"},
      {"", "GRU", 1, 0, 3, 6, ImportRecurrent,
       "MACs of both products, elements of sigmoid and tanh, multiplications of the gates"},
      {"", "RNN", 1, 0, 3, 6, ImportRecurrent,
       "MACs of both products, elements of sigmoid and tanh, multiplications of the gates"},
      {"", "Attention", 23, 0, 3, 6, ImportAttention, kAttention},
      {"", "RotaryEmbedding", 23, 0, 3, 4, ImportRotaryEmbedding, kRotation},
      // Random numbers, and what depends on the data.
      {"", "RandomNormal", 1, 0, 0, 0, ImportRandom, kKnown},
      {"", "RandomUniform", 1, 0, 0, 0, ImportRandom, kKnown},
      {"", "RandomNormalLike", 1, 0, 1, 1, ImportRandom, kKnown},
      {"", "RandomUniformLike", 1, 0, 1, 1, ImportRandom, kKnown},
      {"", "GridSample", 16, 0, 2, 2, ImportGridSample,
       "truncations of a public linear map; refused where the grid is private"},
      {"", "NonMaxSuppression", 10, 0, 2, 5, ImportDataDependent, kRefused},
      {"", "Unique", 11, 0, 1, 1, ImportDataDependent, kRefused},
      {"", "Compress", 9, 0, 2, 2, ImportDataDependent, kRefused},
      // Quantized forms.
      {"", "QuantizeLinear", 10, 0, 2, 3, ImportQuantizeLinear, kRescale},
      {"", "DequantizeLinear", 10, 0, 2, 3, ImportDequantizeLinear, kRescale},
      {"", "QLinearConv", 10, 0, 8, 9, ImportQLinearConv, "MACs; truncations"},
      {"", "ConvInteger", 10, 0, 2, 4, ImportConvInteger, kMacs},
      {"", "QLinearMatMul", 10, 0, 8, 8, ImportQLinearMatMul, kMacs},
      {"", "MatMulInteger", 10, 0, 2, 4, ImportMatMulInteger, kMacs},
      {"", "DynamicQuantizeLinear", 11, 0, 1, 1, ImportDynamicQuantizeLinear,
       "comparisons of both ends of the range, a reciprocal, multiplications"},
      // ONNX Runtime's quantized operators.
      {"com.microsoft", "QLinearAdd", 1, 0, 7, 8, ImportQLinearBinary, kRescale},
      {"com.microsoft", "QLinearMul", 1, 0, 7, 8, ImportQLinearBinary, kMultiplies},
      {"com.microsoft", "QLinearSigmoid", 1, 0, 4, 5, ImportQLinearUnary, kOwnKind},
      {"com.microsoft", "QLinearLeakyRelu", 1, 0, 4, 5, ImportQLinearUnary, kOwnKind},
      {"com.microsoft", "QLinearSoftmax", 1, 0, 5, 5, ImportQLinearUnary, kSoftmax},
      {"com.microsoft", "QLinearAveragePool", 1, 0, 4, 5, ImportQLinearUnary, kRescale},
      {"com.microsoft", "QLinearGlobalAveragePool", 1, 0, 5, 5, ImportQLinearUnary, kRescale},
      {"com.microsoft", "QLinearConcat", 1, 0, 3, kAnyNumber, ImportQLinearConcat, kRescale},
      {"com.microsoft", "QGemm", 1, 0, 6, 9, ImportQGemm, kProduct},
      // ONNX Runtime's fusions (its docs/ContribOperators.md).
      {"com.microsoft", "FusedConv", 1, 0, 2, 4, ImportFusedConv,
       "MACs; truncations; elements of the fused activation"},
      {"com.microsoft", "Gelu", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"com.microsoft", "QuickGelu", 1, 0, 1, 1, ImportActivation, kOwnKind},
      {"com.microsoft", "FastGelu", 1, 0, 1, 2, ImportBiasGelu, kOwnKind},
      {"com.microsoft", "BiasGelu", 1, 0, 2, 2, ImportBiasGelu, kOwnKind},
      {"com.microsoft", "SkipLayerNormalization", 1, 0, 3, 5, ImportSkipLayerNormalization, kNorm},
      {"com.microsoft", "SkipSimplifiedLayerNormalization", 1, 0, 3, 4,
       ImportSkipLayerNormalization, kNorm},
      {"com.microsoft", "Attention", 1, 0, 2, 5, ImportJoinedAttention, kAttention},
      {"com.microsoft", "MultiHeadAttention", 1, 0, 3, 10, ImportAttention, kAttention},
      {"com.microsoft", "GroupQueryAttention", 1, 0, 1, 14, ImportGroupQueryAttention, kAttention},
      {"com.microsoft", "RotaryEmbedding", 1, 0, 4, 4, ImportRotaryEmbedding, kRotation},
      {"com.microsoft", "LayerNormalization", 1, 0, 2, 3, ImportLayerNormalization, kNorm},
      {"com.microsoft", "SimplifiedLayerNormalization", 1, 0, 2, 2, ImportLayerNormalization,
       kNorm},
      {"com.microsoft", "MatMulNBits", 1, 0, 3, 6, ImportMatMulNBits, kMacs},
      {"com.microsoft", "QuantizeLinear", 1, 0, 2, 3, ImportQuantizeLinear, kRescale},
      {"com.microsoft", "DequantizeLinear", 1, 0, 2, 3, ImportDequantizeLinear, kRescale},
      // Written by exporters under the default domain before ONNX had them.
      {"", "SimplifiedLayerNormalization", 1, 0, 2, 2, ImportLayerNormalization, kNorm},
  };
}

using Key = std::pair<std::string_view, std::string_view>;

std::map<Key, const OpRow*> MakeIndex() {
  std::map<Key, const OpRow*> index;
  for (const OpRow& row : AllOps()) index.emplace(Key(row.domain, row.op), &row);
  return index;
}

}  // namespace

const std::vector<OpRow>& AllOps() {
  static const auto& table = *new std::vector<OpRow>(MakeTable());
  return table;
}

const OpRow* FindOp(std::string_view domain, std::string_view op) {
  static const auto& index = *new std::map<Key, const OpRow*>(MakeIndex());
  if (domain == "ai.onnx") domain = "";
  const auto found = index.find(Key(domain, op));
  return found == index.end() ? nullptr : found->second;
}

}  // namespace picost::graph::ops
