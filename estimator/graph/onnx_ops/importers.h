// The importers of the operator table, by family: one .cc file each.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_OPS_IMPORTERS_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_OPS_IMPORTERS_H_

#include <string_view>

#include "absl/status/status.h"
#include "estimator/graph/onnx_ops/op_context.h"

namespace picost::graph::ops {

// Says what the operator computes: sets every output that the file names.
using Importer = absl::Status (*)(OpContext& op);

// conv.cc
absl::Status ImportConv(OpContext& op);
absl::Status ImportConvTranspose(OpContext& op);
// Which inputs of a node are a convolution's operands.
struct ConvInputs {
  int x = 0;
  int weight = 1;
  int bias = 2;
};
absl::Status EmitConv(OpContext& op, const ConvInputs& in);

// matmul.cc
absl::Status ImportMatMul(OpContext& op);
absl::Status ImportGemm(OpContext& op);

// einsum.cc
absl::Status ImportEinsum(OpContext& op);

// activation.cc
absl::Status ImportActivation(OpContext& op);  // one row per name, see the table inside
absl::Status ImportPRelu(OpContext& op);
absl::Status ImportClip(OpContext& op);
absl::Status ImportSoftmax(OpContext& op);
absl::Status ImportHardmax(OpContext& op);

// pool.cc
absl::Status ImportPool(OpContext& op);
absl::Status ImportGlobalPool(OpContext& op);

// norm.cc
absl::Status ImportBatchNormalization(OpContext& op);
absl::Status ImportInstanceNormalization(OpContext& op);
absl::Status ImportLayerNormalization(OpContext& op);
absl::Status ImportGroupNormalization(OpContext& op);
absl::Status ImportLpNormalization(OpContext& op);
absl::Status ImportLrn(OpContext& op);
absl::Status ImportMeanVarianceNormalization(OpContext& op);

// elementwise.cc
absl::Status ImportUnary(OpContext& op);
absl::Status ImportArithmetic(OpContext& op);
absl::Status ImportVariadic(OpContext& op);  // Sum, Mean, Min, Max
absl::Status ImportCompare(OpContext& op);
absl::Status ImportWhere(OpContext& op);
absl::Status ImportCast(OpContext& op);

// reduce.cc
absl::Status ImportReduce(OpContext& op);
absl::Status ImportArgExtreme(OpContext& op);
absl::Status ImportTopK(OpContext& op);
absl::Status ImportCumSum(OpContext& op);

// constant.cc
absl::Status ImportConstant(OpContext& op);
absl::Status ImportConstantOfShape(OpContext& op);
absl::Status ImportRange(OpContext& op);
absl::Status ImportShape(OpContext& op);
absl::Status ImportSize(OpContext& op);
absl::Status ImportEyeLike(OpContext& op);
absl::Status ImportIdentity(OpContext& op);
absl::Status ImportDropout(OpContext& op);

// reshape.cc
absl::Status ImportReshape(OpContext& op);
absl::Status ImportFlatten(OpContext& op);
absl::Status ImportSqueeze(OpContext& op);
absl::Status ImportUnsqueeze(OpContext& op);
absl::Status ImportExpand(OpContext& op);
absl::Status ImportTranspose(OpContext& op);
absl::Status ImportDepthToSpace(OpContext& op);
absl::Status ImportSpaceToDepth(OpContext& op);

// joinsplit.cc
absl::Status ImportConcat(OpContext& op);
absl::Status ImportSplit(OpContext& op);
absl::Status ImportSlice(OpContext& op);
absl::Status ImportTile(OpContext& op);
absl::Status ImportPad(OpContext& op);
absl::Status ImportReverseSequence(OpContext& op);
absl::Status ImportTrilu(OpContext& op);

// gather.cc
absl::Status ImportGather(OpContext& op);
absl::Status ImportGatherElements(OpContext& op);
absl::Status ImportGatherND(OpContext& op);
absl::Status ImportScatter(OpContext& op);
absl::Status ImportOneHot(OpContext& op);
absl::Status ImportNonZero(OpContext& op);

// control.cc
absl::Status ImportIf(OpContext& op);
absl::Status ImportLoop(OpContext& op);
absl::Status ImportScan(OpContext& op);

// sequence.cc
// Whether a sequence may be among the operator's inputs.
bool TakesSequences(std::string_view op);
absl::Status ImportSequenceConstruct(OpContext& op);  // SequenceEmpty, too
absl::Status ImportSplitToSequence(OpContext& op);
absl::Status ImportSequenceAt(OpContext& op);
absl::Status ImportSequenceInsert(OpContext& op);
absl::Status ImportSequenceErase(OpContext& op);
absl::Status ImportSequenceLength(OpContext& op);
absl::Status ImportConcatFromSequence(OpContext& op);

// recurrent.cc
absl::Status ImportRecurrent(OpContext& op);  // LSTM, GRU, RNN

// attention.cc
absl::Status ImportAttention(OpContext& op);
absl::Status ImportJoinedAttention(OpContext& op);

// grouped_attention.cc
absl::Status ImportGroupQueryAttention(OpContext& op);
absl::Status ImportRotaryEmbedding(OpContext& op);

// fused.cc
absl::Status ImportBiasGelu(OpContext& op);
absl::Status ImportSkipLayerNormalization(OpContext& op);
absl::Status ImportMatMulNBits(OpContext& op);
absl::Status ImportFusedConv(OpContext& op);

// quantized.cc
absl::Status ImportQuantizeLinear(OpContext& op);
absl::Status ImportDequantizeLinear(OpContext& op);
absl::Status ImportQLinearConv(OpContext& op);
absl::Status ImportConvInteger(OpContext& op);
absl::Status ImportQLinearMatMul(OpContext& op);
absl::Status ImportMatMulInteger(OpContext& op);

// qlinear.cc
absl::Status ImportQLinearUnary(OpContext& op);
absl::Status ImportQLinearBinary(OpContext& op);
absl::Status ImportQLinearConcat(OpContext& op);
absl::Status ImportQGemm(OpContext& op);
absl::Status ImportDynamicQuantizeLinear(OpContext& op);

// sampling.cc
absl::Status ImportRandom(OpContext& op);
absl::Status ImportGridSample(OpContext& op);
absl::Status ImportDataDependent(OpContext& op);

// resize.cc
absl::Status ImportResize(OpContext& op);

}  // namespace picost::graph::ops

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_OPS_IMPORTERS_H_
