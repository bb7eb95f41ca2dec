#include "estimator/graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "estimator/graph/graph_fingerprint.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/graph/tensor_type.h"

namespace picost::graph {
namespace {

// x -> relu -> tanh.
Graph::Parts Chain() {
  Graph::Parts parts;
  const TensorType type{.dims = {2, 3}};
  parts.values = {{.name = "x", .type = type, .source = ValueSource::kInput},
                  {.name = "a", .type = type, .producer = 0},
                  {.name = "y", .type = type, .producer = 1}};
  parts.nodes = {{.name = "relu",
                  .attributes = Activation{.kind = ActivationKind::kRelu, .elements = 6},
                  .inputs = {0},
                  .outputs = {1}},
                 {.name = "tanh",
                  .attributes = Activation{.kind = ActivationKind::kTanh, .elements = 6},
                  .inputs = {1},
                  .outputs = {2}}};
  parts.inputs = {0};
  parts.outputs = {2};
  return parts;
}

TEST(Graph, KnowsWhoReadsAValue) {
  const auto graph = Graph::Create(Chain());
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(graph->consumers(0), testing::ElementsAre(0));
  EXPECT_THAT(graph->consumers(1), testing::ElementsAre(1));
  EXPECT_TRUE(graph->consumers(2).empty());
}

struct Mistake {
  std::string name;
  void (*make)(Graph::Parts& parts);
};

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsAnInternalError) {
  Graph::Parts parts = Chain();
  GetParam().make(parts);
  EXPECT_EQ(Graph::Create(std::move(parts)).status().code(), absl::StatusCode::kInternal);
}

INSTANTIATE_TEST_SUITE_P(
    Invariants, MistakeTest,
    testing::Values(Mistake{"InputOutOfRange", [](Graph::Parts& p) { p.nodes[0].inputs = {9}; }},
                    Mistake{"ReadBeforeMade", [](Graph::Parts& p) { p.nodes[0].inputs = {2}; }},
                    Mistake{"MadeTwice", [](Graph::Parts& p) { p.nodes[1].outputs = {1}; }},
                    Mistake{"MadeByNobody", [](Graph::Parts& p) { p.nodes.pop_back(); }},
                    Mistake{"NameTwice", [](Graph::Parts& p) { p.nodes[1].name = "relu"; }},
                    Mistake{"NameEmpty", [](Graph::Parts& p) { p.nodes[1].name.clear(); }},
                    Mistake{"NegativeDimension",
                            [](Graph::Parts& p) { p.values[1].type.dims = {-1}; }},
                    Mistake{"Overflow",
                            [](Graph::Parts& p) {
                              p.values[1].type.dims = {int64_t{1} << 40, int64_t{1} << 40};
                            }},
                    Mistake{"WrongProducer", [](Graph::Parts& p) { p.values[1].producer = 1; }},
                    Mistake{"NoOutputs", [](Graph::Parts& p) { p.outputs.clear(); }},
                    Mistake{"OutputOutOfRange", [](Graph::Parts& p) { p.outputs = {-1}; }},
                    Mistake{"InputIsNoInput", [](Graph::Parts& p) { p.inputs = {1}; }}),
    [](const auto& info) { return info.param.name; });

TEST(Fingerprint, ChangesWithWhatCostsAndWithNodeNames) {
  const std::string base = Graph::Create(Chain())->fingerprint();
  EXPECT_EQ(base.size(), 64u);
  Graph::Parts renamed = Chain();
  renamed.nodes[0].name = "other";
  EXPECT_NE(Graph::Create(renamed)->fingerprint(), base);
  EXPECT_EQ(ComputeAnonymousFingerprint(renamed), ComputeAnonymousFingerprint(Chain()));
  Graph::Parts linearized = Chain();
  std::get<Activation>(linearized.nodes[0].attributes).kept_elements = 3;
  EXPECT_NE(Graph::Create(linearized)->fingerprint(), base);
  EXPECT_NE(ComputeAnonymousFingerprint(linearized), ComputeAnonymousFingerprint(Chain()));
}

TEST(Fingerprint, DoesNotDependOnNotesOrValueNames) {
  Graph::Parts parts = Chain();
  parts.notes.warnings.push_back("a warning");
  parts.values[1].name = "another";
  parts.nodes[0].onnx_op = "Clip";
  EXPECT_EQ(Graph::Create(parts)->fingerprint(), Graph::Create(Chain())->fingerprint());
}

TEST(KindName, NamesActivationsAndPoolsApart) {
  EXPECT_EQ(KindName(Activation{.kind = ActivationKind::kRelu6}), "relu6");
  EXPECT_EQ(KindName(Activation{.kind = ActivationKind::kGeluTanh}), "gelu");
  EXPECT_EQ(KindName(Pool{.kind = PoolKind::kAverage}), "averagepool");
  EXPECT_EQ(KindName(Softmax{.log = true}), "logsoftmax");
}

}  // namespace
}  // namespace picost::graph
