// UploadModel: the protocol of its messages, and the call over real channels.
#include <grpcpp/grpcpp.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "service/error_reason.h"
#include "service/model_upload.h"
#include "service/server.h"
#include "service/store/memory_model_store.h"
#include "service/stream_slots.h"

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

v1::UploadModelRequest Header(int64_t total_bytes = 0) {
  v1::UploadModelRequest request;
  request.mutable_header()->set_display_name("mine");
  request.mutable_header()->set_total_bytes(total_bytes);
  return request;
}

v1::UploadModelRequest Chunk(std::string bytes) {
  v1::UploadModelRequest request;
  request.set_chunk(std::move(bytes));
  return request;
}

std::vector<v1::UploadModelRequest> Pieces(const std::string& bytes, size_t piece) {
  std::vector<v1::UploadModelRequest> requests = {Header(static_cast<int64_t>(bytes.size()))};
  for (size_t at = 0; at < bytes.size(); at += piece) {
    requests.push_back(Chunk(bytes.substr(at, piece)));
  }
  return requests;
}

class UploadTest : public ::testing::Test {
 protected:
  absl::Status Run(const std::vector<v1::UploadModelRequest>& requests, v1::Model& model,
                   const graph::WireLimits& limits = {}) {
    ModelUpload upload(&models_, limits);
    for (const auto& request : requests) {
      const absl::Status status = upload.Add(request);
      if (!status.ok()) return status;
    }
    return upload.Finish(model);
  }

  absl::Status Refusal(const std::vector<v1::UploadModelRequest>& requests) {
    v1::Model model;
    const absl::Status status = Run(requests, model);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    v1::ListModelsResponse kept;
    EXPECT_TRUE(models_.ListModels({}, kept).ok());
    EXPECT_EQ(kept.models_size(), 0) << "nothing is created";
    return status;
  }

  MemoryModelStore store_;
  GraphLoader loader_{&store_, graph::ImportLimits{}, int64_t{1} << 20};
  ModelService models_{&store_, &loader_, [] { return int64_t{1'700'000'000'000'000}; }};
};

TEST_F(UploadTest, GivesWhatCreateModelGives) {
  const std::string bytes = ReadModel("resnet18_cifar");
  v1::CreateModelRequest request;
  request.mutable_graph()->set_onnx(bytes);
  request.set_display_name("mine");
  v1::Model created;
  ASSERT_TRUE(models_.CreateModel(request, created).ok());
  for (const size_t piece : {size_t{1}, size_t{1000}, bytes.size()}) {
    v1::Model uploaded;
    const absl::Status status = Run(Pieces(bytes, piece), uploaded);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(uploaded.SerializeAsString(), created.SerializeAsString());
  }
}

TEST_F(UploadTest, TakesTheOptionsOfItsHeader) {
  std::vector<v1::UploadModelRequest> requests = Pieces(ReadModel("resnet18_224_dyn"), 500);
  EXPECT_FALSE(Refusal(requests).message().empty());
  auto& header = *requests[0].mutable_header();
  auto& dimensions = *header.mutable_graph()->mutable_dimensions();
  dimensions["N"] = 1;
  dimensions["H"] = 224;
  dimensions["W"] = 224;
  header.set_validate_only(true);
  v1::Model model;
  const absl::Status status = Run(requests, model);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(model.totals().relu_elements(), 2308096);
  v1::ListModelsResponse kept;
  ASSERT_TRUE(models_.ListModels({}, kept).ok());
  EXPECT_EQ(kept.models_size(), 0);
}

TEST_F(UploadTest, MessagesOutOfOrderAreRefused) {
  const std::string bytes = ReadModel("resnet18_cifar");
  EXPECT_EQ(GetErrorSite(Refusal({Chunk(bytes)})).field, "header");
  EXPECT_THAT(std::string(Refusal({Header(), Chunk(bytes), Header()}).message()),
              HasSubstr("second header"));
  EXPECT_EQ(GetErrorSite(Refusal({})).field, "header");
  EXPECT_EQ(GetErrorSite(Refusal({Header(), v1::UploadModelRequest()})).field, "part");
  auto with_source = Header();
  with_source.mutable_header()->mutable_graph()->set_onnx(bytes);
  EXPECT_EQ(GetErrorSite(Refusal({with_source})).field, "header.graph");
}

TEST_F(UploadTest, StreamsThatEndEarlyOrGoOnAreRefused) {
  const std::string bytes = ReadModel("resnet18_cifar");
  const auto size = static_cast<int64_t>(bytes.size());
  EXPECT_THAT(std::string(Refusal({Header(size), Chunk(bytes.substr(0, 100))}).message()),
              HasSubstr(absl::StrCat("after 100 of ", size)));
  EXPECT_THAT(std::string(Refusal({Header(size - 1), Chunk(bytes)}).message()),
              HasSubstr("goes on"));
  // Without a size the file itself tells.
  EXPECT_THAT(std::string(Refusal({Header(), Chunk(bytes.substr(0, bytes.size() / 2))}).message()),
              HasSubstr("truncated"));
}

TEST_F(UploadTest, LimitsAreNamed) {
  const std::string bytes = ReadModel("resnet18_cifar");
  v1::Model model;
  const absl::Status large = Run(Pieces(bytes, 100), model, {.max_bytes = 1000});
  EXPECT_EQ(large.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(large.message()), HasSubstr("max_bytes = 1000"));
  EXPECT_EQ(GetReason(large), kModelRefused);
  EXPECT_THAT(std::string(Run(Pieces(bytes, 100), model, {.max_structure_bytes = 500}).message()),
              HasSubstr("max_structure_bytes = 500"));
}

// --- Over channels.

class UploadCallTest : public ::testing::Test {
 protected:
  UploadCallTest() {
    config::DaemonConfig config;
    config.add_listeners()->set_address("127.0.0.1:0");
    auto server = Server::Start(config, {.load_data_at_start = false});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = v1::Models::NewStub(grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                                    grpc::InsecureChannelCredentials()));
  }

  int Registered() {
    grpc::ClientContext context;
    v1::ListModelsResponse response;
    EXPECT_TRUE(stub_->ListModels(&context, {}, &response).ok());
    return response.models_size();
  }

  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Models::Stub> stub_;
};

TEST_F(UploadCallTest, UploadsInPieces) {
  grpc::ClientContext context;
  v1::Model model;
  const auto writer = stub_->UploadModel(&context, &model);
  for (const auto& request : Pieces(ReadModel("resnet18_cifar"), 700)) {
    ASSERT_TRUE(writer->Write(request));
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(model.totals().relu_elements(), 557056);
  EXPECT_EQ(model.display_name(), "mine");
  EXPECT_EQ(context.GetServerTrailingMetadata().count("picost-server-time-us"), 1u);
  EXPECT_EQ(Registered(), 1);
}

TEST_F(UploadCallTest, IsRefusedBeforeTheEndWhereTheBytesAreNoModel) {
  grpc::ClientContext context;
  v1::Model model;
  const auto writer = stub_->UploadModel(&context, &model);
  writer->Write(Header());
  writer->Write(Chunk("PK\x03\x04 a zip archive"));
  // No WritesDone: the server does not wait for more.
  const grpc::Status status = writer->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("zip archive"));
}

TEST_F(UploadCallTest, ACancelledOneCreatesNothing) {
  const std::string bytes = ReadModel("resnet18_cifar");
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    v1::Model model;
    const auto writer = stub_->UploadModel(&context, &model);
    for (const auto& request : Pieces(bytes, 2000)) {
      if (request.has_header() || i % 2 == 0) writer->Write(request);
    }
    context.TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_EQ(Registered(), 0);
}

TEST_F(UploadCallTest, SoManyAtOnceAndNoMore) {
  struct Open {
    grpc::ClientContext context;
    v1::Model model;
    std::unique_ptr<grpc::ClientWriter<v1::UploadModelRequest>> writer;
  };
  std::vector<std::unique_ptr<Open>> open;
  for (size_t i = 0; i < StreamSlots::kMostUploads; ++i) {
    open.push_back(std::make_unique<Open>());
    Open& call = *open.back();
    call.writer = stub_->UploadModel(&call.context, &call.model);
    ASSERT_TRUE(call.writer->Write(Header()));
    // The server answers with its headers as soon as the upload has its place. One
    // that is only on its way may be overtaken, and is then the one that is refused.
    call.writer->WaitForInitialMetadata();
  }
  const std::vector<v1::UploadModelRequest> pieces = Pieces(ReadModel("resnet18_cifar"), 5000);
  const auto one_more = [&] {
    grpc::ClientContext context;
    v1::Model model;
    const auto writer = stub_->UploadModel(&context, &model);
    for (const auto& request : pieces) {
      if (!writer->Write(request)) break;
    }
    writer->WritesDone();
    return writer->Finish();
  };
  for (int i = 0; i < 20; ++i) {
    const grpc::Status status = one_more();
    ASSERT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << i;
    EXPECT_THAT(status.error_message(), HasSubstr("16 uploads"));
  }
  // The open ones were not harmed by those that were refused.
  for (const auto& request : pieces) {
    if (request.has_header()) continue;
    ASSERT_TRUE(open.back()->writer->Write(request));
  }
  open.back()->writer->WritesDone();
  const grpc::Status whole = open.back()->writer->Finish();
  EXPECT_TRUE(whole.ok()) << whole.error_message();
  open.pop_back();
  const grpc::Status next = one_more();
  EXPECT_TRUE(next.ok()) << "a place is free from the answer on: " << next.error_message();
  for (const auto& call : open) {
    call->context.TryCancel();
    EXPECT_EQ(call->writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  // Their places become free as soon as the server has heard of it.
  grpc::Status after = one_more();
  for (int i = 0; i < 1000 && !after.ok(); ++i) after = one_more();
  EXPECT_TRUE(after.ok()) << after.error_message();
}

}  // namespace
}  // namespace picost::service
