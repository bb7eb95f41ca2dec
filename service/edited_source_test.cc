// GraphSource.operations: a request about a variant of a network, without a file of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "estimator/base/error.h"
#include "service/data_source.h"
#include "service/edit_service.h"
#include "service/graph_loader.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/memory_model_store.h"

namespace picost::service {
namespace {

std::string ReadModel() {
  std::ifstream file("data/models/minionn_cifar.onnx", std::ios::binary);
  EXPECT_TRUE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class EditedSourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    v1::CreateModelRequest request;
    request.mutable_graph()->set_onnx(ReadModel());
    ASSERT_TRUE(models_.CreateModel(request, base_).ok());
    v1::ListLayersRequest list;
    list.set_parent(base_.name());
    v1::ListLayersResponse layers;
    ASSERT_TRUE(models_.ListLayers(list, layers).ok());
    for (const v1::Layer& layer : layers.layers()) {
      if (layer.kind() != "relu") continue;
      if (relus_++ == 0) {
        first_relu_ = layer.node();
        first_count_ = layer.counts().relu_elements();
      }
    }
    ASSERT_GE(relus_, 2);
  }

  v1::EstimateRequest About(const v1::GraphSource& graph) {
    v1::EstimateRequest request;
    *request.mutable_graph() = graph;
    request.mutable_protocol()->set_protocol("protocols/cheetah");
    request.mutable_deployment()->set_name("deployments/lan");
    request.set_view(v1::ESTIMATE_VIEW_TOTALS);
    return request;
  }

  v1::GraphSource Registered() {
    v1::GraphSource graph;
    graph.set_model(base_.name());
    return graph;
  }

  // The first activation keeps ten elements.
  static void KeepTen(const std::string& node, v1::GraphSource& graph) {
    v1::KeepRelus& keep = *graph.add_operations()->mutable_keep_relus();
    keep.set_node(node);
    keep.set_count(10);
  }

  MemoryModelStore store_;
  inline static DataSource data_{"data"};
  GraphLoader loader_{&store_, graph::ImportLimits{}, int64_t{1} << 24};
  ModelService models_{&store_, &loader_, [] { return int64_t{1'700'000'000'000'000}; }};
  OracleService oracle_{&loader_, &data_};
  EditService edits_{&loader_, &data_, &oracle_};
  v1::Model base_;
  std::string first_relu_;
  int64_t first_count_ = 0;
  int relus_ = 0;
};

TEST_F(EditedSourceTest, AnEstimateOfAnEditedNetworkIsTheOneOfEvaluateEdits) {
  v1::GraphSource edited = Registered();
  KeepTen(first_relu_, edited);
  v1::Estimate estimate;
  // Twice and more: the second question may be answered from memory.
  for (int i = 0; i < 3; ++i) {
    estimate.Clear();
    const absl::Status status = oracle_.Estimate(About(edited), estimate);
    ASSERT_TRUE(status.ok()) << status;
  }
  v1::EvaluateEditsRequest request;
  *request.mutable_graph() = Registered();
  request.mutable_protocol()->set_protocol("protocols/cheetah");
  request.mutable_deployment()->set_name("deployments/lan");
  *request.add_edits()->mutable_operations() = edited.operations();
  v1::EvaluateEditsResponse response;
  ASSERT_TRUE(edits_.EvaluateEdits(request, response).ok());
  const v1::EditTotals& totals = response.results(0).totals();
  EXPECT_EQ(estimate.totals().relu_elements(), base_.totals().relu_elements() - first_count_ + 10);
  EXPECT_EQ(estimate.totals().relu_elements(), totals.relu_elements());
  EXPECT_EQ(estimate.online().latency_seconds().p50(), totals.online().latency_seconds().p50());
  v1::Estimate unedited;
  ASSERT_TRUE(oracle_.Estimate(About(Registered()), unedited).ok());
  EXPECT_LT(estimate.online().latency_seconds().p50(), unedited.online().latency_seconds().p50());
}

TEST_F(EditedSourceTest, EveryFormOfANetworkAndEveryQuestionTakesEdits) {
  v1::GraphSource file;
  file.set_onnx(ReadModel());
  v1::GraphSource registered = Registered();
  v1::Inspection of_file;
  v1::Inspection of_registered;
  for (const auto& [graph, inspection] :
       {std::pair{&file, &of_file}, {&registered, &of_registered}}) {
    KeepTen(first_relu_, *graph);
    v1::InspectRequest request;
    *request.mutable_graph() = *graph;
    ASSERT_TRUE(oracle_.Inspect(request, *inspection).ok());
  }
  EXPECT_EQ(of_file.SerializeAsString(), of_registered.SerializeAsString());
  EXPECT_NE(of_file.model(), base_.name());
  v1::PlanRequest plan;
  *plan.mutable_graph() = registered;
  plan.mutable_protocol()->set_protocol("protocols/cheetah");
  plan.add_rewrites("rewrites/swap-relu-maxpool");
  v1::ProtocolPlan planned;
  const absl::Status status = oracle_.Plan(plan, planned);
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(EditedSourceTest, AnEditedNetworkCanBeRegisteredAndIsReadAgainFromTheStore) {
  v1::CreateModelRequest request;
  request.mutable_graph()->set_onnx(ReadModel());
  KeepTen(first_relu_, *request.mutable_graph());
  v1::Model model;
  ASSERT_TRUE(models_.CreateModel(request, model).ok());
  EXPECT_NE(model.name(), base_.name());
  v1::GraphSource of_model;
  of_model.set_model(model.name());
  GraphLoader fresh(&store_, graph::ImportLimits{}, int64_t{1} << 24);
  const auto loaded = fresh.Load(of_model);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->ModelName(), model.name());
  // An edit of what was registered edited is an edit of both.
  v1::GraphSource both = of_model;
  both.add_operations()->mutable_remove_activation()->set_node(first_relu_);
  for (const auto& read : {fresh.Load(both), fresh.LoadUnfolded(both)}) {
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ((*read)->counts.total.relu_elements, base_.totals().relu_elements() - first_count_);
  }
}

TEST_F(EditedSourceTest, MistakesNameTheirOperation) {
  v1::GraphSource unknown = Registered();
  KeepTen(first_relu_, unknown);
  KeepTen("nothing", unknown);
  v1::Estimate answer;
  absl::Status status = oracle_.Estimate(About(unknown), answer);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(GetErrorSite(status).field, ::testing::StartsWith("graph.operations[1]"));
  v1::GraphSource empty = Registered();
  empty.add_operations();
  status = oracle_.Estimate(About(empty), answer);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorSite(status).field, "graph.operations[0]");
  v1::GraphSource many = Registered();
  for (int i = 0; i < 4097; ++i) KeepTen(first_relu_, many);
  EXPECT_EQ(GetErrorSite(oracle_.Estimate(About(many), answer)).field, "graph.operations");
}

}  // namespace
}  // namespace picost::service
