#include "clients/cli/failure.h"

#include <grpcpp/support/status.h>

#include <string>

#include "gtest/gtest.h"
#include "third_party/googleapis/google/rpc/error_details.pb.h"
#include "third_party/googleapis/google/rpc/status.pb.h"

namespace picost::cli {
namespace {

grpc::Status WithReason(grpc::StatusCode code, const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  return grpc::Status(code, "message", details.SerializeAsString());
}

TEST(FailureTest, ExitStatusFollowsFromReasonThenCode) {
  using Code = grpc::StatusCode;
  EXPECT_EQ(FailureOf(WithReason(Code::INVALID_ARGUMENT, "MODEL_REFUSED")).exit_status, 3);
  EXPECT_EQ(FailureOf(WithReason(Code::UNIMPLEMENTED, "LAYER_NOT_PLANNED")).exit_status, 3);
  EXPECT_EQ(FailureOf(WithReason(Code::RESOURCE_EXHAUSTED, "MODEL_REFUSED")).exit_status, 3);
  EXPECT_EQ(FailureOf(WithReason(Code::INVALID_ARGUMENT, "INVALID_REQUEST")).exit_status, 2);
  EXPECT_EQ(FailureOf(WithReason(Code::NOT_FOUND, "NOT_FOUND")).exit_status, 2);
  EXPECT_EQ(FailureOf(WithReason(Code::FAILED_PRECONDITION, "TABLES_MISSING")).exit_status, 1);
  EXPECT_EQ(FailureOf(WithReason(Code::UNAVAILABLE, "UNAVAILABLE")).exit_status, 1);
  EXPECT_EQ(FailureOf(grpc::Status(Code::UNAVAILABLE, "no route")).exit_status, 4);
  EXPECT_EQ(FailureOf(grpc::Status(Code::DEADLINE_EXCEEDED, "late")).exit_status, 4);
  EXPECT_EQ(
      FailureOf(grpc::Status(Code::RESOURCE_EXHAUSTED, "message larger than max")).exit_status, 3);
  EXPECT_EQ(FailureOf(grpc::Status(Code::UNIMPLEMENTED, "no such method")).exit_status, 1);
}

TEST(FailureTest, DetailsThatAreNoneAreIgnored) {
  EXPECT_EQ(FailureOf(grpc::Status(grpc::StatusCode::INTERNAL, "x", "\xFF\xFFgarbage")).exit_status,
            1);
}

}  // namespace
}  // namespace picost::cli
