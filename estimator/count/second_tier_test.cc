// Counts of the operators behind the first tier, computed by hand: control flow,
// recurrent layers, attention as one operator, quantized forms, ONNX Runtime's
// fusions, sequences.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/onnx_import.h"
#include "estimator/graph/onnx_text.h"

namespace picost::count {
namespace {

using testing::HasSubstr;

std::string Model(const std::string& graph, int opset = 17) {
  return graph::OnnxFromText(absl::StrCat("<ir_version: 8, opset_import: [\"\" : ", opset,
                                          ", \"com.microsoft\" : 1]>\nm ", graph));
}

graph::Graph Import(const std::string& text, int opset, const graph::ImportOptions& options = {}) {
  auto graph = graph::ImportOnnx(Model(text, opset), options);
  if (!graph.ok()) {
    ADD_FAILURE() << graph.status() << "\n" << text;
    return *graph::Graph::Create({.values = {graph::Value{.source = graph::ValueSource::kInput}},
                                  .inputs = {0},
                                  .outputs = {0}});
  }
  return *std::move(graph);
}

// Every count that is not 0, but for elements and truncations.
std::map<std::string, int64_t> NotZero(const Counts& counts) {
  std::map<std::string, int64_t> all = {{"relu", counts.relu_elements},
                                        {"relu_calls", counts.relu_calls},
                                        {"comparisons", counts.comparisons},
                                        {"multiplications", counts.multiplications},
                                        {"squares", counts.squares},
                                        {"exponentials", counts.exponentials},
                                        {"reciprocals", counts.reciprocals},
                                        {"weight_products", counts.weight_products},
                                        {"conv_macs", counts.conv_macs},
                                        {"linear_macs", counts.linear_macs},
                                        {"matmul_macs", counts.private_matmul_macs}};
  for (const auto& [kind, elements] : counts.elements_by_kind) {
    if (kind != "relu") all[absl::StrCat("of ", kind)] = elements;
  }
  for (auto entry = all.begin(); entry != all.end();) {
    entry = entry->second == 0 ? all.erase(entry) : std::next(entry);
  }
  return all;
}

struct Case {
  std::string name;
  int opset;
  std::string graph;
  std::map<std::string, int64_t> counts;
};

class SecondTierTest : public testing::TestWithParam<Case> {};

TEST_P(SecondTierTest, CountsAsComputedByHand) {
  const graph::Graph graph = Import(GetParam().graph, GetParam().opset);
  EXPECT_EQ(NotZero(CountOps(graph).total), GetParam().counts);
  EXPECT_TRUE(graph.notes().unknown.empty());
}

constexpr char kIf[] = R"((float[2,4] x) => (y) <bool yes = {%d}> {
    y = If(yes) <then_branch = t () => (float[2,4] a) { a = Relu(x) },
                 else_branch = e () => (float[2,4] b) { b = Exp(x) }> })";

std::string If(int condition) {
  std::string text = kIf;
  return text.replace(text.find("%d"), 2, absl::StrCat(condition));
}

const std::vector<Case>& Cases() {
  static const auto& cases = *new std::vector<Case>{
      // --- Control flow.
      {"IfTakesTheThenBranch", 17, If(1), {{"relu", 8}, {"relu_calls", 1}}},
      {"IfTakesTheElseBranch", 17, If(0), {{"exponentials", 8}}},
      // Three times a ReLU of 8 elements, three times a tanh that is scanned out.
      {"LoopRunsItsBodyForEveryTrip",
       17,
       R"((float[2,4] x) => (y, s) <int64 n = {3}, bool yes = {1}> {
         y, s = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) =>
           (bool d, float[2,4] b, float[2,4] out) { d = Identity(c) b = Relu(a) out = Tanh(b) }> })",
       {{"relu", 24}, {"relu_calls", 3}, {"of tanh", 24}}},
      // The condition says no after the index 1: two trips.
      {"LoopEndsWhereItsConditionSaysNo",
       17,
       R"((float[2,4] x) => (y) <int64 n = {9}, bool yes = {1}, int64 one = {1}> {
         y = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) => (bool d, float[2,4] b)
           { d = Less(i, one) b = Relu(a) }> })",
       {{"relu", 16}, {"relu_calls", 2}}},
      {"LoopsNest",
       17,
       R"((float[2,4] x) => (y) <int64 n = {2}, bool yes = {1}> {
         y = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) => (bool d, float[2,4] b) {
           d = Identity(c)
           b = Loop(n, c, a) <body = k (int64 j, bool p, float[2,4] q) => (bool r, float[2,4] s) {
             r = Identity(p) s = Relu(q) }> }> })",
       {{"relu", 32}, {"relu_calls", 4}}},
      // Five steps along the first axis; each a ReLU of 8 elements.
      {"ScanRunsItsBodyForEverySlice",
       17,
       R"((float[2,4] h, float[5,2,4] x) => (y, s) {
         y, s = Scan<num_scan_inputs = 1, body = l (float[2,4] a, float[2,4] slice) =>
           (float[2,4] b, float[2,4] out) { b = Add(a, slice) out = Relu(b) }>(h, x) })",
       {{"relu", 40}, {"relu_calls", 5}}},
      // --- Recurrent layers: 5 steps of a batch of 2, 6 features, 4 hidden.
      // Both directions: input 10 x 6 x 32, recurrence 20 x 4 x 16; 80 hidden
      // elements with 3 sigmoids, 2 tanh, 3 products each.
      {"LstmOfBothDirections",
       17,
       R"((float[5,2,6] x) => (y) <float[2,16,6] w, float[2,16,4] r, float[2,32] b> {
         y = LSTM<hidden_size=4, direction="bidirectional">(x, w, r, b) })",
       {{"linear_macs", 1920 + 1280},
        {"of sigmoid", 240},
        {"of tanh", 160},
        {"multiplications", 240}}},
      {"Gru",
       17,
       R"((float[5,2,6] x) => (y) <float[1,12,6] w, float[1,12,4] r> {
         y = GRU<hidden_size=4>(x, w, r) })",
       {{"linear_macs", 720 + 480}, {"of sigmoid", 80}, {"of tanh", 40}, {"multiplications", 120}}},
      {"Rnn",
       17,
       R"((float[5,2,6] x) => (y) <float[1,4,6] w, float[1,4,4] r> {
         y = RNN<hidden_size=4>(x, w, r) })",
       {{"linear_macs", 240 + 160}, {"of tanh", 40}}},
      // --- Attention: 4 heads of width 16 over 8 positions; 32 rows of 8 scores.
      {"Attention",
       23,
       R"((float[1,4,8,16] q, float[1,4,8,16] k, float[1,4,8,16] v) => (y) {
         y = Attention(q, k, v) })",
       {{"matmul_macs", 2 * 4 * 8 * 16 * 8},
        {"of softmax", 256},
        {"exponentials", 256},
        {"comparisons", 224},
        {"reciprocals", 32},
        {"multiplications", 256}}},
      // 24 positions more in the cache: 32 rows of 32 scores.
      {"AttentionWithACache",
       23,
       R"((float[1,4,8,16] q, float[1,4,8,16] k, float[1,4,8,16] v, float[1,4,24,16] pk,
           float[1,4,24,16] pv) => (y, nk, nv) {
         y, nk, nv = Attention(q, k, v, , pk, pv) })",
       {{"matmul_macs", 2 * 4 * 8 * 16 * 32},
        {"of softmax", 1024},
        {"exponentials", 1024},
        {"comparisons", 32 * 31},
        {"reciprocals", 32},
        {"multiplications", 1024}}},
      {"GroupQueryAttention",
       17,
       R"((float[1,8,64] q, float[1,8,32] k, float[1,8,32] v, float[1,2,24,16] pk,
           float[1,2,24,16] pv) => (y) {
         y = com.microsoft.GroupQueryAttention<num_heads=4, kv_num_heads=2>(q, k, v, pk, pv) })",
       {{"matmul_macs", 2 * 4 * 8 * 16 * 32},
        {"of softmax", 1024},
        {"exponentials", 1024},
        {"comparisons", 32 * 31},
        {"reciprocals", 32},
        {"multiplications", 1024}}},
      // 4 heads of width 8: the joined product, then the two of every head.
      {"JoinedAttention",
       17,
       R"((float[1,8,32] x) => (y) <float[32,96] w, float[96] b> {
         y = com.microsoft.Attention<num_heads=4>(x, w, b) })",
       {{"linear_macs", 8 * 32 * 96},
        {"matmul_macs", 2 * 4 * 8 * 8 * 8},
        {"of softmax", 256},
        {"exponentials", 256},
        {"comparisons", 224},
        {"reciprocals", 32},
        {"multiplications", 256}}},
      // --- Quantized forms.
      {"QLinearConv",
       13,
       R"((float[1,3,8,8] x) => (y) <float s = {0.5}, uint8 z = {3}, int8[4,3,3,3] w,
           float ws = {0.25}, int8 wz = {0}> {
         q = QuantizeLinear(x, s, z)
         c = QLinearConv(q, s, z, w, ws, wz, s, z)
         y = DequantizeLinear(c, s, z) })",
       {{"conv_macs", 36 * 27 * 4}}},
      {"MatMulInteger",
       13,
       R"((uint8[2,8] x) => (y) <int8[8,4] w, uint8 z = {3}> { y = MatMulInteger(x, w, z) })",
       {{"linear_macs", 64}}},
      // Both ends of the range of 16 elements; scale, zero point, every element.
      {"DynamicQuantization",
       13,
       R"((float[2,8] x) => (y) <int8[8,4] w> {
         q, s, z = DynamicQuantizeLinear(x)  y = MatMulInteger(q, w, z) })",
       {{"linear_macs", 64}, {"comparisons", 30}, {"reciprocals", 1}, {"multiplications", 17}}},
      {"QLinearAddAndSigmoid",
       13,
       R"((uint8[2,8] x, uint8[2,8] t) => (y) <float s = {0.5}, uint8 z = {3}> {
         a = com.microsoft.QLinearAdd(x, s, z, t, s, z, s, z)
         y = com.microsoft.QLinearSigmoid(a, s, z, s, z) })",
       {{"of sigmoid", 16}}},
      {"QGemm",
       13,
       R"((uint8[2,8] x) => (y) <int8[8,4] w, float s = {0.5}, uint8 z = {3}, int32[4] c> {
         y = com.microsoft.QGemm(x, s, z, w, s, z, c, s, z) })",
       {{"linear_macs", 64}}},
      // --- ONNX Runtime's fusions.
      {"FusedConv",
       17,
       R"((float[1,3,8,8] x) => (y) <float[4,3,3,3] w, float[4] b> {
         y = com.microsoft.FusedConv<activation="Relu">(x, w, b) })",
       {{"conv_macs", 3888}, {"relu", 144}, {"relu_calls", 1}}},
      {"SkipLayerNormalization",
       17,
       R"((float[2,5,16] x, float[2,5,16] skip) => (y) <float[16] g, float[16] b> {
         y = com.microsoft.SkipLayerNormalization(x, skip, g, b) })",
       {{"squares", 160},
        {"reciprocals", 10},
        {"multiplications", 160},
        {"weight_products", 160},
        {"of layernorm", 160}}},
      {"BiasGeluAndFastGelu",
       17,
       R"((float[2,16] x) => (y) <float[16] b> {
         t = com.microsoft.BiasGelu(x, b)  y = com.microsoft.FastGelu(t) })",
       {{"of gelu", 64}}},
      {"MatMulNBits",
       17,
       R"((float[2,64] x) => (y) <uint8[32,2,16] w, float[64] s> {
         y = com.microsoft.MatMulNBits<K=64, N=32, bits=4, block_size=32>(x, w, s) })",
       {{"linear_macs", 2 * 64 * 32}}},
      // --- Sequences, several operands, public noise.
      {"TensorsOutOfASequence",
       17,
       R"((float[2,4] x) => (y) <int64 at = {-1}> {
         s = SplitToSequence<axis=0, keepdims=0>(x)  t = SequenceAt(s, at)  y = Relu(t) })",
       {{"relu", 4}, {"relu_calls", 1}}},
      {"EinsumOfThreeOperandsGoesFromLeftToRight",
       17,
       R"((float[2,3] x, float[3,4] z, float[4,5] v) => (y) {
         y = Einsum<equation="ij,jk,kl->il">(x, z, v) })",
       {{"matmul_macs", 2 * 3 * 4 + 2 * 4 * 5}}},
      {"PublicNoiseCostsNothing",
       17,
       R"((float[2,3] x) => (y) { n = RandomUniformLike(x)  y = Add(x, n) })",
       {}},
  };
  return cases;
}

INSTANTIATE_TEST_SUITE_P(All, SecondTierTest, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

// --- Trip counts of the request.

constexpr char kOpenLoop[] = R"((float[2,4] x, int64 n) => (y) <bool yes = {1}> {
    y = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) => (bool d, float[2,4] b)
      { d = Identity(c) b = Relu(a) }> })";

TEST(TripCounts, ThatAreOpenAreRefusedWithABindingToPaste) {
  const auto graph = graph::ImportOnnx(Model(kOpenLoop), {});
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(graph.status().message()), HasSubstr("--trip-count y=1"));
  EXPECT_EQ(GetErrorSite(graph.status()).field, "trip_counts");
  EXPECT_EQ(GetErrorSite(graph.status()).node, "y");
}

TEST(TripCounts, OfTheRequestSayHowOftenTheBodyRuns) {
  const graph::Graph graph = Import(kOpenLoop, 17, {.trip_counts = {{"y", 5}}});
  EXPECT_EQ(CountOps(graph).total.relu_calls, 5);
  EXPECT_TRUE(graph.notes().warnings.empty());
}

TEST(TripCounts, OfNoLoopAreAWarning) {
  const graph::Graph graph =
      Import("(float[2] x) => (y) { y = Relu(x) }", 17, {.trip_counts = {{"nowhere", 5}}});
  ASSERT_EQ(graph.notes().warnings.size(), 1u);
  EXPECT_THAT(graph.notes().warnings[0], HasSubstr("nowhere=5"));
}

TEST(TripCounts, AboveWhatTheFileSaysAreRefused) {
  constexpr char kClosed[] = R"((float[2,4] x) => (y) <int64 n = {3}, bool yes = {1}> {
      y = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) => (bool d, float[2,4] b)
        { d = Identity(c) b = Relu(a) }> })";
  EXPECT_EQ(graph::ImportOnnx(Model(kClosed), {.trip_counts = {{"y", 4}}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CountOps(Import(kClosed, 17, {.trip_counts = {{"y", 2}}})).total.relu_calls, 2);
}

// --- Bit widths and parameters.

TEST(BitWidths, FollowQuantizedTensorsThroughTheGraph) {
  const graph::Graph graph = Import(
      R"((float[1,3,8,8] x) => (y) <float s = {0.5}, uint8 z = {3}, int8[4,3,3,3] w,
          float ws = {0.25}, int8 wz = {0}> {
        q = QuantizeLinear(x, s, z)
        f = DequantizeLinear(w, ws, wz)
        d = DequantizeLinear(q, s, z)
        y = Conv(d, f) })",
      13);
  std::map<std::string, int> results;
  std::map<std::string, int> weights;
  for (const graph::Node& node : graph.nodes()) {
    results[node.name] = graph.value(node.outputs[0]).type.bits;
    for (const graph::ValueId id : node.inputs) {
      if (graph.value(id).source == graph::ValueSource::kWeight) {
        weights[node.name] = graph.value(id).type.bits;
      }
    }
  }
  EXPECT_EQ(results["q"], 8);
  EXPECT_EQ(results["d"], 0);
  EXPECT_EQ(weights["y"], 8);
}

TEST(BitWidths, OfPackedWeightsAreThoseOfTheNumbers) {
  const graph::Graph graph = Import(
      R"((float[2,64] x) => (y) <uint8[32,2,16] w, float[64] s> {
        y = com.microsoft.MatMulNBits<K=64, N=32, bits=4, block_size=32>(x, w, s) })",
      17);
  EXPECT_EQ(CountOps(graph).total.parameters, 64 * 32);
  const graph::Value& weight = graph.value(graph.node(0).inputs[1]);
  EXPECT_EQ(weight.type.bits, 4);
}

TEST(BitWidths, ChangeTheFingerprint) {
  const auto of = [](const std::string& type) {
    return Import(absl::StrCat("(float[2,8] x) => (y) <", type, R"([8,4] w, float s = {0.5}> {
        f = DequantizeLinear(w, s)  y = MatMul(x, f) })"),
                  17)
        .fingerprint();
  };
  EXPECT_NE(of("int8"), of("float16"));
}

TEST(Parameters, AreListedTensorByTensor) {
  const graph::Graph graph = Import(
      R"((float[1,8] x) => (y) <float[8,4] w, float[4] b, int8[4,4] q, float s = {0.5}> {
        g = Gemm(x, w, b)
        f = DequantizeLinear(q, s)
        y = MatMul(g, f) })",
      17);
  ASSERT_NE(graph.notes().parameters, nullptr);
  std::vector<std::string> lines;
  for (const graph::ParameterTensor& tensor : *graph.notes().parameters) {
    lines.push_back(
        absl::StrCat(tensor.name, " ", tensor.data_type, " ", tensor.elements, " ", tensor.bytes));
  }
  EXPECT_THAT(lines, testing::UnorderedElementsAre("w float32 32 128", "b float32 4 16",
                                                   "q int8 16 16", "s float32 1 4"));
}

TEST(Parameters, OfALoopsBodyAreCountedOnce) {
  const graph::Graph graph = Import(
      R"((float[2,4] x) => (y) <int64 n = {3}, bool yes = {1}> {
        y = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) => (bool d, float[2,4] b) {
          d = Identity(c)
          w = Constant<value = float[4] {1, 2, 3, 4}>()
          b = Mul(a, w) }> })",
      17);
  EXPECT_EQ(graph.notes().parameter_elements, 4);
  EXPECT_EQ(CountOps(graph).total.weight_products, 24);
}

// --- What nobody can know before the inference is refused by name.

struct Refused {
  const char* graph;
  const char* words;
};

class RefusedTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedTest, SaysWhatItIs) {
  const auto graph = graph::ImportOnnx(Model(GetParam().graph), {});
  EXPECT_FALSE(graph.ok());
  EXPECT_THAT(std::string(graph.status().message()), HasSubstr(GetParam().words));
  EXPECT_FALSE(GetErrorSite(graph.status()).op.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedTest,
    testing::Values(
        Refused{"(float[2,4] x, bool c) => (y) { y = If(c) <then_branch = t () => (float[2,4] a) "
                "{ a = Relu(x) }, else_branch = e () => (float[2,4] b) { b = Exp(x) }> }",
                "condition is not known"},
        Refused{"(float[1,6,4] b, float[1,1,6] s) => (y) { y = NonMaxSuppression(b, s) }",
                "shape depends on the data"},
        Refused{"(float[1,3,8,8] x, float[1,4,4,2] g) => (y) { y = GridSample(x, g) }",
                "positions that depend on the data"},
        Refused{"(float[2,4] x) => (y) { s = SequenceConstruct(x, x)  y = Relu(s) }",
                "a sequence of tensors as input"},
        Refused{"(float[2,4] x) => (y) { s = SequenceConstruct(x)  l = SequenceLength(s)  "
                "y = SequenceAt(s, l) }",
                "no position"}));

}  // namespace
}  // namespace picost::count
