// The server over real channels: codes, details, metadata, health, shutdown.
#include "service/server.h"

#include <grpcpp/grpcpp.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

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

std::unique_ptr<Server> Start(ServerOptions options = {.listen = "127.0.0.1:0"}) {
  auto server = Server::Start(options);
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
    const auto server = Server::Start({.listen = listen});
    EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument) << listen;
  }
}

TEST(ServerTest, APortInUseIsAClearError) {
  const auto first = Start();
  const auto second = Server::Start({.listen = absl::StrCat("127.0.0.1:", first->port())});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("cannot listen"));
}

TEST(ServerTest, ListensOnAUnixSocket) {
  // Paths of sockets have at most 107 characters: the test's own folder is too deep.
  char folder[] = "/tmp/picost_XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/picost.sock";
  const auto server = Start({.listen = "unix:" + path});
  const auto stub =
      v1::Catalog::NewStub(grpc::CreateChannel("unix:" + path, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::ListPrimitivesResponse response;
  EXPECT_TRUE(stub->ListPrimitives(&context, {}, &response).ok());
  std::filesystem::remove_all(folder);
}

TEST(ServerTest, ADataDirectoryThatCannotBeReadFailsTheStart) {
  EXPECT_FALSE(Server::Start({.listen = "127.0.0.1:0", .data_dir = "no/such/folder"}).ok());
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
