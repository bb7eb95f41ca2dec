#include "service/status_convert.h"

#include <grpcpp/support/status.h>

#include <string>

#include "estimator/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/error_reason.h"
#include "third_party/googleapis/google/rpc/error_details.pb.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

template <typename Detail>
bool Unpack(const google::rpc::Status& status, Detail& detail) {
  for (const auto& any : status.details()) {
    if (any.UnpackTo(&detail)) return true;
  }
  return false;
}

TEST(StatusConvertTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ToRpcStatus(absl::OkStatus()).details_size(), 0);
}

TEST(StatusConvertTest, SiteBecomesMetadataOfErrorInfo) {
  const absl::Status status =
      WithReason(MakeError(absl::StatusCode::kUnimplemented, "operator is not known",
                           {.node = "conv1",
                            .op = "com.acme.Fused",
                            .opset = "13",
                            .mend = "Export it in plain ONNX."}),
                 kModelRefused);
  const google::rpc::Status converted = ToRpcStatus(status);
  EXPECT_EQ(converted.code(), 12);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(Unpack(converted, info));
  EXPECT_EQ(info.reason(), "MODEL_REFUSED");
  EXPECT_EQ(info.domain(), "picost.dev");
  EXPECT_EQ(info.metadata().at("node"), "conv1");
  EXPECT_EQ(info.metadata().at("operator"), "com.acme.Fused");
  EXPECT_EQ(info.metadata().at("opset"), "13");
  EXPECT_EQ(info.metadata().at("mend"), "Export it in plain ONNX.");
  EXPECT_EQ(info.metadata().count("field"), 0u);
}

TEST(StatusConvertTest, InvalidFieldBecomesBadRequest) {
  const google::rpc::Status converted = ToRpcStatus(
      MakeError(absl::StatusCode::kInvalidArgument, "page_size is -1", {.field = "page_size"}));
  google::rpc::BadRequest detail;
  ASSERT_TRUE(Unpack(converted, detail));
  ASSERT_EQ(detail.field_violations_size(), 1);
  EXPECT_EQ(detail.field_violations(0).field(), "page_size");
  EXPECT_THAT(detail.field_violations(0).description(), HasSubstr("-1"));
}

TEST(StatusConvertTest, PreconditionNotFoundAndLimitCarryTheirDetail) {
  google::rpc::PreconditionFailure precondition;
  EXPECT_TRUE(Unpack(ToRpcStatus(absl::FailedPreconditionError("no table")), precondition));
  google::rpc::ResourceInfo resource;
  EXPECT_TRUE(Unpack(ToRpcStatus(absl::NotFoundError("no model")), resource));
  google::rpc::QuotaFailure quota;
  EXPECT_TRUE(Unpack(ToRpcStatus(absl::ResourceExhaustedError("too many nodes")), quota));
}

TEST(StatusConvertTest, RetryDelayBecomesRetryInfo) {
  const absl::Status status =
      WithRetryDelay(absl::ResourceExhaustedError("busy"), std::chrono::milliseconds(1250));
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(Unpack(ToRpcStatus(status), retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
  EXPECT_FALSE(Unpack(ToRpcStatus(absl::ResourceExhaustedError("busy")), retry));
}

TEST(StatusConvertTest, GrpcStatusCarriesCodeMessageAndDetails) {
  const grpc::Status converted = ToGrpcStatus(absl::NotFoundError("no model of this name"));
  EXPECT_EQ(converted.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(converted.error_message(), "no model of this name");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(converted.error_details()));
  EXPECT_EQ(details.code(), 5);
}

TEST(StatusConvertTest, NamesThatAreNotUtf8AreReplaced) {
  const google::rpc::Status converted =
      ToRpcStatus(MakeError(absl::StatusCode::kInvalidArgument, "bad node", {.node = "a\xFFz"}));
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(Unpack(converted, info));
  EXPECT_EQ(info.metadata().at("node"), "a\xEF\xBF\xBDz");
}

TEST(StatusConvertTest, HugeMessagesAreClipped) {
  const grpc::Status converted =
      ToGrpcStatus(absl::InvalidArgumentError(std::string(1 << 20, 'x')));
  EXPECT_LT(converted.error_message().size(), 4096u);
  EXPECT_LT(converted.error_details().size(), 8192u);
}

TEST(ErrorReasonTest, FirstReasonStaysAndCodeGivesTheRest) {
  const absl::Status status = WithReason(absl::InvalidArgumentError("x"), kModelRefused);
  EXPECT_EQ(GetReason(WithReason(status, kLayerNotPlanned)), "MODEL_REFUSED");
  EXPECT_EQ(GetReason(absl::InvalidArgumentError("x")), "INVALID_REQUEST");
  EXPECT_EQ(GetReason(absl::AbortedError("x")), "CONFLICT");
  EXPECT_TRUE(WithReason(absl::OkStatus(), kModelRefused).ok());
}

}  // namespace
}  // namespace picost::service
