// The server over real channels: codes, details, metadata, health, shutdown.
#include "service/server.h"

#include <grpcpp/grpcpp.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/picost/v1/catalog.grpc.pb.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "third_party/googleapis/google/rpc/error_details.pb.h"
#include "third_party/googleapis/google/rpc/status.pb.h"
#include "third_party/grpc/health/v1/health.grpc.pb.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

config::DaemonConfig Listening(const std::string& address) {
  config::DaemonConfig config;
  config.add_listeners()->set_address(address);
  return config;
}

constexpr StartOptions kNoData{.load_data_at_start = false};

std::unique_ptr<Server> Start(const config::DaemonConfig& config = Listening("127.0.0.1:0")) {
  auto server = Server::Start(config, kNoData);
  EXPECT_TRUE(server.ok()) << server.status();
  return server.ok() ? *std::move(server) : nullptr;
}

std::shared_ptr<grpc::Channel> ChannelTo(const Server& server) {
  return grpc::CreateChannel(absl::StrCat("127.0.0.1:", server.port()),
                             grpc::InsecureChannelCredentials());
}

TEST(ServerTest, AnswersAndTellsItsTimeInTrailingMetadata) {
  const auto server = Start();
  for (const auto& channel : {ChannelTo(*server), server->InProcessChannel()}) {
    const auto stub = v1::Catalog::NewStub(channel);
    grpc::ClientContext context;
    v1::ListPrimitivesResponse response;
    const grpc::Status status = stub->ListPrimitives(&context, {}, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_GT(response.primitives_size(), 0);
    EXPECT_EQ(context.GetServerTrailingMetadata().count("picost-server-time-us"), 1u);
  }
}

TEST(ServerTest, ErrorsCarryGoogleRpcDetails) {
  const auto server = Start();
  const auto stub = v1::CostOracle::NewStub(ChannelTo(*server));
  v1::EstimateRequest request;
  request.mutable_graph()->set_model("models/short");
  grpc::ClientContext context;
  v1::Estimate response;
  const grpc::Status status = stub->Estimate(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::ErrorInfo info;
  ASSERT_GT(details.details_size(), 0);
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "INVALID_REQUEST");
  EXPECT_EQ(info.metadata().at("field"), "graph.model");
}

std::string Trailer(const grpc::ClientContext& context, const char* name) {
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto found = metadata.find(name);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

TEST(ServerTest, RequestIdsAndTracesComeBack) {
  const auto server = Start();
  const auto stub = v1::Catalog::NewStub(ChannelTo(*server));
  v1::ListPrimitivesResponse response;
  grpc::ClientContext traced;
  traced.AddMetadata("x-request-id", "job-7");
  traced.AddMetadata("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  ASSERT_TRUE(stub->ListPrimitives(&traced, {}, &response).ok());
  EXPECT_EQ(Trailer(traced, "picost-request-id"), "job-7");
  EXPECT_THAT(Trailer(traced, "traceparent"),
              ::testing::MatchesRegex("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]*-01"));
  grpc::ClientContext plain;
  ASSERT_TRUE(stub->ListPrimitives(&plain, {}, &response).ok());
  EXPECT_EQ(Trailer(plain, "picost-request-id").size(), 16u);
  EXPECT_EQ(Trailer(plain, "traceparent"), "");
}

TEST(ServerTest, TooManyCallsASecondAreRefusedWithADelay) {
  config::DaemonConfig config = Listening("127.0.0.1:0");
  config.mutable_limits()->mutable_calls_per_principal()->set_calls_per_second(0.001);
  config.mutable_limits()->mutable_calls_per_principal()->set_burst_calls(2);
  const auto server = Start(config);
  const auto stub = v1::Catalog::NewStub(ChannelTo(*server));
  v1::ListPrimitivesResponse response;
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->ListPrimitives(&context, {}, &response).ok());
  }
  grpc::ClientContext context;
  const grpc::Status status = stub->ListPrimitives(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::RetryInfo retry;
  bool found = false;
  for (const auto& detail : details.details()) found = found || detail.UnpackTo(&retry);
  ASSERT_TRUE(found);
  EXPECT_GT(retry.retry_delay().seconds(), 0);
}

// Streams go through the same admission as the rest, question by question.
TEST(ServerTest, StreamsAreMeteredByQuestion) {
  config::DaemonConfig config = Listening("127.0.0.1:0");
  config.mutable_limits()->mutable_calls_per_principal()->set_calls_per_second(0.001);
  config.mutable_limits()->mutable_calls_per_principal()->set_burst_calls(3);
  const auto server = Start(config);
  const auto stub = v1::CostOracle::NewStub(ChannelTo(*server));
  grpc::ClientContext context;
  const auto stream = stub->StreamEstimate(&context);
  std::vector<int> codes;
  for (int i = 0; i < 5; ++i) {
    v1::StreamEstimateRequest request;
    request.set_correlation_id(std::to_string(i));
    ASSERT_TRUE(stream->Write(request));
    v1::StreamEstimateResponse response;
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.correlation_id(), std::to_string(i));
    codes.push_back(response.result().error().code());
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(Trailer(context, "picost-request-id").size(), 16u);
  EXPECT_THAT(codes, ::testing::ElementsAre(3, 3, 3, 8, 8));
}

// Whoever opens streams and asks nothing leaves half of the calls to the others.
TEST(ServerTest, OpenStreamsTakeHalfOfTheCallsAtMost) {
  config::DaemonConfig config = Listening("127.0.0.1:0");
  config.mutable_limits()->set_calls_in_flight(4);
  const auto server = Start(config);
  const auto channel = ChannelTo(*server);
  const auto stub = v1::CostOracle::NewStub(channel);
  v1::StreamEstimateResponse answer;
  grpc::ClientContext contexts[3];
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamEstimateRequest, v1::StreamEstimateResponse>>
      streams[3];
  for (int i = 0; i < 3; ++i) {
    streams[i] = stub->StreamEstimate(&contexts[i]);
    streams[i]->Write({});
    EXPECT_EQ(streams[i]->Read(&answer), i < 2);
  }
  const grpc::Status refused = streams[2]->Finish();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), ::testing::HasSubstr("2 streams of estimates"));
  grpc::ClientContext other;
  v1::ListPrimitivesResponse response;
  EXPECT_TRUE(v1::Catalog::NewStub(channel)->ListPrimitives(&other, {}, &response).ok());
  streams[0]->WritesDone();
  EXPECT_TRUE(streams[0]->Finish().ok());
  grpc::ClientContext next;
  const auto stream = stub->StreamEstimate(&next);
  stream->Write({});
  EXPECT_TRUE(stream->Read(&answer)) << "its place is free from the answer on";
  for (grpc::ClientContext* context : {&contexts[1], &next}) context->TryCancel();
  EXPECT_EQ(streams[1]->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(ServerTest, MistakesOfTheConfigurationFailTheStart) {
  config::DaemonConfig config = Listening("127.0.0.1:0");
  config.mutable_limits()->set_waiting_calls(-1);
  const auto server = Server::Start(config, kNoData);
  EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("limits.waiting_calls"));
}

TEST(ServerTest, HealthIsServingForTheServerAndItsServices) {
  const auto server = Start();
  const auto stub = grpc::health::v1::Health::NewStub(ChannelTo(*server));
  for (const char* service :
       {"", "picost.v1.CostOracle", "picost.v1.Models", "picost.v1.Catalog"}) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    ASSERT_TRUE(stub->Check(&context, request, &response).ok()) << service;
    EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING) << service;
  }
}

TEST(ServerTest, ShutdownAnswersNothingMore) {
  const auto server = Start();
  const auto stub = v1::Catalog::NewStub(ChannelTo(*server));
  server->Shutdown(std::chrono::milliseconds(100));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  v1::ListPrimitivesResponse response;
  EXPECT_EQ(stub->ListPrimitives(&context, {}, &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST(ServerTest, RefusesAddressesThatOthersReach) {
  for (const char* listen : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0"}) {
    const auto server = Server::Start(Listening(listen), kNoData);
    EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument) << listen;
  }
}

TEST(ServerTest, APortInUseIsAClearError) {
  const auto first = Start();
  const auto second = Server::Start(Listening(absl::StrCat("127.0.0.1:", first->port())), kNoData);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("cannot listen"));
}

TEST(ServerTest, ListensOnAUnixSocket) {
  // Paths of sockets have at most 107 characters: the test's own folder is too deep.
  char folder[] = "/tmp/picost_XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/picost.sock";
  const auto server = Start(Listening("unix:" + path));
  const auto stub =
      v1::Catalog::NewStub(grpc::CreateChannel("unix:" + path, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::ListPrimitivesResponse response;
  EXPECT_TRUE(stub->ListPrimitives(&context, {}, &response).ok());
  std::filesystem::remove_all(folder);
}

TEST(ServerTest, ADataDirectoryThatCannotBeReadFailsTheStart) {
  config::DaemonConfig config = Listening("127.0.0.1:0");
  config.set_data_dir("no/such/folder");
  EXPECT_FALSE(Server::Start(config, {}).ok());
}

TEST(ServerTest, AMessageAboveTheLimitIsRefusedAndTheServerLives) {
  const auto server = Start();
  const auto stub = v1::CostOracle::NewStub(ChannelTo(*server));
  v1::InspectRequest request;
  request.mutable_graph()->set_onnx(std::string(70 << 20, 'x'));
  {
    grpc::ClientContext context;
    v1::Inspection response;
    EXPECT_EQ(stub->Inspect(&context, request, &response).error_code(),
              grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
  request.mutable_graph()->set_onnx("x");
  grpc::ClientContext context;
  v1::Inspection response;
  EXPECT_EQ(stub->Inspect(&context, request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace picost::service
