// Activations and normalizations as exporters write them, each counted once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/graph/onnx_import.h"
#include "estimator/graph/onnx_text.h"

namespace picost::graph {
namespace {

struct Pattern {
  std::string name;
  std::string graph;  // input x, result y
  std::vector<std::string> kinds;
};

std::vector<Pattern> Patterns() {
  const std::string x = "(float[2,4,8] x) => (y) ";
  return {
      {"GeluAsTorchWritesIt",
       x + "<float s = {1.41421356}, float one = {1.0}, float half = {0.5}> { d = Div(x, s) "
           "e = Erf(d) a = Add(e, one) m = Mul(x, a) y = Mul(m, half) }",
       {"gelu"}},
      {"GeluWithTheHalfFirst",
       x + "<float s = {0.70710678}, float one = {1.0}, float half = {0.5}> { h = Mul(x, half) "
           "d = Mul(x, s) e = Erf(d) a = Add(one, e) y = Mul(h, a) }",
       {"gelu"}},
      {"GeluWithTheHalfInTheSum",
       x + "<float s = {0.70710678}, float half = {0.5}> { d = Mul(x, s) e = Erf(d) "
           "a = Mul(e, half) b = Add(a, half) y = Mul(b, x) }",
       {"gelu"}},
      {"GeluTanh",
       x + "<float three = {3.0}, float c = {0.044715}, float k = {0.7978845608}, float one = "
           "{1.0}, "
           "float half = {0.5}> { p = Pow(x, three) q = Mul(p, c) r = Add(x, q) s = Mul(r, k) "
           "t = Tanh(s) u = Add(t, one) v = Mul(x, half) y = Mul(v, u) }",
       {"gelu"}},
      {"GeluTanhWithProductsForThePower",
       x + "<float c = {0.044715}, float k = {0.7978845608}, float one = {1.0}, float half = "
           "{0.5}> "
           "{ sq = Mul(x, x) cx = Mul(sq, c) c1 = Add(cx, one) kx = Mul(x, k) s = Mul(kx, c1) "
           "t = Tanh(s) u = Add(t, one) v = Mul(u, half) y = Mul(x, v) }",
       {"gelu"}},
      {"Silu", x + "{ s = Sigmoid(x) y = Mul(x, s) }", {"silu"}},
      {"QuickGelu",
       x + "<float k = {1.702}> { k1 = Mul(x, k) s = Sigmoid(k1) y = Mul(x, s) }",
       {"silu"}},
      {"GateOfAnotherValueIsNoSilu",
       x + "{ t = Tanh(x) s = Sigmoid(t) y = Mul(x, s) }",
       {"tanh", "sigmoid", "mul"}},
      {"HardSwishFromRelu6",
       x + "<float three = {3.0}, float zero = {0.0}, float six = {6.0}> { a = Add(x, three) "
           "c = Clip(a, zero, six) m = Mul(x, c) y = Div(m, six) }",
       {"hardswish"}},
      {"HardSigmoidFromRelu6",
       x + "<float three = {3.0}, float zero = {0.0}, float six = {6.0}> { a = Add(x, three) "
           "c = Clip(a, zero, six) y = Div(c, six) }",
       {"hardsigmoid"}},
      {"HardSwishFromHardSigmoid",
       x + "{ h = HardSigmoid<alpha=0.16666667, beta=0.5>(x) y = Mul(x, h) }",
       {"hardswish"}},
      {"Mish", x + "{ s = Softplus(x) t = Tanh(s) y = Mul(x, t) }", {"mish"}},
      {"SigmoidFromExp",
       x + "<float one = {1.0}> { n = Neg(x) e = Exp(n) s = Add(e, one) y = Div(one, s) }",
       {"sigmoid"}},
      {"ReluFromMax", x + "<float zero = {0.0}> { y = Max(x, zero) }", {"relu"}},
      {"Relu6FromMinAndMax",
       x + "<float zero = {0.0}, float six = {6.0}> { m = Max(x, zero) y = Min(m, six) }",
       {"relu6"}},
      {"Relu6FromClip",
       x + "<float zero = {0.0}, float six = {6.0}> { y = Clip(x, zero, six) }",
       {"relu6"}},
      {"Relu6FromReluAndClip",
       x + "<float zero = {0.0}, float six = {6.0}> { r = Relu(x) y = Clip(r, zero, six) }",
       {"relu6"}},
      {"ReluAndAClipOfAnotherReaderStay",
       x + "<float zero = {0.0}, float six = {6.0}> { r = Relu(x) c = Clip(r, zero, six) "
           "y = Add(r, c) }",
       {"relu", "relu6", "add"}},
      {"SquareActivation", x + "{ y = Mul(x, x) }", {"polynomial"}},
      {"QuadraticActivation",
       x + "<float a = {0.125}, float b = {0.5}, float c = {0.25}> { s = Mul(x, x) p = Mul(s, a) "
           "q = Mul(x, b) r = Add(p, q) y = Add(r, c) }",
       {"polynomial"}},
      {"QuadraticActivationWithAWeightPerChannel",
       x + "<float[4,1] a, float[4,1] b> { s = Mul(x, x) p = Mul(s, a) q = Mul(x, b) "
           "y = Add(p, q) }",
       {"polynomial"}},
      {"LayerNormAsTorchWritesIt",
       x + "<float two = {2.0}, float eps = {0.00001}, float[8] g, float[8] b> "
           "{ m = ReduceMean<axes=[-1]>(x) d = Sub(x, m) p = Pow(d, two) v = "
           "ReduceMean<axes=[-1]>(p) "
           "e = Add(v, eps) r = Sqrt(e) n = Div(d, r) o = Mul(n, g) y = Add(o, b) }",
       {"layernorm"}},
      {"RmsNormWithAReciprocal",
       x + "<float two = {2.0}, float eps = {0.00001}, float one = {1.0}, float[8] g> "
           "{ p = Pow(x, two) v = ReduceMean<axes=[-1]>(p) e = Add(v, eps) r = Sqrt(e) "
           "q = Div(one, r) n = Mul(x, q) y = Mul(n, g) }",
       {"rmsnorm"}},
      {"GroupNormFromInstanceNorm",
       x + "<int64[3] split = {2, 2, 16}, int64[3] join = {2, 4, 8}, float[2] ones, float[2] "
           "zeros, "
           "float[4,1] g, float[4,1] b> { r = Reshape(x, split) "
           "i = InstanceNormalization(r, ones, zeros) j = Reshape(i, join) k = Mul(j, g) "
           "y = Add(k, b) }",
       {"groupnorm"}},
      {"SoftmaxFromExp",
       x + "<int64[1] axis = {-1}> { m = ReduceMax<axes=[-1]>(x) d = Sub(x, m) e = Exp(d) "
           "s = ReduceSum(e, axis) y = Div(e, s) }",
       {"softmax"}},
      {"BatchNormAfterConv",
       "(float[1,4,8,8] x) => (y) <float[6,4,3,3] w, float[6] s, float[6] b, float[6] m, float[6] "
       "v> "
       "{ c = Conv(x, w) y = BatchNormalization(c, s, b, m, v) }",
       {"conv"}},
      {"BatchNormBeforeConvStays",
       "(float[1,4,8,8] x) => (y) <float[6,4,3,3] w, float[4] s, float[4] b, float[4] m, float[4] "
       "v> "
       "{ n = BatchNormalization(x, s, b, m, v) r = Relu(n) y = Conv(r, w) }",
       {"batchnorm", "relu", "conv"}},
      {"BatchNormAfterAConvThatIsReadTwiceStays",
       "(float[1,4,8,8] x) => (y) <float[4,4,1,1] w, float[4] s, float[4] b, float[4] m, float[4] "
       "v> "
       "{ c = Conv(x, w) n = BatchNormalization(c, s, b, m, v) y = Add(n, c) }",
       {"conv", "batchnorm", "add"}},
      {"BiasAfterMatMul",
       x + "<float[8,16] w, float[16] b> { m = MatMul(x, w) y = Add(m, b) }",
       {"linear"}},
      {"ResidualAfterMatMulStays",
       x + "<float[8,8] w> { m = MatMul(x, w) y = Add(m, x) }",
       {"linear", "add"}},
  };
}

class PatternTest : public testing::TestWithParam<Pattern> {};

TEST_P(PatternTest, IsCountedOnce) {
  const auto graph = ImportOnnx(OnnxGraph(GetParam().graph, 13), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  std::vector<std::string> kinds;
  for (const Node& node : graph->nodes()) kinds.push_back(KindName(node.attributes));
  EXPECT_THAT(kinds, testing::ElementsAreArray(GetParam().kinds));
}

INSTANTIATE_TEST_SUITE_P(Exporters, PatternTest, testing::ValuesIn(Patterns()),
                         [](const auto& info) { return info.param.name; });

TEST(Patterns, KeepTheNameOfTheLastPart) {
  const auto graph =
      ImportOnnx(OnnxGraph("(float[4] x) => (y) { s = Sigmoid(x) y = Mul(x, s) }"), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->node(0).name, "y");
  EXPECT_EQ(graph->node(0).onnx_op, "pattern:silu");
}

TEST(Patterns, KnowTheDegreeOfAPolynomial) {
  const auto graph = ImportOnnx(
      OnnxGraph("(float[4] x) => (y) <float two = {2.0}> { a = Pow(x, two) b = Mul(a, a) "
                "y = Add(b, x) }"),
      {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(std::get<Activation>(graph->node(0).attributes).degree, 4);
}

// To see what folding saves.
TEST(Patterns, LeaveBatchNormsWhereAskedTo) {
  const auto graph = ImportOnnx(
      OnnxGraph("(float[1,4,8,8] x) => (y) <float[6,4,3,3] w, float[6] s, float[6] b, float[6] m, "
                "float[6] v> { c = Conv(x, w) y = BatchNormalization(c, s, b, m, v) }",
                13),
      {.fold_affine = false});
  ASSERT_TRUE(graph.ok()) << graph.status();
  ASSERT_EQ(graph->nodes().size(), 2u);
  EXPECT_EQ(KindName(graph->node(1).attributes), "batchnorm");
}

// Parts that somebody else reads are still computed.
TEST(Patterns, LeaveWhatOthersRead) {
  const auto graph =
      ImportOnnx(OnnxGraph("(float[4] x) => (y, s) { s = Sigmoid(x) y = Mul(x, s) }"), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  ASSERT_EQ(graph->nodes().size(), 2u);
  EXPECT_EQ(KindName(graph->node(0).attributes), "sigmoid");
  EXPECT_EQ(KindName(graph->node(1).attributes), "mul");
}

}  // namespace
}  // namespace picost::graph
