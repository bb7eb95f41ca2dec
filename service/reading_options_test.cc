// How a request may want its network to be read and counted: custom operators,
// trip counts, conventions, parameters.
#include <fstream>
#include <sstream>
#include <string>

#include "estimator/base/error.h"
#include "estimator/graph/onnx_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/catalog_service.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/memory_model_store.h"
#include "service/validate.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

std::string ReadModel(const std::string& name) {
  std::ifstream file("data/models/" + name + ".onnx", std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

constexpr char kFancy[] = R"(<ir_version: 8, opset_import: ["" : 17, "my.lab" : 1]>
    m (float[2,8] x) => (y) { h = my.lab.Fancy(x)  y = Relu(h) })";
constexpr char kFancyCost[] = R"(operator { domain: "my.lab" op_type: "Fancy"
    output { dims: "in0[0]" dims: "in0[1]" } step { name: "gate" relu: "in0.size" } })";

constexpr char kLoop[] = R"(<ir_version: 8, opset_import: ["" : 17]>
    m (float[2,4] x, int64 n) => (y) <bool yes = {1}> {
      y = Loop(n, yes, x) <body = l (int64 i, bool c, float[2,4] a) => (bool d, float[2,4] b)
        { d = Identity(c) b = Relu(a) }> })";

class ReadingOptionsTest : public ::testing::Test {
 protected:
  MemoryModelStore store_;
  inline static DataSource data_{"data"};
  // No cache: registered models are read again each time.
  GraphLoader loader_{&store_, graph::ImportLimits{}, 0};
  ModelService models_{&store_, &loader_, [] { return int64_t{1}; }};
  OracleService oracle_{&loader_, &data_};
  CatalogService catalog_{&data_};
};

TEST_F(ReadingOptionsTest, CustomOperatorsAreCountedAsDescribedAndKept) {
  v1::CreateModelRequest request;
  request.mutable_graph()->set_onnx(graph::OnnxFromText(kFancy));
  v1::Model model;
  EXPECT_EQ(models_.CreateModel(request, model).code(), absl::StatusCode::kUnimplemented);
  request.mutable_graph()->set_custom_operators(kFancyCost);
  ASSERT_TRUE(models_.CreateModel(request, model).ok());
  EXPECT_EQ(model.totals().relu_elements(), 32);
  EXPECT_EQ(model.custom_operators(), kFancyCost);
  v1::InspectRequest inspect;
  inspect.mutable_graph()->set_model(model.name());
  v1::Inspection inspection;
  const absl::Status status = oracle_.Inspect(inspect, inspection);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(inspection.totals().relu_elements(), 32);
}

TEST_F(ReadingOptionsTest, TripCountsAreUsedAndKept) {
  v1::CreateModelRequest request;
  request.mutable_graph()->set_onnx(graph::OnnxFromText(kLoop));
  v1::Model model;
  const absl::Status refusal = models_.CreateModel(request, model);
  EXPECT_THAT(std::string(refusal.message()), HasSubstr("--trip-count y=1"));
  (*request.mutable_graph()->mutable_trip_counts())["y"] = 3;
  ASSERT_TRUE(models_.CreateModel(request, model).ok());
  EXPECT_EQ(model.totals().relu_calls(), 3);
  ASSERT_EQ(model.trip_counts_size(), 1);
  EXPECT_EQ(model.trip_counts(0).value(), 3);
  v1::ListLayersRequest layers;
  layers.set_parent(model.name());
  v1::ListLayersResponse listed;
  ASSERT_TRUE(models_.ListLayers(layers, listed).ok());
  EXPECT_EQ(listed.layers_size(), 3);
}

// ResNet-18 on CIFAR: 557,056 ReLUs; without the 64 x 32 x 32 of the stem 491,520,
// which is SNL's number.
TEST_F(ReadingOptionsTest, ConventionsChangeCountsAndNoCosts) {
  v1::InspectRequest request;
  request.mutable_graph()->set_onnx(ReadModel("resnet18_cifar"));
  v1::Inspection written;
  ASSERT_TRUE(oracle_.Inspect(request, written).ok());
  EXPECT_EQ(written.counting(), v1::RELU_CONVENTION_AS_WRITTEN);
  EXPECT_EQ(written.totals().relu_elements(), 557056);
  request.set_counting(v1::RELU_CONVENTION_WITHOUT_STEM);
  v1::Inspection without;
  ASSERT_TRUE(oracle_.Inspect(request, without).ok());
  EXPECT_EQ(without.counting(), v1::RELU_CONVENTION_WITHOUT_STEM);
  EXPECT_EQ(without.totals().relu_elements(), 491520);
  EXPECT_EQ(without.model(), written.model());

  v1::PlanRequest plan;
  *plan.mutable_graph() = request.graph();
  plan.mutable_protocol()->set_protocol("protocols/delphi");
  v1::ProtocolPlan first;
  ASSERT_TRUE(oracle_.Plan(plan, first).ok());
  plan.set_counting(v1::RELU_CONVENTION_WITHOUT_STEM);
  v1::ProtocolPlan second;
  ASSERT_TRUE(oracle_.Plan(plan, second).ok());
  EXPECT_EQ(second.totals().relu_elements(), 491520);
  EXPECT_EQ(second.online().client_to_server_bytes(), first.online().client_to_server_bytes());
}

TEST_F(ReadingOptionsTest, ParametersAreListedWhereAskedFor) {
  v1::InspectRequest request;
  request.mutable_graph()->set_onnx(ReadModel("resnet18_cifar"));
  v1::Inspection inspection;
  ASSERT_TRUE(oracle_.Inspect(request, inspection).ok());
  EXPECT_EQ(inspection.parameters_size(), 0);
  request.set_include_parameters(true);
  ASSERT_TRUE(oracle_.Inspect(request, inspection).ok());
  int64_t elements = 0;
  for (const v1::ParameterTensor& tensor : inspection.parameters()) {
    elements += tensor.elements();
    EXPECT_EQ(tensor.data_type(), "float32");
    EXPECT_EQ(tensor.bytes(), 4 * tensor.elements());
  }
  EXPECT_EQ(elements, inspection.notes().parameter_elements());
  EXPECT_GT(elements, 11'000'000);
}

TEST_F(ReadingOptionsTest, TotalsHoldTruncationsAndTheComparisonsOfMaxPooling) {
  v1::InspectRequest request;
  request.mutable_graph()->set_onnx(
      graph::OnnxGraph("(float[1,3,8,8] x) => (y) <float[4,3,3,3] w> "
                       "{ c = Conv(x, w) y = MaxPool<kernel_shape=[2,2], strides=[2,2]>(c) }"));
  v1::Inspection inspection;
  ASSERT_TRUE(oracle_.Inspect(request, inspection).ok());
  EXPECT_EQ(inspection.totals().maxpool_comparisons(), 3 * 4 * 9);
  EXPECT_EQ(inspection.totals().truncations(), 4 * 36);
}

TEST_F(ReadingOptionsTest, OperatorsSayWhatTheyCountAs) {
  v1::ListOperatorsRequest request;
  request.set_page_size(1000);
  v1::ListOperatorsResponse response;
  ASSERT_TRUE(catalog_.ListOperators(request, response).ok());
  for (const v1::Operator& known : response.operators()) {
    EXPECT_FALSE(known.counted_as().empty()) << known.name();
    if (known.name() == "operators/ai.onnx.Relu") {
      EXPECT_THAT(known.counted_as(), HasSubstr("ReLU elements"));
    }
  }
}

struct Bad {
  const char* name;
  void (*spoil)(v1::InspectRequest& request);
  const char* field;
};

class BadReadingOptionsTest : public ::testing::TestWithParam<Bad> {};

TEST_P(BadReadingOptionsTest, NameTheField) {
  v1::InspectRequest request;
  request.mutable_graph()->set_onnx("x");
  GetParam().spoil(request);
  const absl::Status status = Validate(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorSite(status).field, GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadReadingOptionsTest,
    ::testing::Values(
        Bad{"NegativeTripCount",
            [](auto& r) { (*r.mutable_graph()->mutable_trip_counts())["l"] = -1; },
            "graph.trip_counts"},
        Bad{"LongCustomOperators",
            [](auto& r) { r.mutable_graph()->set_custom_operators(std::string(300'000, ' ')); },
            "graph.custom_operators"},
        Bad{"TripCountsOfARegisteredModel",
            [](auto& r) {
              r.mutable_graph()->set_model("models/" + std::string(64, 'a'));
              (*r.mutable_graph()->mutable_trip_counts())["l"] = 1;
            },
            "graph.trip_counts"},
        Bad{"CustomOperatorsOfShapes",
            [](auto& r) {
              r.mutable_graph()->mutable_layer_shapes();
              r.mutable_graph()->set_custom_operators("operator {}");
            },
            "graph.custom_operators"},
        Bad{"UnspecifiedConvention",
            [](auto& r) { r.set_counting(v1::RELU_CONVENTION_UNSPECIFIED); }, "counting"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace picost::service
