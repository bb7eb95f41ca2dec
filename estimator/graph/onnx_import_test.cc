#include "estimator/graph/onnx_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/graph/onnx_text.h"
#include "onnx/onnx_pb.h"

namespace picost::graph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Kinds(const Graph& graph) {
  std::vector<std::string> kinds;
  for (const Node& node : graph.nodes()) kinds.push_back(KindName(node.attributes));
  return kinds;
}

Graph Import(const std::string& graph, int opset = 17, const ImportOptions& options = {}) {
  auto imported = ImportOnnx(OnnxGraph(graph, opset), options);
  if (!imported.ok()) {
    ADD_FAILURE() << imported.status() << "\n" << graph;
    return *Graph::Create(
        {.values = {Value{.source = ValueSource::kInput}}, .inputs = {0}, .outputs = {0}});
  }
  return *std::move(imported);
}

absl::Status Refusal(const std::string& bytes, const ImportOptions& options = {}) {
  const auto graph = ImportOnnx(bytes, options);
  EXPECT_FALSE(graph.ok());
  return graph.status();
}

const std::vector<int64_t>& OutputDims(const Graph& graph) {
  return graph.value(graph.outputs()[0]).type.dims;
}

// --- What is read.

TEST(ImportOnnx, KeepsNamesKindsAndTypes) {
  const Graph graph = Import(
      "(float[1,3,8,8] x, float[4,3,3,3] w, float[4] b) => (float[1,4,8,8] y) <float[4,3,3,3] w, "
      "float[4] b> { c = Conv<pads=[1,1,1,1]>(x, w, b) y = Relu(c) }");
  EXPECT_THAT(Kinds(graph), ElementsAre("conv", "relu"));
  EXPECT_EQ(graph.node(1).name, "y");
  EXPECT_THAT(OutputDims(graph), ElementsAre(1, 4, 8, 8));
  EXPECT_EQ(graph.inputs().size(), 1u) << "weights listed as inputs are no inputs";
}

TEST(ImportOnnx, NeedsNoWeightsAndNeverOpensExternalData) {
  // The text form declares initializers without any data.
  const Graph graph =
      Import("(float[2,64] x) => (float[2,32] y) <float[64,32] w> { y = MatMul(x, w) }");
  const auto& linear = std::get<Linear>(graph.node(0).attributes);
  EXPECT_EQ(linear, (Linear{.rows = 2, .in_features = 64, .out_features = 32}));
}

TEST(ImportOnnx, SortsNodesThatAreOutOfOrder) {
  const Graph graph = Import("(float[4] x) => (float[4] y) { y = Relu(t) t = Tanh(x) }");
  EXPECT_THAT(Kinds(graph), ElementsAre("tanh", "relu"));
}

TEST(ImportOnnx, ComputesShapesThatAreWrittenAsGraphs) {
  const Graph graph = Import(R"((float[2,6,4] x) => (y) <int64 zero = {0}, int64[1] minus = {-1}> {
      s = Shape(x)
      n = Gather<axis=0>(s, zero)
      axes = Constant<value_ints=[0]>()
      n1 = Unsqueeze(n, axes)
      target = Concat<axis=0>(n1, minus)
      y = Reshape(x, target)
  })");
  EXPECT_THAT(OutputDims(graph), ElementsAre(2, 24));
  EXPECT_THAT(Kinds(graph), ElementsAre("view"));
}

TEST(ImportOnnx, ComputesOnWeightsOnlyBeforeTheInference) {
  const Graph graph = Import(R"((float[1,8] x) => (y) <float[8,8] w, float[8,8] v> {
      sum = Add(w, v)
      t = Transpose(sum)
      y = MatMul(x, t)
  })");
  EXPECT_THAT(Kinds(graph), ElementsAre("linear"));
}

TEST(ImportOnnx, DropsIdentitiesDropoutAndWhatNobodyReads) {
  const Graph graph = Import(R"((float[4] x) => (y) {
      a = Identity(x)
      b = Dropout(a)
      unused = Exp(b)
      y = Relu(b)
  })");
  EXPECT_THAT(Kinds(graph), ElementsAre("relu"));
}

TEST(ImportOnnx, MultipliesByAWeightOnEitherSide) {
  const Graph graph = Import("(float[8,5] x) => (y) <float[3,8] w> { y = MatMul(w, x) }");
  const auto& linear = std::get<Linear>(graph.node(0).attributes);
  EXPECT_EQ(linear, (Linear{.rows = 5, .in_features = 8, .out_features = 3}));
}

TEST(ImportOnnx, TellsProductsOfTwoPrivateMatrices) {
  const Graph graph = Import("(float[2,3,4,8] x, float[8,5] z) => (y) { y = MatMul(x, z) }");
  const auto& matmul = std::get<PrivateMatMul>(graph.node(0).attributes);
  EXPECT_EQ(matmul, (PrivateMatMul{.batch = 6, .rows = 4, .inner = 8, .columns = 5}));
}

TEST(ImportOnnx, InlinesModelLocalFunctions) {
  const auto graph = ImportOnnx(OnnxFromText(R"(
      <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      model (float[1,8] x) => (y) <float[8,8] w> { y = local.block<slope=0.5>(x, w) }
      <domain: "local", opset_import: ["" : 17]>
      block <slope> (a, m) => (c) { b = MatMul(a, m) c = LeakyRelu<alpha: float = @slope>(b) }
  )"),
                                {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(Kinds(*graph), ElementsAre("linear", "leakyrelu"));
  EXPECT_EQ(std::get<Activation>(graph->node(1).attributes).alpha, 0.5);
  EXPECT_THAT(graph->node(0).name, HasSubstr("y/"));
}

TEST(ImportOnnx, GivesTheSameFingerprintWithAndWithoutWeights) {
  const std::string full = OnnxGraph(
      "(float[1,8] x) => (y) <float[8,16] w, float limit = {0.0}> { l = MatMul(x, w) y = Clip(l, "
      "limit) }");
  const auto stripped = StripWeights(full, {});
  ASSERT_TRUE(stripped.ok());
  EXPECT_EQ(ImportOnnx(full, {})->fingerprint(), ImportOnnx(*stripped, {})->fingerprint());
}

TEST(ImportOnnx, FingerprintsChangeWithNamesShapesAndBounds) {
  const auto print = [](const std::string& graph) { return Import(graph).fingerprint(); };
  const std::string base = print("(float[4] x) => (y) { y = LeakyRelu<alpha=0.1>(x) }");
  EXPECT_EQ(base, print("(float[4] q) => (y) { y = LeakyRelu<alpha=0.1>(q) }"));
  EXPECT_NE(base, print("(float[5] x) => (y) { y = LeakyRelu<alpha=0.1>(x) }"));
  EXPECT_NE(base, print("(float[4] x) => (y) { y = LeakyRelu<alpha=0.2>(x) }"));
  EXPECT_NE(base, print("(float[4] x) => (z) { z = LeakyRelu<alpha=0.1>(x) }"));
}

// --- Dimensions.

TEST(ImportOnnx, BindsSymbolicDimensions) {
  const Graph graph =
      Import("(float[N,3] x) => (y) { y = Relu(x) }", 17, {.dimensions = {{"N", 7}}});
  EXPECT_THAT(OutputDims(graph), ElementsAre(7, 3));
}

TEST(ImportOnnx, ListsEveryUnboundDimensionWithABindingToPaste) {
  const absl::Status status =
      Refusal(OnnxGraph("(float[batch,3,height] x, float[seq] z) => (y) { y = Relu(x) }"),
              {.dimensions = {{"seq", 3}}});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("batch, height"));
  EXPECT_THAT(GetErrorSite(status).mend,
              HasSubstr("--dim batch=1 --dim height=SIZE; SIZE stands for"));
}

TEST(ImportOnnx, ProposesAnImageForOpenAxesOfImages) {
  const absl::Status status = Refusal(OnnxGraph("(float[N,3,H,W] x) => (y) { y = Relu(x) }"), {});
  EXPECT_THAT(GetErrorSite(status).mend, HasSubstr("--dim N=1 --dim H=224 --dim W=224"));
  EXPECT_EQ(GetErrorSite(status).mend.find("SIZE"), std::string::npos);
}

// As Paddle's exporter writes them: one name for everything that is open.
TEST(ImportOnnx, BindsDimensionsCalledQuestionMarkByTheirAxis) {
  ::onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(OnnxGraph("(float[H,W] x) => (y) { y = Relu(x) }")));
  for (auto& dim : *model.mutable_graph()
                        ->mutable_input(0)
                        ->mutable_type()
                        ->mutable_tensor_type()
                        ->mutable_shape()
                        ->mutable_dim()) {
    dim.set_dim_param("?");
  }
  const std::string file = model.SerializeAsString();
  EXPECT_THAT(GetErrorSite(Refusal(file)).mend, HasSubstr("--dim x.0=1 --dim x.1="));
  const auto graph = ImportOnnx(file, {.dimensions = {{"x.0", 4}, {"x.1", 6}}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(OutputDims(*graph), ElementsAre(4, 6));
}

TEST(ImportOnnx, WarnsOfABindingThatNothingUses) {
  const Graph graph =
      Import("(float[2] x) => (y) { y = Relu(x) }", 17, {.dimensions = {{"batch", 4}}});
  ASSERT_EQ(graph.notes().warnings.size(), 1u);
  EXPECT_THAT(graph.notes().warnings[0], HasSubstr("batch=4"));
}

TEST(ImportOnnx, RefusesABindingBelowOne) {
  const absl::Status status =
      Refusal(OnnxGraph("(float[N] x) => (y) { y = Relu(x) }"), {.dimensions = {{"N", 0}}});
  EXPECT_THAT(std::string(status.message()), HasSubstr("N=0"));
}

// --- Unknown operators.

constexpr char kUnknown[] = R"(<ir_version: 8, opset_import: ["" : 17, "my.lab" : 2]>
    model (float[2,8] x) => (float[2,8] y) { h = my.lab.Fancy(x) y = Relu(h) })";

TEST(UnknownOperators, AreRefusedNamingNodeOperatorAndOpset) {
  const absl::Status status = Refusal(OnnxFromText(kUnknown));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  const ErrorSite site = GetErrorSite(status);
  EXPECT_EQ(site.node, "h");
  EXPECT_EQ(site.op, "my.lab.Fancy");
  EXPECT_EQ(site.opset, "2");
  EXPECT_THAT(site.mend, HasSubstr("--unknown="));
}

TEST(UnknownOperators, CountAsComparisonsWhereTheRequestAllowsAnUpperBound) {
  const auto graph =
      ImportOnnx(OnnxFromText(kUnknown), {.unknown = UnknownOperatorPolicy::kUpperBound});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(std::get<Compare>(graph->node(0).attributes).elements, 16);
  ASSERT_EQ(graph->notes().unknown.size(), 1u);
  EXPECT_EQ(graph->notes().unknown[0].op, "my.lab.Fancy");
  EXPECT_EQ(graph->notes().unknown[0].elements, 16);
}

TEST(UnknownOperators, CountAsNothingButShowWhereTheRequestSaysZero) {
  const auto graph = ImportOnnx(OnnxFromText(kUnknown), {.unknown = UnknownOperatorPolicy::kZero});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_TRUE(std::holds_alternative<View>(graph->node(0).attributes));
  EXPECT_EQ(graph->notes().unknown.size(), 1u);
}

constexpr char kFancy[] = R"(operator {
    domain: "my.lab" op_type: "Fancy"
    output { dims: "in0[0]" dims: "in0[-1] * 2" }
    step { name: "mix" linear { rows: "in0[0]" in: "in0[1]" out: "out0[1]" } }
    step { name: "gate" relu: "(out0.size + 2) / 2" }
})";

TEST(CustomOperators, CostWhatTheirFormulasSay) {
  const auto graph = ImportOnnx(OnnxFromText(kUnknown), {.custom_operators = kFancy});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(Kinds(*graph), ElementsAre("linear", "relu", "view", "relu"));
  EXPECT_EQ(graph->node(0).name, "h/mix");
  EXPECT_EQ(std::get<Linear>(graph->node(0).attributes),
            (Linear{.rows = 2, .in_features = 8, .out_features = 16}));
  EXPECT_EQ(std::get<Activation>(graph->node(1).attributes).elements, 17);
  EXPECT_THAT(OutputDims(*graph), ElementsAre(2, 16));
}

TEST(CustomOperators, WithBrokenDescriptionsAreRefusedSayingWhere) {
  const auto refusal = [](const std::string& description) {
    return std::string(
        Refusal(OnnxFromText(kUnknown), {.custom_operators = description}).message());
  };
  const std::string head = "operator { domain: 'my.lab' op_type: 'Fancy' ";
  EXPECT_THAT(refusal("operator {"), HasSubstr("do not parse"));
  EXPECT_THAT(refusal(head + "}"), HasSubstr("no output"));
  EXPECT_THAT(refusal(head + "output { dims: 'in0[0' } }"), HasSubstr("closing bracket"));
  EXPECT_THAT(refusal(head + "output { dims: 'in7[0]' } }"), HasSubstr("an input 7"));
  EXPECT_THAT(refusal(head + "output { dims: 'in0[5]' } }"), HasSubstr("rank 2"));
  EXPECT_THAT(refusal(head + "output { dims: '1 / 0' } }"), HasSubstr("division"));
  EXPECT_THAT(refusal(head + "output { dims: '2 - 3' } }"), HasSubstr("not negative"));
  EXPECT_THAT(refusal(head + "output { dims: 'attr.size' } }"), HasSubstr("attribute"));
  EXPECT_THAT(refusal(head + "output { dims: '9999999999999999999' } }"), HasSubstr("2^63"));
  EXPECT_THAT(refusal(head + "output { dims: '1' } step { name: 'x' } }"), HasSubstr("no work"));
}

// --- Opsets.

TEST(Opsets, NewerThanTheTableAreTriedWithAWarning) {
  const auto graph = ImportOnnx(OnnxGraph("(float[2] x) => (y) { y = Relu(x) }", /*opset=*/40), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  ASSERT_EQ(graph->notes().warnings.size(), 1u);
  EXPECT_THAT(graph->notes().warnings[0], HasSubstr("40"));
}

TEST(Opsets, BeyondTheInstalledLibraryAreKnown) {
  const Graph graph = Import(R"((float[2,4,8,8] x) => (y) <float[4] s, float[4] b> {
      g = GroupNormalization<num_groups=2>(x, s, b)
      y = Gelu(g)
  })",
                             /*opset=*/21);
  EXPECT_THAT(Kinds(graph), ElementsAre("groupnorm", "gelu"));
  EXPECT_TRUE(graph.notes().warnings.empty());
}

TEST(Opsets, OlderThanSevenAreRefused) {
  const absl::Status status = Refusal(OnnxGraph("(float[2] x) => (y) { y = Relu(x) }", 6));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("opset 6"));
}

// --- Files that are no models, and hostile ones. One refusal each.

struct BadFile {
  std::string name;
  std::string bytes;
  absl::StatusCode code;
  std::string message;
  ImportLimits limits = {};
};

std::string ValidModel() {
  return OnnxGraph("(float[1,8] x) => (y) <float[8,16] w> { h = MatMul(x, w) y = Relu(h) }");
}

std::string NestedIfs(int depth) {
  std::string inner = "z = Relu(x)";
  for (int i = 0; i < depth; ++i) {
    inner = absl::StrCat("z = If(c) <then_branch = g", i, " () => (z) {", inner,
                         "}, else_branch = e", i, " () => (z) { z = Relu(x) }>");
  }
  return OnnxGraph(absl::StrCat("(float[1] x, bool c) => (z) {", inner, "}"));
}

std::vector<BadFile> BadFiles() {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  const auto exhausted = absl::StatusCode::kResourceExhausted;
  const std::string valid = ValidModel();
  return {
      {"Empty", "", invalid, "the file is empty"},
      {"Text", "hello, this is a text file\n", invalid, "not an ONNX model"},
      {"Zip", std::string("PK\x03\x04", 4) + "rest", invalid, "zip archive"},
      {"Truncated", valid.substr(0, valid.size() - 10), invalid, "truncated"},
      {"NoGraph", std::string("\x08\x08", 2), invalid, "no graph"},
      {"Cycle", OnnxGraph("(float[1] x) => (y) { a = Add(x, b) b = Relu(a) y = Relu(b) }"), invalid,
       "cycle"},
      {"DuplicateOutput", OnnxGraph("(float[1] x) => (y) { y = Relu(x) y = Tanh(x) }"), invalid,
       "made twice"},
      {"DanglingInput", OnnxGraph("(float[1] x) => (y) { y = Add(x, nowhere) }"), invalid,
       "nowhere"},
      {"MissingOutput", OnnxGraph("(float[1] x) => (z) { y = Relu(x) }"), invalid,
       "made by no node"},
      {"TooManyInputs", OnnxGraph("(float[1] x) => (y) { y = Relu(x, x) }"), invalid, "inputs"},
      {"MissingAttribute", OnnxGraph("(float[1,2,4] x) => (y) { y = Concat(x, x) }"), invalid,
       "axis"},
      {"Shapes", OnnxGraph("(float[2,3] x, float[4,5] z) => (y) { y = MatMul(x, z) }"), invalid,
       "[2,3] times [4,5]"},
      {"HugeTensor", OnnxGraph("(float[1048576,1048576,1048576] x) => (y) { y = Relu(x) }"),
       exhausted, "max_elements"},
      {"HugeResult",
       OnnxGraph("(float[1048576] x) => (y) <int64[3] s = {1048576, 1048576, 1048576}> "
                 "{ y = Expand(x, s) }"),
       exhausted, "max_elements"},
      {"Rank", OnnxGraph("(float[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1] x) => (y) { y = Relu(x) }"),
       exhausted, "max_rank"},
      {"Bytes", valid, exhausted, "max_bytes", {.max_bytes = 10}},
      {"StructureBytes", valid, exhausted, "max_structure_bytes", {.max_structure_bytes = 16}},
      {"Nodes", valid, exhausted, "max_nodes", {.max_nodes = 1}},
      {"Names",
       OnnxGraph(absl::StrCat("(float[1] x) => (y) { y", " = Relu(x) }")),
       exhausted,
       "max_name_bytes",
       {.max_name_bytes = 3}},
      {"SubgraphDepth", NestedIfs(8), exhausted, "max_subgraph_depth", {.max_subgraph_depth = 4}},
      {"Macs",
       OnnxGraph("(float[65536,65536] x) => (y) <float[65536,65536] w> { y = MatMul(x, w) }"),
       exhausted,
       "max_macs",
       {.max_macs = int64_t{1} << 40}},
      {"TotalElements", valid, exhausted, "max_total_elements", {.max_total_elements = 20}},
      {"ElementsOfOneTensor", valid, exhausted, "max_elements", {.max_elements = 15}},
  };
}

class BadFileTest : public testing::TestWithParam<BadFile> {};

TEST_P(BadFileTest, IsRefusedWithOneClearMessage) {
  const BadFile& file = GetParam();
  const absl::Status status = Refusal(file.bytes, {.limits = file.limits});
  EXPECT_EQ(status.code(), file.code) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(file.message));
  EXPECT_FALSE(GetErrorSite(status).mend.empty()) << status;
}

INSTANTIATE_TEST_SUITE_P(Hostile, BadFileTest, testing::ValuesIn(BadFiles()),
                         [](const auto& info) { return info.param.name; });

TEST(Truncation, AtAnyByteIsAnErrorAndNeverACrash) {
  const std::string valid = ValidModel();
  for (size_t size = 0; size < valid.size(); ++size) {
    EXPECT_FALSE(ImportOnnx(std::string_view(valid).substr(0, size), {}).ok()) << size;
  }
}

// Functions that call each other for ever, or double at every level.
TEST(Functions, ThatRecurseMeetALimit) {
  const std::string model = OnnxFromText(R"(
      <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      model (float[1] x) => (y) { y = local.f(x) }
      <domain: "local", opset_import: ["" : 17, "local" : 1]>
      f (a) => (b) { b = local.f(a) }
  )");
  const absl::Status status = Refusal(model);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("max_subgraph_depth"));
}

}  // namespace
}  // namespace picost::graph
