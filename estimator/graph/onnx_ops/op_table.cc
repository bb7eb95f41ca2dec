#include "estimator/graph/onnx_ops/op_table.h"

#include <map>
#include <utility>

namespace picost::graph::ops {
namespace {

constexpr int kAnyNumber = -1;

// Opset numbers and arities from the ONNX operator list (docs/Operators.md of
// ONNX 1.18, and Changelog.md for removed operators).
std::vector<OpRow> MakeTable() {
  return {
      // Linear layers.
      {"", "Conv", 1, 0, 2, 3, ImportConv},
      {"", "ConvTranspose", 1, 0, 2, 3, ImportConvTranspose},
      {"", "Gemm", 1, 0, 2, 3, ImportGemm},
      {"", "MatMul", 1, 0, 2, 2, ImportMatMul},
      {"", "Einsum", 12, 0, 1, kAnyNumber, ImportEinsum},
      // Activations.
      {"", "Relu", 1, 0, 1, 1, ImportActivation},
      {"", "LeakyRelu", 1, 0, 1, 1, ImportActivation},
      {"", "ThresholdedRelu", 10, 0, 1, 1, ImportActivation},
      {"", "Elu", 1, 0, 1, 1, ImportActivation},
      {"", "Celu", 12, 0, 1, 1, ImportActivation},
      {"", "Selu", 1, 0, 1, 1, ImportActivation},
      {"", "Sigmoid", 1, 0, 1, 1, ImportActivation},
      {"", "HardSigmoid", 1, 0, 1, 1, ImportActivation},
      {"", "HardSwish", 14, 0, 1, 1, ImportActivation},
      {"", "Swish", 24, 0, 1, 1, ImportActivation},
      {"", "Tanh", 1, 0, 1, 1, ImportActivation},
      {"", "Erf", 9, 0, 1, 1, ImportActivation},
      {"", "Gelu", 20, 0, 1, 1, ImportActivation},
      {"", "Softplus", 1, 0, 1, 1, ImportActivation},
      {"", "Softsign", 1, 0, 1, 1, ImportActivation},
      {"", "Mish", 18, 0, 1, 1, ImportActivation},
      {"", "PRelu", 1, 0, 2, 2, ImportPRelu},
      {"", "Clip", 1, 0, 1, 3, ImportClip},
      {"", "Softmax", 1, 0, 1, 1, ImportSoftmax},
      {"", "LogSoftmax", 1, 0, 1, 1, ImportSoftmax},
      {"", "Hardmax", 1, 0, 1, 1, ImportHardmax},
      // Pooling.
      {"", "MaxPool", 1, 0, 1, 1, ImportPool},
      {"", "AveragePool", 1, 0, 1, 1, ImportPool},
      {"", "LpPool", 1, 0, 1, 1, ImportPool},
      {"", "GlobalMaxPool", 1, 0, 1, 1, ImportGlobalPool},
      {"", "GlobalAveragePool", 1, 0, 1, 1, ImportGlobalPool},
      {"", "GlobalLpPool", 1, 0, 1, 1, ImportGlobalPool},
      // Normalizations.
      {"", "BatchNormalization", 1, 0, 5, 5, ImportBatchNormalization},
      {"", "InstanceNormalization", 1, 0, 3, 3, ImportInstanceNormalization},
      {"", "LayerNormalization", 17, 0, 2, 3, ImportLayerNormalization},
      {"", "RMSNormalization", 23, 0, 2, 2, ImportLayerNormalization},
      {"", "GroupNormalization", 18, 0, 3, 3, ImportGroupNormalization},
      {"", "LpNormalization", 1, 0, 1, 1, ImportLpNormalization},
      {"", "LRN", 1, 0, 1, 1, ImportLrn},
      {"", "MeanVarianceNormalization", 9, 0, 1, 1, ImportMeanVarianceNormalization},
      // Element-wise.
      {"", "Add", 1, 0, 2, 2, ImportArithmetic},
      {"", "Sub", 1, 0, 2, 2, ImportArithmetic},
      {"", "Mul", 1, 0, 2, 2, ImportArithmetic},
      {"", "Div", 1, 0, 2, 2, ImportArithmetic},
      {"", "Pow", 1, 0, 2, 2, ImportArithmetic},
      {"", "Mod", 10, 0, 2, 2, ImportArithmetic},
      {"", "Sum", 1, 0, 1, kAnyNumber, ImportVariadic},
      {"", "Mean", 1, 0, 1, kAnyNumber, ImportVariadic},
      {"", "Min", 1, 0, 1, kAnyNumber, ImportVariadic},
      {"", "Max", 1, 0, 1, kAnyNumber, ImportVariadic},
      {"", "Neg", 1, 0, 1, 1, ImportUnary},
      {"", "Abs", 1, 0, 1, 1, ImportUnary},
      {"", "Sign", 9, 0, 1, 1, ImportUnary},
      {"", "Sqrt", 1, 0, 1, 1, ImportUnary},
      {"", "Reciprocal", 1, 0, 1, 1, ImportUnary},
      {"", "Exp", 1, 0, 1, 1, ImportUnary},
      {"", "Log", 1, 0, 1, 1, ImportUnary},
      {"", "Floor", 1, 0, 1, 1, ImportUnary},
      {"", "Ceil", 1, 0, 1, 1, ImportUnary},
      {"", "Round", 11, 0, 1, 1, ImportUnary},
      {"", "Sin", 7, 0, 1, 1, ImportUnary},
      {"", "Cos", 7, 0, 1, 1, ImportUnary},
      {"", "Not", 1, 0, 1, 1, ImportUnary},
      {"", "IsNaN", 9, 0, 1, 1, ImportUnary},
      {"", "IsInf", 10, 0, 1, 1, ImportUnary},
      {"", "Less", 1, 0, 2, 2, ImportCompare},
      {"", "LessOrEqual", 12, 0, 2, 2, ImportCompare},
      {"", "Greater", 1, 0, 2, 2, ImportCompare},
      {"", "GreaterOrEqual", 12, 0, 2, 2, ImportCompare},
      {"", "Equal", 1, 0, 2, 2, ImportCompare},
      {"", "And", 1, 0, 2, 2, ImportCompare},
      {"", "Or", 1, 0, 2, 2, ImportCompare},
      {"", "Xor", 1, 0, 2, 2, ImportCompare},
      {"", "Where", 9, 0, 3, 3, ImportWhere},
      {"", "Cast", 1, 0, 1, 1, ImportCast},
      {"", "CastLike", 15, 0, 2, 2, ImportCast},
      // Reductions.
      {"", "ReduceSum", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceMean", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceMax", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceMin", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceProd", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceL1", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceL2", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceSumSquare", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceLogSum", 1, 0, 1, 2, ImportReduce},
      {"", "ReduceLogSumExp", 1, 0, 1, 2, ImportReduce},
      {"", "ArgMax", 1, 0, 1, 1, ImportArgExtreme},
      {"", "ArgMin", 1, 0, 1, 1, ImportArgExtreme},
      {"", "TopK", 1, 0, 1, 2, ImportTopK},
      {"", "CumSum", 11, 0, 2, 2, ImportCumSum},
      // Constants and identities.
      {"", "Constant", 1, 0, 0, 0, ImportConstant},
      {"", "ConstantOfShape", 9, 0, 1, 1, ImportConstantOfShape},
      {"", "Range", 11, 0, 3, 3, ImportRange},
      {"", "Shape", 1, 0, 1, 1, ImportShape},
      {"", "Size", 1, 0, 1, 1, ImportSize},
      {"", "EyeLike", 9, 0, 1, 1, ImportEyeLike},
      {"", "Identity", 1, 0, 1, 1, ImportIdentity},
      {"", "Dropout", 1, 0, 1, 3, ImportDropout},
      // Views.
      {"", "Reshape", 1, 0, 1, 2, ImportReshape},
      {"", "Flatten", 1, 0, 1, 1, ImportFlatten},
      {"", "Squeeze", 1, 0, 1, 2, ImportSqueeze},
      {"", "Unsqueeze", 1, 0, 1, 2, ImportUnsqueeze},
      {"", "Expand", 8, 0, 2, 2, ImportExpand},
      {"", "Transpose", 1, 0, 1, 1, ImportTranspose},
      {"", "DepthToSpace", 1, 0, 1, 1, ImportDepthToSpace},
      {"", "SpaceToDepth", 1, 0, 1, 1, ImportSpaceToDepth},
      {"", "Concat", 1, 0, 1, kAnyNumber, ImportConcat},
      {"", "Split", 1, 0, 1, 2, ImportSplit},
      {"", "Slice", 1, 0, 1, 5, ImportSlice},
      {"", "Tile", 6, 0, 2, 2, ImportTile},
      {"", "Pad", 1, 0, 1, 4, ImportPad},
      {"", "Trilu", 14, 0, 1, 2, ImportTrilu},
      {"", "Gather", 1, 0, 2, 2, ImportGather},
      {"", "GatherElements", 11, 0, 2, 2, ImportGatherElements},
      {"", "GatherND", 11, 0, 2, 2, ImportGatherND},
      {"", "Scatter", 9, 10, 3, 3, ImportScatter},
      {"", "ScatterElements", 11, 0, 3, 3, ImportScatter},
      {"", "ScatterND", 11, 0, 3, 3, ImportScatter},
      {"", "OneHot", 9, 0, 3, 3, ImportOneHot},
      {"", "NonZero", 9, 0, 1, 1, ImportNonZero},
      {"", "Resize", 10, 0, 1, 4, ImportResize},
      {"", "Upsample", 7, 9, 1, 2, ImportResize},
      // Control flow with known conditions, and recurrent layers.
      {"", "If", 1, 0, 1, 1, ImportIf},
      {"", "Loop", 1, 0, 0, kAnyNumber, ImportLoop},
      {"", "LSTM", 1, 0, 3, 8, ImportRecurrent},
      {"", "GRU", 1, 0, 3, 6, ImportRecurrent},
      {"", "RNN", 1, 0, 3, 6, ImportRecurrent},
      {"", "Attention", 23, 0, 3, 6, ImportAttention},
      // Quantized forms.
      {"", "QuantizeLinear", 10, 0, 2, 3, ImportQuantizeLinear},
      {"", "DequantizeLinear", 10, 0, 2, 3, ImportDequantizeLinear},
      {"", "QLinearConv", 10, 0, 8, 9, ImportQLinearConv},
      {"", "ConvInteger", 10, 0, 2, 4, ImportConvInteger},
      {"", "QLinearMatMul", 10, 0, 8, 8, ImportQLinearMatMul},
      {"", "MatMulInteger", 10, 0, 2, 4, ImportMatMulInteger},
      // ONNX Runtime's fusions (its docs/ContribOperators.md).
      {"com.microsoft", "FusedConv", 1, 0, 2, 4, ImportFusedConv},
      {"com.microsoft", "Gelu", 1, 0, 1, 1, ImportActivation},
      {"com.microsoft", "QuickGelu", 1, 0, 1, 1, ImportActivation},
      {"com.microsoft", "FastGelu", 1, 0, 1, 2, ImportBiasGelu},
      {"com.microsoft", "BiasGelu", 1, 0, 2, 2, ImportBiasGelu},
      {"com.microsoft", "SkipLayerNormalization", 1, 0, 3, 5, ImportSkipLayerNormalization},
      {"com.microsoft", "SkipSimplifiedLayerNormalization", 1, 0, 3, 4,
       ImportSkipLayerNormalization},
      {"com.microsoft", "Attention", 1, 0, 2, 5, ImportJoinedAttention},
      {"com.microsoft", "MultiHeadAttention", 1, 0, 3, 6, ImportAttention},
      {"com.microsoft", "MatMulNBits", 1, 0, 3, 6, ImportMatMulNBits},
      {"com.microsoft", "QuantizeLinear", 1, 0, 2, 3, ImportQuantizeLinear},
      {"com.microsoft", "DequantizeLinear", 1, 0, 2, 3, ImportDequantizeLinear},
      // Written by exporters under the default domain before ONNX had them.
      {"", "SimplifiedLayerNormalization", 1, 0, 2, 2, ImportLayerNormalization},
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
