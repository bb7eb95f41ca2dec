// The C++ client against a daemon in this process: all calls of a search, and the
// stream, over the wire.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "clients/cpp/client.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "service/in_process.h"

namespace picost::client {
namespace {

// conv 3x3 to 8 channels - relu - conv 3x3 to 8 channels - relu, on 3 x 16 x 16.
v1::GraphSource Source() {
  v1::GraphSource source;
  v1::LayerShapes& shapes = *source.mutable_layer_shapes();
  for (int i = 0; i < 2; ++i) {
    v1::LayerShape& conv = *shapes.add_layers();
    conv.set_name("conv" + std::to_string(i));
    conv.mutable_conv()->set_in_channels(i == 0 ? 3 : 8);
    conv.mutable_conv()->set_out_channels(8);
    conv.mutable_conv()->set_in_height(16);
    conv.mutable_conv()->set_in_width(16);
    conv.mutable_conv()->set_kernel(3);
    conv.mutable_conv()->set_padding(1);
    v1::LayerShape& relu = *shapes.add_layers();
    relu.set_name("relu" + std::to_string(i));
    relu.mutable_activation()->set_function("relu");
    relu.mutable_activation()->set_elements(8 * 16 * 16);
  }
  return source;
}

class CppClientTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = service::InProcessService::Start("data");
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    client_ = std::make_unique<Client>(server_->channel());
    const auto name = client_->Register(Source());
    ASSERT_TRUE(name.ok()) << name.status();
    name_ = *name;
  }

  // Any request with graph, protocol, deployment.
  template <typename Request>
  Request Ask() const {
    Request request;
    request.mutable_graph()->set_model(name_);
    request.mutable_protocol()->set_protocol("protocols/delphi");
    request.mutable_deployment()->set_name("deployments/lan");
    return request;
  }

  std::unique_ptr<service::InProcessService> server_;
  std::unique_ptr<Client> client_;
  std::string name_;
};

TEST_F(CppClientTest, EditsAreAnsweredInOrderWithAStatusEach) {
  auto request = Ask<v1::EvaluateEditsRequest>();
  request.add_kept_nodes("relu0");
  request.add_edits()->add_kept(100);
  request.add_edits()->add_operations()->mutable_remove_activation()->set_node("relu1");
  request.add_edits()->add_operations()->mutable_remove_activation()->set_node("nowhere");
  request.add_edits()->add_operations();
  request.add_edits();
  const auto response = client_->EvaluateEdits(request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->results_size(), 5);
  EXPECT_EQ(response->results(0).totals().relu_elements(), 2048 + 100);
  EXPECT_EQ(response->results(1).totals().relu_elements(), 2048);
  EXPECT_EQ(response->results(2).error().code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(response->results(3).error().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(response->results(4).totals().relu_elements(), 4096);
}

TEST_F(CppClientTest, BatchesAndStreamsGiveTheEstimate) {
  auto one = Ask<v1::EstimateRequest>();
  one.set_view(v1::ESTIMATE_VIEW_TOTALS);
  const auto estimate = client_->Estimate(one);
  ASSERT_TRUE(estimate.ok()) << estimate.status();

  v1::BatchEstimateRequest batch;
  *batch.add_requests() = one;
  batch.add_requests();  // nothing in it
  const auto answers = client_->BatchEstimate(batch);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ(answers->results(0).estimate().SerializeAsString(), estimate->SerializeAsString());
  EXPECT_EQ(answers->results(1).error().code(), grpc::StatusCode::INVALID_ARGUMENT);

  const auto stub = v1::CostOracle::NewStub(server_->channel());
  grpc::ClientContext context;
  const auto stream = stub->StreamEstimate(&context);
  v1::StreamEstimateRequest question;
  *question.mutable_request() = one;
  v1::StreamEstimateResponse answer;
  for (const char* id : {"a", "b"}) {
    question.set_correlation_id(id);
    ASSERT_TRUE(stream->Write(question));
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_EQ(answer.correlation_id(), id);
    EXPECT_EQ(answer.result().estimate().SerializeAsString(), estimate->SerializeAsString());
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(CppClientTest, BudgetsTablesAndCapacityAreAnswered) {
  auto table_request = Ask<v1::ExportCostTableRequest>();
  table_request.set_levels(5);
  const auto table = client_->ExportCostTable(table_request);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->layers_size(), 2);
  EXPECT_EQ(table->layers(0).choices_size(), 5);

  auto budget = Ask<v1::SolveBudgetRequest>();
  budget.mutable_budget()->set_relu_elements(3000);
  const auto solved = client_->SolveBudget(budget);
  ASSERT_TRUE(solved.ok()) << solved.status();
  EXPECT_LE(solved->best().costs().relu_elements(), 3000);
  EXPECT_GE(solved->best().costs().relu_elements(), 2900);

  budget.mutable_budget()->set_relu_elements(-1);
  EXPECT_EQ(client_->SolveBudget(budget).status().code(), absl::StatusCode::kInvalidArgument);

  auto load = Ask<v1::EstimateCapacityRequest>();
  load.set_arrivals_per_second(0.001);
  load.set_client_storage_bytes(1'000'000'000);
  const auto capacity = client_->EstimateCapacity(load);
  ASSERT_TRUE(capacity.ok()) << capacity.status();
  EXPECT_GT(capacity->sustainable_per_second(), 0);
}

TEST_F(CppClientTest, QuestionsThatWouldTakeMinutesAreRefused) {
  auto request = Ask<v1::SolveBudgetRequest>();
  request.mutable_budget()->set_relu_elements(3000);
  request.set_levels(4096);
  request.set_frontier_points(1000);
  EXPECT_EQ(client_->SolveBudget(request).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(CppClientTest, ErrorsKeepCodeAndDetails) {
  auto request = Ask<v1::EvaluateEditsRequest>();
  request.mutable_protocol()->set_protocol("protocols/none");
  const auto response = client_->EvaluateEdits(request);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kNotFound) << response.status();
  EXPECT_TRUE(response.status().GetPayload("grpc-status-details-bin").has_value());
}

TEST(CppClientConnectionTest, NobodyThereIsAnErrorInTime) {
  Client client("127.0.0.1:1");
  EXPECT_EQ(client.WaitReady(std::chrono::milliseconds(100)).code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace picost::client
